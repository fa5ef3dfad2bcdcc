// An apply that goes on in a terminal, as the editor shows it.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";

/** Each of its tasks says something, and ends once there is a file of its name. */
const WAITING = `import { host } from "@rigkit/provider-host";
import { workflow } from "@rigkit/sdk";

const wait = (name: string) => \`echo getting \${name}; until [ -e \${name} ]; do sleep 0.05; done\`;

export const site = workflow("site", { providers: { host: host.provider() } })
  .sequence("main")
  .task("clone", async ({ host }) => {
    await host.exec(wait("clone"), { check: true });
  })
  .task("build", async ({ host }) => {
    await host.exec(wait("build"), { check: true });
  });
`;

flow("an apply of a terminal is followed task by task", async () => {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": WAITING });
    const file = path.join(project, "rig.config.ts");
    await Editor.with(desk, { open: project, file }, async ({ keep, show, workbench }) => {
      await show();
      await workbench.showView();
      await workbench.see(workbench.lens("apply (2 pending)"));
      const applied = desk.rig(project, "apply");
      await workbench.see(workbench.lens(/running.*getting clone/));
      await workbench.see(workbench.lens("applying: 0 of 2 done, 1 running"));
      await workbench.untilRow("clone running");
      await workbench.seeNoMore(workbench.lens("apply (2 pending)"));
      await keep("running-1-first");

      await writeFile(path.join(project, "clone"), "");
      await workbench.see(workbench.lens(/running.*getting build/));
      await workbench.see(workbench.lens("applying: 1 of 2 done, 1 running"));
      await workbench.untilRow("build running");
      await keep("running-2-second");

      await writeFile(path.join(project, "build"), "");
      await applied;
      await workbench.see(workbench.lens("up to date"));
      await workbench.untilRow("build cached");
      await workbench.seeNoMore(workbench.lens("running"));
      await keep("running-3-done");
    });
  });
});
