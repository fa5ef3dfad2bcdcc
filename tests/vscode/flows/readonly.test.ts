// A folder that cannot be written.

import { chmod, cp, writeFile } from "node:fs/promises";
import path from "node:path";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";
import { rig } from "../harness/places.ts";
import { SITE } from "./projects.ts";

/** The owner of everything may write everywhere, so there the server is somebody else. */
const AS_NOBODY = `#!/bin/sh
[ "$(id -u)" = 0 ] || exec "$0-itself" "$@"
exec setpriv --reuid=65534 --regid=65534 --clear-groups "$0-itself" "$@"
`;

/** Puts a server there that may write no more than the folder's mode says. */
async function serverOfNobody(desk: Desk): Promise<string> {
  const server = desk.path("rig");
  await cp(rig, `${server}-itself`);
  await writeFile(server, AS_NOBODY);
  await Promise.all([desk.directory, server, `${server}-itself`].map((file) => chmod(file, 0o755)));
  return server;
}

flow("a folder that cannot be written is planned, and an apply says why it cannot be", async () => {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": SITE });
    const machineSettings = { "rigkit.server.path": await serverOfNobody(desk) };
    await chmod(path.join(project, ".rigkit"), 0o555);
    await chmod(project, 0o555);
    const file = path.join(project, "rig.config.ts");
    await Editor.with(desk, { open: project, file, machineSettings }, async ({ keep, show, workbench }) => {
      await show();
      await workbench.showView();
      await workbench.untilRow("site 2 of 2 pending");
      await workbench.lens("apply (2 pending)").click();
      await workbench.see(workbench.message(/cannot be written — make it writable/));
      await keep("readonly-told");
      await workbench.untilRow("site 2 of 2 pending");
    });
    await chmod(path.join(project, ".rigkit"), 0o755);
    await chmod(project, 0o755);
  });
});
