import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

// Tasks run once. What a task returns is kept, and is `step.ctx` in those after it.
export const app = workflow("app", { providers: { host: host.provider() } })
  .sequence("app")
  .task("tools", async ({ host }) => {
    const system = await host.exec("uname -sm");
    return { ctx: { system: system.stdout.trim() } };
  })
  .task("greeting", async ({ host, step }) => {
    const file = ".rigkit/example/greeting.txt";
    await host.writeFile(file, `Hello from ${step.ctx.system}\n`);
    return { ctx: { ...step.ctx, greeting: file } };
  })
  // `rig create NAME` makes a workspace from the result, `rig rm NAME` takes it away.
  .workspace({
    create: async ({ host, workflow, workspace }) => {
      const directory = `.rigkit/example/${workspace.name}`;
      await host.mkdir(directory);
      await host.copy(workflow.ctx.greeting, `${directory}/greeting.txt`);
      return { directory };
    },
    remove: async ({ host, workspace }) => {
      await host.remove(workspace.ctx.directory, { recursive: true });
    },
  })
  // `rig do greet --name you`
  .operation("greet", {
    title: "Greet somebody",
    input: {
      type: "object",
      properties: { name: { type: "string", description: "Whom to greet", default: "you" } },
    },
    run: async ({ host, input }) => {
      const greeting = await host.readFile(".rigkit/example/greeting.txt");
      return greeting.replace("Hello", `Hello ${input.name},`);
    },
  })
  // `rig run NAME show`
  .workspaceOperation("show", {
    title: "Show the files of the workspace",
    run: async ({ host, workspace }) => {
      const files = await host.glob("**/*", { cwd: workspace.ctx.directory });
      return { directory: workspace.ctx.directory, files };
    },
  });
