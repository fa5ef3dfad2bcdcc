// Pages and styles, made side by side and put together. Shows `configure`, branches that are
// sequences, and an operation whose input is a JSON Schema.

import type { HostRuntime } from "@rigkit/provider-host";
import { env, sequence, task, workflow, type TaskContext } from "@rigkit/sdk";
import { baseName, sourcesOf, type Machine } from "./shared.ts";

interface Site {
  title: string;
  language: string;
}

// Each language has a folder of its own, so that what was made for another one stays as it was.
const language = env("SITE_LANGUAGE", "en");
const output = `.rigkit/web/${language}`;

/** Writes one page. */
async function writePage(host: HostRuntime, site: Site, path: string) {
  const name = baseName(path);
  const text = await host.readFile(path);
  const page = `<html lang="${site.language}"><h1>${site.title}: ${name}</h1><p>${text.trim()}</p></html>\n`;
  await host.writeFile(`${output}/${name}.html`, page);
  return `${name}.html`;
}

const pages = sequence<{}, { providers: Machine; config: { site: Site } }>("pages")
  .task("list", async ({ host }) => ({
    ctx: { files: await host.glob("web/pages/*.txt") },
  }))
  .task("render", async ({ host, step, config }) => {
    const made = await Promise.all(step.ctx.files.map((path) => writePage(host, config.site, path)));
    return { ctx: { made } };
  });

const styles = task("join", async ({ host }: TaskContext<{}, Machine>) => {
  const files = await host.glob("web/styles/*.css");
  const parts = await Promise.all(files.map((path) => host.readFile(path)));
  await host.writeFile(`${output}/all.css`, parts.join(""));
  return { ctx: { file: "all.css", parts: files.length } };
});

export const web = workflow<{ providers: Machine }>("web")
  .sequence("web")
  .add(sourcesOf("web"))
  .configure({ site: { title: "Notes", language } })
  .parallel({ pages, styles })
  .task("bundle", { version: "1" }, async ({ host, step }) => {
    const files = [...step.ctx.pages.made, step.ctx.styles.file].sort();
    await host.writeFile(`${output}/files.txt`, `${files.join("\n")}\n`);
    return { ctx: { directory: output, files } };
  })
  .workspace({
    create: async ({ host, workflow, workspace }) => {
      const directory = `.rigkit/workspaces/${workspace.name}`;
      await host.copy(workflow.ctx.directory, directory);
      return { directory };
    },
    remove: async ({ host, workspace }) => {
      await host.remove(workspace.ctx.directory, { recursive: true });
    },
  })
  .workspaceOperation("publish", {
    description: "Copies the files of the workspace to a target",
    input: {
      type: "object",
      required: ["target"],
      properties: {
        target: { type: "string", enum: ["preview", "production"], description: "Where to" },
        tags: { type: "array", items: { type: "string" }, description: "Words to note down" },
        keep: { type: "boolean", default: false, description: "Keep what is there already" },
      },
    },
    run: async ({ host, input, workspace }) => {
      const target = `.rigkit/published/${input.target}`;
      if (!input.keep) await host.remove(target, { recursive: true });
      await host.copy(workspace.ctx.directory, target, { overwrite: true });
      await host.writeFile(`${target}/tags.txt`, (input.tags ?? []).map((tag) => `${tag}\n`).join(""));
      return { target, files: await host.glob("*", { cwd: target }) };
    },
  });
