// A server that ends while it is used.

import { readFile } from "node:fs/promises";
import { flow } from "../harness/flow.ts";
import { until } from "../harness/until.ts";
import { withServer } from "./servers.ts";

/** Writes down which process the server is. */
const REAL = `#!/bin/sh
[ "$1" = lsp ] && echo $$ > "$0.pid"
exec "$RIG" "$@"
`;

flow("a server that is killed comes back by itself", async () => {
  await withServer(REAL, async ({ workbench, keep }, server) => {
    const pid = async () => (await readFile(`${server}.pid`, "utf8")).trim();
    await workbench.showView();
    await workbench.untilRow("site 2 of 2 pending");
    const before = await pid();
    process.kill(Number(before), "SIGKILL");
    await until("another server", async () => (await pid()) !== before);
    await workbench.untilRow("site 2 of 2 pending");
    await keep("crashes-1-back");
    await workbench.lens("apply (2 pending)").click();
    await workbench.see(workbench.message("site is applied"));
  });
});

flow("a server that keeps ending is left alone, until a person wants another try", async () => {
  const broken = `#!/bin/sh\n[ -e "$0.mended" ] || [ "$1" != lsp ] || exit 3\nexec "$RIG" "$@"\n`;
  await withServer(broken, async ({ workbench, keep }, _, mend) => {
    await workbench.openView();
    await workbench.see(workbench.message("ended 6 times in a short time"));
    await workbench.see(workbench.welcome("is not running"));
    await keep("crashes-2-left-alone");
    await mend();
    await workbench.press("ended 6 times", "Restart");
    await workbench.untilRow("site 2 of 2 pending");
  });
});
