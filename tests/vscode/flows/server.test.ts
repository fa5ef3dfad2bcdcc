// A server that is missing, or is another one.

import { rm, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { withServer } from "./servers.ts";

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
