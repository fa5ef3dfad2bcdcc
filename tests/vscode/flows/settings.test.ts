// How often a config says how its tasks stand.

import assert from "node:assert/strict";
import path from "node:path";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";
import { SITE } from "./projects.ts";

/** Opens the project with settings. */
async function withSettings(settings: Record<string, unknown>, use: (editor: Editor) => Promise<void>): Promise<void> {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": SITE });
    await Editor.with(desk, { open: project, file: path.join(project, "rig.config.ts"), settings }, async (editor) => {
      await editor.show();
      await use(editor);
    });
  });
}

const UNDERLINED = ".squiggly-info";
const HINT = [".view-line", { hasText: "never ran" }] as const;

flow("a config says once how its tasks stand", async () => {
  await withSettings({}, async ({ keep, page, workbench }) => {
    await workbench.see(workbench.lens("never ran"));
    await keep("settings-1-once");
    assert.deepEqual([await page.locator(UNDERLINED).count(), await page.locator(...HINT).count()], [0, 0]);
  });
});

flow("a config says how its tasks stand where a person wants it", async () => {
  const settings = { "rigkit.planDiagnostics": "pending", "rigkit.inlayHints": true, "rigkit.codeLens.task": false };
  await withSettings(settings, async ({ keep, page, workbench }) => {
    await workbench.see(page.locator(UNDERLINED));
    await workbench.see(page.locator(...HINT));
    await workbench.see(workbench.lens("apply (2 pending)"));
    await keep("settings-2-other");
    assert.equal(await workbench.lens("never ran").count(), 0);
  });
});
