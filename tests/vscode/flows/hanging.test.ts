// A server that does not answer.

import { flow } from "../harness/flow.ts";
import { answering, withServer } from "./servers.ts";

flow("a server that never starts is ended, and a restart offered", async () => {
  await withServer(answering("undefined"), async ({ workbench, keep }, _, mend) => {
    await workbench.see(workbench.message("did not start within 5 seconds"));
    await keep("hanging-1-start");
    await mend();
    await workbench.press("did not start within", "Restart");
    await workbench.see(workbench.lens("apply (2 pending)"));
  });
});

flow("a server that stops answering is told, and a restart offered", async () => {
  await withServer(answering(`method === "initialize" ? initialized(id) : undefined`), async ({ workbench, keep }, _, mend) => {
    await workbench.see(workbench.message("has not answered for 5 seconds"));
    await keep("hanging-2-silent");
    await mend();
    await workbench.press("has not answered", "Restart");
    await workbench.see(workbench.lens("apply (2 pending)"));
  });
});
