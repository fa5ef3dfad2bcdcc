// What a person does with the first example, from opening it to a workspace.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";
import { until } from "../harness/until.ts";

const TASKS = ["tools", "sources", "repository", "packages", "build"];

flow("the quickstart, from its plan to a workspace", async () => {
  await Desk.with(async (desk) => {
    const project = await desk.example("quickstart");
    const file = path.join(project, "rig.config.ts");
    await Editor.with(desk, { open: project, file }, async (editor) => {
      const { workbench } = editor;
      await editor.show();
      await workbench.see(workbench.lens("apply (5 pending)"));
      await workbench.showView();
      await workbench.untilRow("5 of 5 pending");
      assert.deepEqual(await workbench.tree(), [
        "site 5 of 5 pending",
        ...TASKS.map((task) => `  ${task} never ran`),
        "  Workspaces 0",
        "  Operations",
        "    archive Packs the files of a branch",
      ]);
      await editor.keep("quickstart-1-plan");

      await workbench.lens("apply (5 pending)").click();
      await workbench.see(workbench.message("site is applied"));
      await workbench.untilRow("build cached");
      await workbench.see(workbench.lens("up to date"));
      await editor.keep("quickstart-2-applied");
      await workbench.closeMessages();

      await workbench.row("Workspaces").hover();
      await workbench.row("Workspaces").locator(".action-label").first().click();
      await workbench.answer("New workspace", "draft");
      await workbench.see(workbench.message("draft is ready"));
      await workbench.untilRow("    draft");
      await editor.keep("quickstart-3-workspace");
      await workbench.closeMessages();

      await workbench.row("archive").hover();
      await workbench.row("archive").locator(".action-label").first().click();
      await workbench.answer("branch", "draft");
      await workbench.see(editor.page.locator(".quick-input-list .monaco-list-row", { hasText: "zip" }));
      await editor.keep("quickstart-4-input");
      await workbench.choose("zip");
      await workbench.see(workbench.message("draft.zip"));
      await until("the archive", () => readFile(path.join(project, ".rigkit/draft.zip")));
      await editor.keep("quickstart-5-archived");
      await workbench.closeMessages();

      await workbench.lens(/^graph$/).click();
      await workbench.see(workbench.graphTask("repository"));
      await editor.keep("quickstart-6-graph");
    });
  });
});
