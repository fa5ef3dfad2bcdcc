//! A project to open, an editor's set-up as the documentation has it, and a place for both.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use rigkit_tests::rig;
use tempfile::TempDir;

const PAGE: &str = include_str!("../../../docs/editors.md");

/// Is a project beside a home that nobody has used before.
pub struct Desk {
    directory: TempDir,
}

impl Desk {
    /// Makes a project with two tasks.
    pub fn new() -> Self {
        Self::with(CONFIG)
    }

    /// Makes a project with an operation that asks for everything that there is to ask.
    pub fn with_operation() -> Self {
        Self::with(OPERATION)
    }

    /// Makes a project with two tasks, each of which says something and ends once there is a file of its
    /// name.
    pub fn of_waiting_tasks() -> Self {
        Self::with(WAITING)
    }

    fn with(config: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let project = directory.path().join("project");
        fs::create_dir_all(&project).unwrap();
        fs::create_dir_all(directory.path().join("home")).unwrap();
        fs::write(project.join("rig.config.ts"), config).unwrap();
        let desk = Self { directory };
        // The documented set-ups follow what the person has decided.
        let trusted = desk.command(rig()).arg("trust").output().unwrap();
        assert!(trusted.status.success(), "the project cannot be trusted");
        desk
    }

    /// Gives the config.
    pub fn config(&self) -> PathBuf {
        self.directory
            .path()
            .canonicalize()
            .unwrap()
            .join("project/rig.config.ts")
    }

    /// Writes a file for the editor.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Runs an editor to its end, and gives what it wrote to standard output and error.
    pub fn run(&self, editor: &Path, arguments: &[&str]) -> [String; 2] {
        let output = self.command(editor).args(arguments).output().unwrap();
        [output.stdout, output.stderr]
            .map(|written| String::from_utf8_lossy(&written).replace('\r', ""))
    }

    /// Prepares to run an editor that knows nothing of this machine's user.
    pub fn command(&self, editor: &Path) -> Command {
        let home = self.directory.path().join("home");
        let mut command = Command::new(editor);
        command
            .current_dir(self.config().parent().unwrap())
            .env("PATH", search_path(None))
            .env("XDG_STATE_HOME", home.join("state"))
            .env("XDG_RUNTIME_DIR", &home)
            .env("HOME", home)
            .stdin(Stdio::null());
        command
    }
}

const CONFIG: &str = r#"import { workflow } from "@rigkit/sdk";

export const site = workflow("site")
  .sequence("site")
  .task("clone", async () => ({ ctx: { repository: "here" } }))
  .task("build", async ({ step }) => ({ ctx: { ...step.ctx, output: "there" } }));
"#;

const OPERATION: &str = r#"import { workflow } from "@rigkit/sdk";

export const site = workflow("site")
  .sequence("site")
  .task("clone", async () => ({ ctx: { repository: "here" } }))
  .operation("deploy", {
    input: {
      type: "object",
      properties: { mode: { enum: ["fast", "safe"], description: "how" }, minify: { type: "boolean" } },
      required: ["mode", "minify"],
    },
    run: async ({ input, local }) => {
      const sure = await local.prompt.confirm({ message: "Deploy now?" });
      const name = await local.prompt.text({ message: "Under which name?" });
      return `${name}: ${input.mode}, minify ${input.minify}, sure ${sure}`;
    },
  });
"#;

const WAITING: &str = r#"import { host } from "@rigkit/provider-host";
import { workflow } from "@rigkit/sdk";

const wait = (name: string) => `echo getting ${name}; until [ -e ${name} ]; do sleep 0.02; done`;

export const site = workflow("site", { providers: { host: host.provider() } })
  .sequence("site")
  .task("clone", async ({ host }) => { await host.exec(wait("clone")); })
  .task("build", async ({ host }) => { await host.exec(wait("build")); });
"#;

/// Says where programs are looked for: beside `rig`, beside another one, and where the tests do.
pub fn search_path(tool: Option<&Path>) -> OsString {
    let tools = [Some(rig()), tool].into_iter().flatten();
    let directories = tools.filter_map(Path::parent).map(Path::to_owned);
    let others = env::var_os("PATH").unwrap();
    env::join_paths(directories.chain(env::split_paths(&others))).unwrap()
}

/// Gives the code that a section of the documentation shows.
pub fn documented(section: &str, language: &str) -> &'static str {
    let (_, after) = PAGE.split_once(&format!("\n## {section}\n")).unwrap();
    let section = after.split("\n## ").next().unwrap();
    let (_, code) = section.split_once(&format!("```{language}\n")).unwrap();
    code.split("```").next().unwrap()
}
