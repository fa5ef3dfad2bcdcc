// Projects that the editor opens.

/** Has a task that takes as long as a file `slow` is there, a workspace and operations. */
export const SITE = `import { host } from "@rigkit/provider-host";
import { workflow } from "@rigkit/sdk";

export const site = workflow("site", { providers: { host: host.provider() } })
  .sequence("main")
  .task("clone", async ({ step }) => {
    step.log("cloning");
    return { ctx: { repository: "here" } };
  })
  .task("wait", async ({ host, step }) => {
    if (await host.exists("slow")) await host.exec("sleep 600");
    return { ctx: step.ctx };
  })
  .workspace({
    create: async ({ workspace }) => ({ at: workspace.name }),
    remove: async () => {},
  })
  .workspaceOperation("open", { run: async ({ workspace }) => \`opened \${workspace.ctx.at}\` })
  .operation("greet", {
    description: "Greets somebody",
    input: (w) => ({ who: w.string({ description: "Whom" }) }),
    run: async ({ input }) => \`hello \${input.who}\`,
  });
`;
