// What a task wrote when it ran last.

import path from "node:path";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";
import { SITE } from "./projects.ts";

flow("the log of a task is shown, once it ran", async () => {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": SITE });
    const file = path.join(project, "rig.config.ts");
    await Editor.with(desk, { open: project, file }, async ({ keep, page, show, workbench }) => {
      await show();
      await workbench.see(workbench.lens("apply (2 pending)"));
      await workbench.command("Rigkit: Show Log of a Task");
      await workbench.choose("clone");
      await workbench.see(workbench.message("clone has not run since"));
      await workbench.closeMessages();

      await workbench.lens("apply (2 pending)").click();
      await workbench.see(workbench.message("site is applied"));
      await workbench.command("Rigkit: Show Log of a Task");
      await workbench.choose("clone");
      await workbench.see(page.locator(".view-line", { hasText: /^cloning$/ }));
      await workbench.see(page.locator(".tabs-container .tab", { hasText: "clone.log" }));
      await keep("log");
    });
  });
});
