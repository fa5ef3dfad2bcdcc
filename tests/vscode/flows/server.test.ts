// A server that is missing, cannot be run, or is another one.

import { rm, writeFile } from "node:fs/promises";
import { flow } from "../harness/flow.ts";
import { withServer } from "./servers.ts";

flow("a server that is missing is told, with its path", async () => {
  await withServer(undefined, async ({ workbench, keep }, server) => {
    await workbench.see(workbench.page.getByText(`There is no \`rig\` at \`${server}\``).first());
    await keep("server-1-missing");
  });
});

flow("a server that cannot be run is told, with the remedy", async () => {
  const isNotExecutable = 0o644;
  await withServer(
    "#!/bin/sh\necho rig 0.1.0\n",
    async ({ workbench, keep }, server) => {
      await workbench.see(workbench.page.getByText(`\`${server}\` cannot be run`).first());
      await keep("server-2-not-executable");
    },
    isNotExecutable,
  );
});

flow("a server that is too old is told, with both versions", async () => {
  await withServer("#!/bin/sh\necho rig 0.0.1\n", async ({ workbench, keep }) => {
    await workbench.see(workbench.page.getByText("is version 0.0.1, and this extension needs").first());
    await keep("server-3-old");
  });
});

flow("a server that comes back in its place is used", async () => {
  await withServer("#!/bin/sh\necho rig 0.0.1\n", async ({ workbench }, server) => {
    await workbench.see(workbench.page.getByText("is version 0.0.1").first());
    await rm(server);
    await writeFile(server, '#!/bin/sh\nexec "$RIG" "$@"\n', { mode: 0o755 });
    await workbench.command("Rigkit: Restart Language Server");
    await workbench.see(workbench.lens("apply (2 pending)"));
  });
});
