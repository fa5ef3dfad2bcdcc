// An apply that takes too long for the person who began it.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";
import { SITE } from "./projects.ts";

flow("an apply is cancelled where its progress shows", async () => {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": SITE });
    await writeFile(path.join(project, "slow"), "");
    const file = path.join(project, "rig.config.ts");
    await Editor.with(desk, { open: project, file }, async ({ keep, show, workbench }) => {
      await show();
      await workbench.showView();
      await workbench.lens("apply (2 pending)").click();
      await workbench.untilRow("wait running");
      await workbench.see(workbench.message(/Applying site.*wait/));
      await keep("cancel-1-running");

      await workbench.press("Applying site", "Cancel");
      await workbench.untilRow("wait never ran");
      await workbench.untilRow("clone cached");
      await workbench.untilRow("site 1 of 2 pending");
      await workbench.seeNoMore(workbench.message("Applying site"));
      await workbench.seeNoMore(workbench.lens("running"));
      await keep("cancel-2-cancelled");
    });
  });
});
