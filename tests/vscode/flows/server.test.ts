// A server that is missing, is another one, or ends.

import { chmod, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { SITE } from "./projects.ts";

/** Opens the project with a server that a person has set. */
async function withServer(script: string | undefined, use: (editor: Editor, server: string) => Promise<void>): Promise<void> {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": SITE });
    const server = desk.path("rig");
    if (script !== undefined) {
      await writeFile(server, script);
      await chmod(server, 0o755);
    }
    const file = path.join(project, "rig.config.ts");
    const machineSettings = { "rigkit.server.path": server };
    await Editor.with(desk, { open: project, file, machineSettings }, async (editor) => {
      await editor.show();
      await use(editor, server);
    });
  });
}

test("a server that is missing is told, with its path", async () => {
  await withServer(undefined, async ({ workbench, keep }, server) => {
    await workbench.see(workbench.page.getByText(`There is no \`rig\` at \`${server}\``).first());
    await keep("server-1-missing");
  });
});

test("a server that is too old is told, with both versions", async () => {
  await withServer("#!/bin/sh\necho rig 0.0.1\n", async ({ workbench, keep }) => {
    await workbench.see(workbench.page.getByText("is version 0.0.1, and this extension needs").first());
    await keep("server-2-old");
  });
});

test("a server that comes back in its place is used", async () => {
  await withServer("#!/bin/sh\necho rig 0.0.1\n", async ({ workbench }, server) => {
    await workbench.see(workbench.page.getByText("is version 0.0.1").first());
    await rm(server);
    await writeFile(server, '#!/bin/sh\nexec "$RIG" "$@"\n', { mode: 0o755 });
    await workbench.command("Rigkit: Restart Language Server");
    await workbench.see(workbench.lens("apply (2 pending)"));
  });
});
