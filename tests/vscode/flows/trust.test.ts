// A workspace that nobody trusts yet.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";
import { SITE } from "./projects.ts";

flow("in restricted mode configs are analysed, and actions ask for trust", async () => {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": SITE });
    const file = path.join(project, "rig.config.ts");
    await Editor.with(desk, { open: project, file, trusted: false }, async (editor) => {
      const { page, workbench } = editor;
      await editor.show();
      await workbench.see(page.getByText("Restricted Mode").first());
      await workbench.lens("apply (2 pending)").click();
      await workbench.see(workbench.message("which is not trusted"));
      await editor.keep("trust-1-asked");
      assert.ok(!existsSync(path.join(project, ".rigkit/state.sqlite")));

      await workbench.press("which is not trusted", "Manage Workspace Trust");
      await page.locator(".workspace-trust-editor .monaco-button", { hasText: "Trust" }).first().click();
      await workbench.see(page.getByText("You trust this folder").first());
      await workbench.command("View: Close Editor");
      await workbench.lens("apply (2 pending)").click();
      await workbench.see(workbench.message("site is applied"));
      await editor.keep("trust-2-granted");
    });
  });
});

flow("a path of a server that a workspace brings is not used", async () => {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", {
      "rig.config.ts": SITE,
      ".vscode/settings.json": JSON.stringify({ "rigkit.server.path": "/somewhere/else" }),
    });
    const file = path.join(project, "rig.config.ts");
    await Editor.with(desk, { open: project, file, trusted: false }, async (editor) => {
      await editor.show();
      await editor.workbench.see(editor.workbench.lens("apply (2 pending)"));
    });
  });
});
