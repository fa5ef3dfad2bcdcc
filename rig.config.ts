// Prepares this project for a contributor: `rig apply` checks the toolchain, fetches, builds and
// runs the fast tests; `rig create NAME` makes a worktree to work in. `CONTRIBUTING.md` says more.

import { host, type HostRuntime } from "@rigkit/provider-host";
import { sequence, task, workflow, type TaskContext } from "@rigkit/sdk";

type Machine = { host: HostRuntime };

const workspaces = ".rigkit/workspaces";

// Worktrees compile into the same directory as the project, so that they share what is compiled of
// other crates; each has programs of its own in its `target`.
const cargoConfig = `# Written by rig.config.ts.\n[build]\nbuild-dir = "../../target"\n`;

/** Runs a command, which must succeed, and gives what it prints. */
async function run(host: HostRuntime, cwd: string, ...argv: string[]) {
  // Inside of a git hook these would point git at another worktree.
  const env = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };
  const { stdout } = await host.exec(argv, { cwd, env });
  return stdout.trim();
}

/** Says whether a command succeeds. */
async function succeeds(host: HostRuntime, ...argv: string[]) {
  return (await host.exec(argv, { check: false })).ok;
}

function lines(text: string) {
  return text.split("\n").filter((line) => line !== "");
}

/** Compares versions such as `1.95` number by number. */
function isAtLeast(version: string, least: string) {
  const [have, want] = [version, least].map((text) => text.split(".").map(Number));
  const index = want.findIndex((number, index) => number !== (have[index] ?? 0));
  return index === -1 || (have[index] ?? 0) > want[index];
}

// What is looked at each time costs milliseconds; what follows runs again only when it changed.
const everyTime = { cacheTTL: 0, cutoff: true } as const;

const cargo = task("version", everyTime, async ({ host }: TaskContext<{}, Machine>) => {
  const [, version = "0"] = (await run(host, ".", "cargo", "--version")).split(" ");
  const manifest = await host.readFile("Cargo.toml");
  const [, least = "0"] = manifest.match(/^rust-version = "(.*)"$/m) ?? [];
  if (!isAtLeast(version.replace(/-.*/, ""), least)) {
    throw new Error(`cargo ${version} is too old, ${least} is needed: run \`rustup update stable\``);
  }
  return { ctx: { version } };
});

const git = task("version", everyTime, async ({ host }: TaskContext<{}, Machine>) => ({
  ctx: { version: await run(host, ".", "git", "--version") },
}));

const node = task("version", everyTime, async ({ host, step }: TaskContext<{}, Machine>) => {
  const { ok, stdout } = await host.exec("node --version", { check: false });
  if (!ok) step.log("no Node.js: the tests of the TypeScript declarations need it, nothing else");
  return { ctx: { version: ok ? stdout.trim() : null } };
});

/** Makes a task that looks at files. */
function filesOf(...patterns: string[]) {
  return task("files", everyTime, async ({ host }: TaskContext<{}, Machine>) => ({
    ctx: { files: await host.hash(patterns, { ignore: ["**/*.snap.new"] }) },
  }));
}

const engine = sequence<{}, { providers: Machine }>("engine")
  .add(filesOf("engine"))
  .task("test", async ({ host }) => {
    await run(host, ".", "cargo", "test", "--quiet", "--locked", "--package", "rigkit-engine", "--lib");
  });

const cli = sequence<{}, { providers: Machine }>("cli")
  .add(filesOf("cli", "engine"))
  .task("build", async ({ host }) => {
    await run(host, ".", "cargo", "build", "--locked", "--package", "rigkit-cli");
  })
  .task("test", async ({ host }) => {
    await run(host, ".", "cargo", "test", "--quiet", "--locked", "--package", "rigkit-cli");
  });

export const rigkit = workflow("rigkit", { providers: { host: host.provider() } })
  .sequence("rigkit")
  .parallel({ cargo, git, node })
  .task("manifests", everyTime, async ({ host, step }) => ({
    ctx: { ...step.ctx, manifests: await host.hash(["Cargo.lock", "Cargo.toml", "*/Cargo.toml"]) },
  }))
  .task("fetch", async ({ host }) => {
    await run(host, ".", "cargo", "fetch", "--locked");
  })

  .parallel({ engine, cli })

  .workspace({
    create: async ({ host, workspace }) => {
      const branch = workspace.name;
      const path = `${workspaces}/${branch}`;
      const ref = `refs/heads/${branch}`;
      const isThere = await succeeds(host, "git", "show-ref", "--verify", "--quiet", ref);
      await run(host, ".", "git", "worktree", "add", path, ...(isThere ? [branch] : ["-b", branch]));
      await host.writeFile(`${workspaces}/.cargo/config.toml`, cargoConfig);
      return { path, branch };
    },
    remove: async ({ host, step, workspace }) => {
      const { path, branch } = workspace.ctx;
      if (await host.exists(path)) {
        const changes = await run(host, path, "git", "status", "--porcelain");
        if (changes !== "") {
          throw new Error(
            `\`${path}\` has work that is not committed:\n${changes}\n` +
              `commit it, or throw it away with \`git worktree remove --force ${path}\`, then run \`rig rm ${branch}\` again`,
          );
        }
        await run(host, ".", "git", "worktree", "remove", path);
      } else {
        await run(host, ".", "git", "worktree", "prune");
      }
      if (await succeeds(host, "git", "merge-base", "--is-ancestor", branch, "HEAD")) {
        await run(host, ".", "git", "branch", "--quiet", "--delete", "--force", branch);
      } else {
        step.log(`the branch \`${branch}\` stays: it has commits that are not merged`);
      }
    },
  })

  .workspaceOperation("test", {
    description: "Runs the tests of the workspace",
    input: {
      type: "object",
      properties: {
        all: { type: "boolean", default: false, description: "All of them, not only the fast ones" },
        filter: { type: "string", description: "Only those whose name contains this" },
      },
    },
    run: async ({ host, input, workspace }) => {
      const packages = input.all ? ["--workspace"] : ["--package", "rigkit-engine", "--package", "rigkit-cli"];
      const filter = input.filter === undefined ? [] : [input.filter];
      const output = await run(host, workspace.ctx.path, "cargo", "test", ...packages, ...filter);
      return { results: lines(output).filter((line) => line.startsWith("test result:")) };
    },
  })

  .workspaceOperation("lint", {
    description: "Checks formatting and runs clippy; warnings are errors",
    run: async ({ host, workspace }) => {
      const { path } = workspace.ctx;
      await run(host, path, "cargo", "fmt", "--all", "--check");
      await run(host, path, "cargo", "clippy", "--workspace", "--all-targets", "--", "--deny", "warnings");
    },
  })

  .workspaceOperation("state", {
    description: "Shows the branch, what is not committed, and how far it is from the project's own",
    run: async ({ host, workspace }) => {
      const { path, branch } = workspace.ctx;
      const base = await run(host, ".", "git", "rev-parse", "HEAD");
      const changes = lines(await run(host, path, "git", "status", "--porcelain"));
      const counts = await run(host, path, "git", "rev-list", "--left-right", "--count", `HEAD...${base}`);
      const [ahead, behind] = counts.split(/\s+/).map(Number);
      return { path, branch, changes, ahead, behind };
    },
  });
