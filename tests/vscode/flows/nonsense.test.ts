// A server whose answers make no sense.

import { writeFile } from "node:fs/promises";
import { flow } from "../harness/flow.ts";
import { answering, withServer } from "./servers.ts";

/** What is said instead of what is right, and what a person is told of it. */
const NONSENSE = [
  { name: "no-message", answer: `method === "initialize" ? "hello\\r\\n\\r\\n" : undefined`, told: "Message header must" },
  { name: "no-result", answer: "id === undefined ? undefined : well(id, 7)", told: "could not be started" },
  {
    name: "between-messages",
    answer: `method === "initialize" ? initialized(id) + "debug: here\\r\\n\\r\\n" : undefined`,
    told: "Content-Length",
  },
  {
    name: "other-shape",
    answer: `method === "initialize" ? initialized(id) : id === undefined ? undefined : well(id, [{ config: 7 }])`,
    told: "rigkit/projects",
  },
];

flow("a server that talks nonsense is ended, and a person told what to do", async () => {
  await withServer(answering("undefined"), async ({ workbench, keep }, server, mend) => {
    for (const { name, answer, told } of NONSENSE) {
      await writeFile(server, answering(answer));
      await workbench.command("Rigkit: Restart Language Server");
      await workbench.see(workbench.message(told));
      await keep(`nonsense-${name}`);
      await workbench.closeMessages();
      await workbench.seeNoMore(workbench.message(told));
    }
    await mend();
    await workbench.command("Rigkit: Restart Language Server");
    await workbench.see(workbench.lens("apply (2 pending)"));
  });
});
