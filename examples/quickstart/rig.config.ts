// A small site: a git repository made from a template, its packages, and a build.
// Everything this makes is below `.rigkit/`.

import { host, type HostRuntime } from "@rigkit/provider-host";
import { workflow } from "@rigkit/sdk";

const repository = ".rigkit/repository";
const packages = ".rigkit/packages";

// Inside of a git hook these would point git at another repository.
const env = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };

/** Runs git, which must succeed, and gives what it prints. */
async function git(host: HostRuntime, cwd: string, ...words: string[]) {
  const { stdout } = await host.exec(["git", ...words], { cwd, env });
  return stdout.trim();
}

/** Asks git a question that its exit code answers. */
async function gitSays(host: HostRuntime, cwd: string, ...words: string[]) {
  return (await host.exec(["git", ...words], { cwd, env, check: false })).ok;
}

/** Builds the pages of a working copy, and lists them. */
async function build(host: HostRuntime, source: string, output: string, title: string) {
  await host.exec(["sh", `${source}/build.sh`, source, packages, output, title]);
  return host.glob("*.html", { cwd: output });
}

export const site = workflow("site", { providers: { host: host.provider() } })
  .sequence("site")

  // Looked at once a day; what follows runs again only when the answer is another one.
  .task("tools", { cacheTTL: "1d", cutoff: true }, async ({ host }) => {
    const git = await host.exec("git --version");
    return { ctx: { git: git.stdout.trim() } };
  })

  // Runs every time, which is cheap; what follows runs again only when a file changed.
  .task("sources", { cacheTTL: 0, cutoff: true }, async ({ host, step }) => ({
    ctx: { ...step.ctx, sources: await host.hash(["template", "registry"]) },
  }))

  .task("repository", async ({ host, step }) => {
    await host.mkdir(repository);
    await git(host, repository, "-c", "init.defaultBranch=main", "init", "--quiet");
    await git(host, ".", `--git-dir=${repository}/.git`, "--work-tree=template", "add", "--all");
    if (await git(host, repository, "diff", "--cached", "--name-only")) {
      // Commits need an author, also where git was never told one.
      const author = ["-c", "user.name=Quickstart", "-c", "user.email=quickstart@example.com"];
      const commit = ["commit", "--quiet", "--no-verify", "--no-gpg-sign", "--message=Template"];
      await git(host, repository, ...author, ...commit);
    }
    await git(host, repository, "reset", "--hard", "--quiet");
    const commit = await git(host, repository, "rev-parse", "--short", "HEAD");
    return { ctx: { ...step.ctx, repository, commit } };
  })

  .task("packages", async ({ host, step }) => {
    const wanted = await host.readFile(`${step.ctx.repository}/packages.txt`);
    const names = wanted.split("\n").filter((name) => name !== "");
    await host.remove(packages, { recursive: true });
    for (const name of names) {
      await host.copy(`registry/${name}`, `${packages}/${name}`);
    }
    return { ctx: { ...step.ctx, packages: names } };
  })

  // What is configured here is seen by the tasks below, and only they run again for it.
  .configure({ title: process.env.SITE_TITLE ?? "Field notes" })
  .task("build", async ({ host, step, config }) => {
    // Each title has a folder of its own, so that what was built for another one stays as it was.
    const output = `.rigkit/site/${config.title.toLowerCase().replaceAll(/\W+/g, "-")}`;
    const pages = await build(host, step.ctx.repository, output, config.title);
    return { ctx: { ...step.ctx, output, pages } };
  })

  // A workspace is a worktree on a branch of its name: `rig create NAME`, `rig rm NAME`.
  .workspace({
    create: async ({ host, workflow, workspace }) => {
      const branch = workspace.name;
      const path = `.rigkit/workspaces/${branch}`;
      const ref = `refs/heads/${branch}`;
      const isThere = await gitSays(host, repository, "show-ref", "--verify", "--quiet", ref);
      const from = isThere ? [branch] : ["-b", branch, workflow.ctx.commit];
      await git(host, repository, "worktree", "add", `../workspaces/${branch}`, ...from);
      return { path, branch };
    },
    remove: async ({ host, step, workspace }) => {
      const { path, branch } = workspace.ctx;
      if (await host.exists(path)) {
        // Git refuses where something is not committed, and says so.
        await git(host, repository, "worktree", "remove", `../workspaces/${branch}`);
      } else {
        await git(host, repository, "worktree", "prune");
      }
      await host.remove(`${path}-site`, { recursive: true });
      if (await gitSays(host, repository, "merge-base", "--is-ancestor", branch, "main")) {
        await git(host, repository, "branch", "--quiet", "--delete", "--force", branch);
      } else {
        step.log(`the branch \`${branch}\` stays: it has commits that \`main\` does not have`);
      }
    },
  })

  .workspaceOperation("status", {
    description: "Shows the branch and what changed in it",
    run: async ({ host, workspace, workflow }) => {
      const { path, branch } = workspace.ctx;
      const changes = await git(host, path, "status", "--porcelain");
      const commits = await git(host, path, "log", "--format=%h %s", `${workflow.ctx.commit}..`);
      const lines = (text: string) => text.split("\n").filter((line) => line !== "");
      return { path, branch, changes: lines(changes), commits: lines(commits) };
    },
  })

  .workspaceOperation("build", {
    description: "Builds the site from the files of the workspace",
    input: (w) => ({
      title: w.string({ description: "The title of every page", defaultValue: "Draft" }),
    }),
    run: async ({ host, input, workspace }) => {
      const output = `${workspace.ctx.path}-site`;
      return { output, pages: await build(host, workspace.ctx.path, output, input.title) };
    },
  })

  .operation("archive", {
    description: "Packs the files of a branch",
    input: {
      type: "object",
      properties: {
        branch: { type: "string", description: "The branch", default: "main" },
        format: { type: "string", enum: ["tar", "zip"], default: "tar" },
      },
    },
    run: async ({ host, input }) => {
      const file = `${input.branch}.${input.format}`;
      await git(host, repository, "archive", `--output=../${file}`, input.branch);
      return { file: `.rigkit/${file}` };
    },
  });
