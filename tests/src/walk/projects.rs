//! The projects that are walked through, and what of each can change.

use std::path::Path;

use crate::Project;

/// What of a project can change besides the text of its config.
#[derive(Debug, Clone, Copy)]
pub struct Terrain {
    /// What it is called.
    pub name: &'static str,
    /// The files, or the folder below `examples`.
    pub source: Source,
    /// Its config, as the editor opens it.
    pub config: &'static str,
    /// The variables that it reads.
    pub variables: &'static [&'static str],
    /// The files that it imports.
    pub helpers: &'static [&'static str],
    /// Its workflows.
    pub workflows: &'static [&'static str],
    /// Tasks of them.
    pub tasks: &'static [&'static str],
}

/// Where the files of a project come from.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// They are written here.
    Fixture(&'static str),
    /// They are those of an example.
    Example(&'static str),
}

impl Terrain {
    /// Lists all of them.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// Makes the project, in which nothing has ever run.
    #[must_use]
    pub(super) fn make(&self) -> Project {
        match self.source {
            Source::Fixture(fixture) => Project::new(fixture),
            Source::Example(name) => {
                let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
                Project::copy_of(&repository.join("examples").join(name))
            }
        }
    }
}

const ALL: [Terrain; 7] = [
    Terrain {
        name: "sequence",
        source: Source::Fixture(SEQUENCE),
        config: "rig.config.ts",
        variables: &["SITE_TITLE", "SITE_TOKEN", "FAIL", "RATHER_UNUSED"],
        helpers: &["lib/rope.ts", "lib/deep/knot.ts"],
        workflows: &["site"],
        tasks: &["clone", "always", "title", "fail", "last"],
    },
    Terrain {
        name: "branches",
        source: Source::Fixture(BRANCHES),
        config: "rig.config.ts",
        variables: &["PORTS", "FAIL"],
        helpers: &["tasks.ts"],
        workflows: &["harbour"],
        tasks: &[
            "prepare",
            "web.build",
            "web.test",
            "api.build",
            "open.port-1",
            "join",
        ],
    },
    Terrain {
        name: "several workflows",
        source: Source::Fixture(SEVERAL),
        config: "rigkit/index.ts",
        variables: &["SHARED"],
        helpers: &["rigkit/shared.ts"],
        workflows: &["one", "other"],
        tasks: &["fetch"],
    },
    Terrain {
        name: "provider",
        source: Source::Fixture(PROVIDER),
        config: "rig.config.ts",
        variables: &["CHECK", "GONE"],
        helpers: &["cloud.ts"],
        workflows: &["app"],
        tasks: &["make", "use"],
    },
    Terrain {
        name: "config behind a link",
        source: Source::Fixture(LINKED),
        config: "rig.config.ts",
        variables: &["DEPTH"],
        helpers: &["configs/depth.ts"],
        workflows: &["pier"],
        tasks: &["sound", "moor"],
    },
    Terrain {
        name: "quickstart",
        source: Source::Example("quickstart"),
        config: "rig.config.ts",
        variables: &["SITE_TITLE"],
        helpers: &[],
        workflows: &["site"],
        tasks: &["tools", "sources", "repository", "packages", "build"],
    },
    Terrain {
        name: "services",
        source: Source::Example("services"),
        config: "rigkit/index.ts",
        variables: &["SITE_LANGUAGE"],
        helpers: &["rigkit/web.ts", "rigkit/shared.ts"],
        workflows: &["tools", "api", "web"],
        tasks: &["sources", "report", "seed", "bundle", "verify"],
    },
];

const SEQUENCE: &str = r#"
//- rig.config.ts
import { env, workflow } from "@rigkit/sdk";
import { rope } from "./lib/rope";

const token = env.secret("SITE_TOKEN", "unset");

export const site = workflow("site").sequence("main")
  .task("clone", async () => {
    return { ctx: { rope } };
  })
  .task("always", { cacheTTL: 0, cutoff: true }, async ({ step }) => {
    return { ctx: { ...step.ctx, always: 1 } };
  })
  .task("title", async ({ step }) => {
    return { ctx: { ...step.ctx, title: process.env.SITE_TITLE ?? "none" } };
  })
  .task("fail", async () => {
    if (process.env.FAIL === "1") throw new Error("as it was asked to");
  })
  .task("last", { cacheTTL: "30d" }, async ({ step }) => {
    return { ctx: { ...step.ctx, length: token().length } };
  });
//- lib/rope.ts
import { knot } from "./deep/knot";
export const rope = () => {
  return knot;
};
//- lib/deep/knot.ts
export const knot = "bowline";
"#;

const BRANCHES: &str = r#"
//- rig.config.ts
import { sequence, workflow } from "@rigkit/sdk";
import { built } from "./tasks";

const ports = (process.env.PORTS ?? "1,2").split(",");
let opened = sequence("ports");
for (const port of ports) {
  opened = opened.task(`port-${port}`, async () => {
    return { ctx: { port } };
  });
}

export const harbour = workflow("harbour").sequence("main")
  .task("prepare", async () => {
    return { ctx: { ready: true } };
  })
  .parallel({ web: built("web"), api: built("api"), open: opened })
  .task("join", async ({ step }) => {
    return { ctx: { ...step.ctx } };
  });
//- tasks.ts
import { sequence } from "@rigkit/sdk";
export const built = (name: string) => sequence(name)
  .task("build", async () => {
    return { ctx: { name } };
  })
  .task("test", async ({ step }) => {
    if (process.env.FAIL === name) throw new Error("as it was asked to");
    return { ctx: { ...step.ctx, tested: true } };
  });
"#;

const SEVERAL: &str = r#"
//- rigkit/index.ts
import { workflow } from "@rigkit/sdk";
import { fetched } from "./shared";

export const one = workflow("one").add(fetched).sequence("rest")
  .task("pack", async () => {
    return { ctx: { packed: 1 } };
  });
export const other = workflow("other").add(fetched).sequence("rest")
  .task("send", { cacheTTL: "2d" }, async () => {
    return { ctx: { sent: 1 } };
  });
//- rigkit/shared.ts
import { sequence } from "@rigkit/sdk";
export const fetched = sequence("fetched").task("fetch", async () => {
  return { ctx: { shared: process.env.SHARED ?? "" } };
});
"#;

const PROVIDER: &str = r#"
//- rig.config.ts
import { workflow } from "@rigkit/sdk";
import { cloud } from "./cloud";

export const app = workflow("app").sequence("app").addProvider("cloud", cloud({ region: "eu" }))
  .task("make", async ({ cloud }) => {
    return { ctx: { machine: cloud.make() } };
  })
  .task("use", async ({ step }) => {
    return { ctx: { ...step.ctx } };
  });
//- cloud.ts
import { defineProvider } from "@rigkit/sdk";
// What is found out while rig runs is no part of the code.
const found = (name: string) => process.env[name];
const gone = () => (found("GONE") ?? "").split(",");
export const cloud = (config: { region: string }) => defineProvider("cloud", config, {
  providerId: "cloud",
  createProvider: ({ provider }) => ({
    providerId: "cloud",
    runtime: () => ({ make: () => ({ provider: "cloud", kind: "machine", id: provider.config.region }) }),
    checks: () => found("CHECK") === undefined ? undefined : {
      id: "login", label: "Signed in", status: "ok", value: found("CHECK"),
    },
    validateArtifact: (ref) => !gone().includes(ref.id),
  }),
});
"#;

/// Its config becomes a link once the project is made.
const LINKED: &str = r#"
//- configs/pier.ts
import { sequence } from "@rigkit/sdk";
import { depth } from "./depth";

export const pier = sequence("pier")
  .task("sound", async () => {
    return { ctx: { depth, asked: process.env.DEPTH ?? "" } };
  })
  .task("moor", async ({ step }) => {
    return { ctx: { ...step.ctx } };
  });
//- configs/depth.ts
export const depth = 7;
"#;
