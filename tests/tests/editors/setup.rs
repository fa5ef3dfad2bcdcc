//! A project to open, an editor's set-up as the documentation has it, and a place for both.

use std::{
    env, fs,
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
    /// Makes a project with two tasks, the second of which never ends well until `ready` exists.
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let project = directory.path().join("project");
        fs::create_dir_all(&project).unwrap();
        fs::create_dir_all(directory.path().join("home")).unwrap();
        fs::write(project.join("rig.config.ts"), CONFIG).unwrap();
        Self { directory }
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
        let path = env::join_paths(
            std::iter::once(rig().parent().unwrap().to_owned())
                .chain(env::split_paths(&env::var_os("PATH").unwrap())),
        );
        let output = Command::new(editor)
            .args(arguments)
            .current_dir(self.config().parent().unwrap())
            .env("PATH", path.unwrap())
            .env("HOME", self.directory.path().join("home"))
            .env("XDG_STATE_HOME", self.directory.path().join("home/state"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        [output.stdout, output.stderr]
            .map(|written| String::from_utf8_lossy(&written).replace('\r', ""))
    }
}

const CONFIG: &str = r#"import { workflow } from "@rigkit/sdk";

export const site = workflow("site")
  .sequence("site")
  .task("clone", async () => ({ ctx: { repository: "here" } }))
  .task("build", async ({ step }) => ({ ctx: { ...step.ctx, output: "there" } }));
"#;

/// Gives the code that a section of the documentation shows.
pub fn documented(section: &str, language: &str) -> &'static str {
    let (_, after) = PAGE.split_once(&format!("\n## {section}\n")).unwrap();
    let section = after.split("\n## ").next().unwrap();
    let (_, code) = section.split_once(&format!("```{language}\n")).unwrap();
    code.split("```").next().unwrap()
}
