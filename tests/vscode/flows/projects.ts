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
  .workspaceOperation("open", { run: async ({ host, workspace }) => host.writeFile("opened", workspace.ctx.at) })
  .operation("greet", {
    description: "Greets somebody",
    input: (w) => ({ who: w.string({ description: "Whom" }) }),
    run: async ({ input }) => \`hello \${input.who}\`,
  });
`;

/** Has a hundred tasks in branches, and names that are too long for any view. */
export function large(): string {
  const branch = (name: string) => {
    const tasks = Array.from({ length: 24 }, (_, index) => `  .task("${name}-${index + 1}", async () => {})`);
    return `const ${name} = sequence("${name}")\n${tasks.join("\n")};`;
  };
  const names = ["compile", "fetch", "lint", "seed"];
  return `import { sequence, workflow } from "@rigkit/sdk";

${names.map(branch).join("\n")}

export const monorepo = workflow("monorepo")
  .sequence("monorepo")
  .task("prepare-the-toolchain-and-everything-that-the-other-tasks-will-ever-need", async () => {})
  .parallel({ ${names.join(", ")} })
  .task("link", async () => {})
  .workspace({ create: async () => ({}), remove: async () => {} })
  .operation("a-rather-long-name-of-an-operation-that-nobody-will-read-to-its-end", {
    description: "Says what it does at great length, which is more than there is room for in any view",
    run: async () => {},
  });
`;
}
