// Several folders at once.

import assert from "node:assert/strict";
import path from "node:path";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";
import { SITE } from "./projects.ts";

flow("each folder has its project, and commands work on theirs", async () => {
  await Desk.with(async (desk) => {
    const one = await desk.project("one", { "rig.config.ts": SITE });
    const other = await desk.project("other", { "rigkit/index.ts": SITE.replaceAll('"site"', '"shop"') });
    const both = { folders: [{ path: one }, { path: other }] };
    await desk.folder(".", { "both.code-workspace": JSON.stringify(both) });
    const file = path.join(other, "rigkit/index.ts");
    await Editor.with(desk, { open: desk.path("both.code-workspace"), file }, async (editor) => {
      const { workbench } = editor;
      await editor.show();
      await workbench.showView();
      await workbench.untilRow("shop 2 of 2 pending");
      await workbench.untilRow("site 2 of 2 pending");
      await workbench.lens("apply (2 pending)").click();
      await workbench.untilRow("shop up to date");
      await editor.keep("roots");
      const rows = await workbench.tree();
      assert.ok(rows.includes("  site 2 of 2 pending"), rows.join("\n"));
    });
  });
});
