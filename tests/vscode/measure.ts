// Measures what a person waits for in the editor, and prints rows for `docs/performance.md`:
// `RIG=../../target/release/rig npm run measure`.

import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { SITE } from "./flows/projects.ts";
import { Desk } from "./harness/desk.ts";
import { Editor } from "./harness/editor.ts";
import { PATIENCE, timeLimit } from "./harness/until.ts";
import { extensionCopy } from "./harness/places.ts";
import { globalSetup } from "./harness/prepare.ts";

const STARTS = 5;
const KEYS = 31;

await globalSetup();
const rows = [
  row("activation to the first lens", await activations(), "ms"),
  row("a key press to the lens that it changes", await keys(), "ms"),
  row("size of the package", [await packageSize()], "MiB"),
];
console.log(["| in VS Code | median | smallest |", "| --- | ---: | ---: |", ...rows].join("\n"));

async function activations(): Promise<number[]> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    await Desk.with(async (desk) => {
      const project = await desk.folder("site", { "README.md": "" });
      const variables = { CONFIG: SITE };
      const said = await Editor.with(desk, { open: project, runsSuites: true, variables }, (editor) => editor.runSuite("activation"));
      times.push(Number(/measured (\S+)/.exec(said)?.[1]));
    });
  }
  return times;
}

/** A character and its removal take turns, so that a task is pending and is not. */
async function keys(): Promise<number[]> {
  const times: number[] = [];
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": SITE });
    await desk.rig(project, "apply");
    const file = path.join(project, "rig.config.ts");
    const settings = { "editor.quickSuggestions": { other: "off", comments: "off", strings: "off" } };
    await Editor.with(desk, { open: project, file, settings }, async ({ page, workbench, show }) => {
      await show();
      await workbench.see(workbench.lens("up to date"));
      await workbench.command("Go to Line/Column...");
      await workbench.answer("", ":7:21");
      for (let key = 0; key < KEYS; key += 1) {
        const isTyped = key % 2 === 0;
        times.push(await timed(page, isTyped ? "s" : "Backspace", isTyped ? "pending" : "up to date"));
      }
    });
  });
  return times;
}

/** The page itself takes the time, from the key to the frame in which the lens is another. */
async function timed(page: Page, key: string, lens: string): Promise<number> {
  const watch = await page.evaluateHandle((wanted) => {
    const time = new Promise<number>((resolve) => {
      let pressed = 0;
      addEventListener("keydown", () => (pressed = performance.now()), { capture: true, once: true });
      const look = () => {
        const lenses = [...document.querySelectorAll(".codelens-decoration a")];
        if (pressed > 0 && lenses.some((shown) => shown.textContent?.includes(wanted))) {
          resolve(performance.now() - pressed);
        } else {
          requestAnimationFrame(look);
        }
      };
      look();
    });
    return { time };
  }, lens);
  await page.keyboard.press(key);
  return Promise.race([watch.evaluate(({ time }) => time), timeLimit(PATIENCE, () => `the lens never said ${lens}`)]);
}

async function packageSize(): Promise<number> {
  const [name = ""] = (await readdir(extensionCopy)).filter((file) => file.endsWith(".vsix"));
  return (await stat(path.join(extensionCopy, name))).size / 1024 / 1024;
}

function row(what: string, values: number[], unit: string): string {
  const sorted = values.toSorted((one, other) => one - other);
  const told = (value = NaN) => `${value.toFixed(unit === "ms" ? 0 : 1)} ${unit}`;
  return `| ${what} | ${told(sorted[Math.floor(sorted.length / 2)])} | ${told(sorted[0])} |`;
}
