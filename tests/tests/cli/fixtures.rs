//! Projects that several tests use.

/// One workflow with branches, a workspace and operations; each task that runs adds a line to
/// `ran.log`.
pub const WEB: &str = r#"
//- /rig.config.ts
import { task, workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
import { branch } from "./settings.ts";

const note = (host, name) => host.writeFile("ran.log", `${name}\n`, { append: true });

const api = task("api", async ({ host, step }) => {
  await note(host, "api");
  await host.exec("echo compiling the api");
  return { ctx: { port: 3000, from: step.ctx.branch } };
});
const ui = task("ui", async ({ host }) => {
  await note(host, "ui");
  return { ctx: { pages: ["index"] } };
});

export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
  .task("clone", async ({ host }) => {
    await note(host, "clone");
    return { ctx: { branch } };
  })
  .task("install", async ({ host, step }) => {
    await note(host, "install");
    step.log("installing");
    return { ctx: { ...step.ctx, modules: 3 } };
  })
  .parallel({ api, ui })
  .task("link", async ({ host, step }) => {
    await note(host, "link");
    return { ctx: { url: `http://localhost:${step.ctx.api.port}` } };
  })
  .workspace({
    create: async ({ host, workflow, workspace }) => {
      await host.writeFile(`work/${workspace.name}.txt`, workflow.ctx.url);
      return { file: `work/${workspace.name}.txt` };
    },
    remove: async ({ host, workspace }) => {
      await host.remove(workspace.ctx.file);
    },
  })
  .operation("hello", {
    title: "Say hello",
    description: "Greets somebody, as often as it has to be.",
    input: {
      type: "object",
      properties: {
        name: { type: "string", description: "Whom to greet" },
        times: { type: "integer", default: 1, description: "How often" },
        loud: { type: "boolean", description: "Whether to shout" },
        mood: { enum: ["happy", "sad"], default: "happy" },
        tags: { type: "array", items: { type: "string" } },
      },
      required: ["name"],
    },
    run: async ({ input, workflow }) => ({ ...input, of: workflow }),
  })
  .operation("version-of", { run: () => "1.2.3" })
  .workspaceOperation("read", {
    title: "Read the file of the workspace",
    run: async ({ host, workspace }) => host.readFile(workspace.ctx.file),
  });

//- /settings.ts
export const branch = "main";
"#;

/// Two workflows that have nothing in common.
pub const TWO: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";

const simple = (name) =>
  workflow(name)
    .sequence(name)
    .task("prepare", () => ({ ctx: { name } }))
    .workspace({ create: ({ workspace }) => ({ of: workspace.name }), remove: () => {} })
    .operation(`${name}-only`, { run: () => name });

export const api = simple("api");
export const site = simple("site");
"#;
