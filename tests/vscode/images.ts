// Takes the pictures that the README shows: `npm run images`.

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Desk } from "./harness/desk.ts";
import { Editor } from "./harness/editor.ts";
import { repository } from "./harness/places.ts";
import { globalSetup } from "./harness/prepare.ts";

const SETTINGS = {
  "workbench.colorTheme": "Default Dark Modern",
  "editor.minimap.enabled": false,
  "workbench.activityBar.location": "default",
};

const images = path.join(repository, "docs/images");

await globalSetup();
await Desk.with(async (desk) => {
  const project = await desk.example("quickstart");
  await desk.rig(project, "apply", "--until", "sources");
  // The last task takes as long as a picture does.
  const script = path.join(project, "template/build.sh");
  await writeFile(script, (await readFile(script, "utf8")).replace("\n", "\nsleep 600\n"));
  const file = path.join(project, "rig.config.ts");
  const size = { width: 1120, height: 640 };
  await Editor.with(desk, { open: project, file, settings: SETTINGS, size }, async ({ page, workbench, show }) => {
    const keep = async (name: string) => void (await page.screenshot({ path: path.join(images, `${name}.png`) }));
    await show();
    await workbench.showView();
    await workbench.untilRow("repository never ran");
    await workbench.command("Go to Line/Column...");
    await workbench.answer("", ":38");
    await workbench.see(workbench.lens("invalidate"));
    await keep("editor-plan");

    await workbench.row("site").hover();
    await workbench.row("site").locator(".action-label").first().click();
    await workbench.untilRow("build running");
    await workbench.see(workbench.lens("cached, unless"));
    await keep("editor-apply");
    await workbench.command("Rigkit: Show Graph");
    await workbench.see(workbench.graphTask("build"));
    await keep("editor-graph");
    await workbench.command("Rigkit: Cancel What Runs");
    await workbench.untilRow("build never ran");
  });
});
