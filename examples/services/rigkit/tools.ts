// Which programs this machine has. Shows branches, `cacheTTL`, `cutoff` and an output schema.

import { task, workflow, type TaskContext } from "@rigkit/sdk";
import type { Machine } from "./shared.ts";

const found = {
  type: "object",
  properties: {
    name: { type: "string" },
    path: { type: "string", pattern: "^/" },
  },
  required: ["name", "path"],
  additionalProperties: false,
} as const;

/** Looks for a program, once a day. */
function program(name: string) {
  return task(
    "find",
    { cacheTTL: "1d", cutoff: true, output: found },
    async ({ host }: TaskContext<{}, Machine>) => {
      const { ok, stdout } = await host.exec(`command -v ${name}`, { check: false });
      if (!ok) throw new Error(`\`${name}\` is not on PATH; install it and apply again`);
      return { ctx: { name, path: stdout.trim() } };
    },
  );
}

export const tools = workflow<{ providers: Machine }>("tools")
  .sequence("tools")
  .parallel({ git: program("git"), awk: program("awk"), sort: program("sort") })
  .task("report", async ({ host, step }) => {
    const { git, awk, sort } = step.ctx;
    const lines = [git, awk, sort].map((one) => `${one.name}: ${one.path}`);
    await host.writeFile(".rigkit/tools.txt", `${lines.join("\n")}\n`);
    return { ctx: { ...step.ctx, report: ".rigkit/tools.txt" } };
  });
