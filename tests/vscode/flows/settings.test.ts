// How often a config says how its tasks stand.

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { SITE } from "./projects.ts";

test("a config says once how its tasks stand, unless a person wants more", async () => {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": SITE });
    const file = path.join(project, "rig.config.ts");
    await Editor.with(desk, { open: project, file }, async ({ keep, page, set, show, workbench }) => {
      const underlined = page.locator(".squiggly-info");
      const hint = page.locator(".view-line", { hasText: "never ran" });
      await show();
      await workbench.see(workbench.lens("never ran"));
      await keep("settings-1-once");
      assert.deepEqual([await underlined.count(), await hint.count()], [0, 0]);
      await set({ "rigkit.planDiagnostics": "pending", "rigkit.inlayHints": true, "rigkit.codeLens.task": false });
      await workbench.see(underlined);
      await workbench.see(hint);
      await workbench.seeNoMore(workbench.lens("never ran"));
      await keep("settings-2-other");
    });
  });
});
