//! Projects made for measuring.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::bench::Failure;

/// A project that is measured, beside homes of people who do not know of each other.
pub(crate) struct BenchProject {
    directory: TempDir,
}

/// Who runs `rig`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Person {
    /// Somebody who has applied the project, and trusts it.
    Trusting,
    /// Somebody who has decided nothing, and has the key of the other's machine: what was
    /// transpiled before is there for both.
    Stranger,
}

impl Person {
    fn home(self) -> &'static str {
        match self {
            Self::Trusting => "trusting",
            Self::Stranger => "stranger",
        }
    }
}

impl BenchProject {
    /// Makes a project of a chain of so many tasks.
    pub(crate) fn chain(tasks: usize) -> Result<Self, Failure> {
        let project = Self::empty()?;
        let mut config = String::from(
            "import { workflow } from \"@rigkit/sdk\";\n\nexport const bench = workflow(\"bench\")\n  .sequence(\"bench\")\n",
        );
        for index in 0..tasks {
            writeln!(
                config,
                "  .task(\"task-{index}\", async () => ({{ ctx: {{ value: {index} }} }}))"
            )?;
        }
        config.push_str(";\n");
        fs::write(project.path().join("rig.config.ts"), config)?;
        Ok(project)
    }

    fn empty() -> Result<Self, Failure> {
        let directory = tempfile::tempdir()?;
        for folder in ["project", Person::Trusting.home(), Person::Stranger.home()] {
            fs::create_dir(directory.path().join(folder))?;
        }
        Ok(Self { directory })
    }

    /// Makes a project of 200 files and 1,000 tasks with helpers five levels deep.
    pub(crate) fn many_files() -> Result<Self, Failure> {
        const HELPER_LEVELS: usize = 5;
        const FILES_PER_LEVEL: usize = 10;
        const TASK_FILES: usize = 149;
        const TASKS: usize = 1_000;
        let project = Self::empty()?;
        for level in 0..HELPER_LEVELS {
            for file in 0..FILES_PER_LEVEL {
                let text = helper_module(level, file, level + 1 == HELPER_LEVELS);
                let name = format!("helper-{level}-{file}.ts");
                fs::write(project.path().join(name), text)?;
            }
        }
        let mut config = String::from("import { workflow } from \"@rigkit/sdk\";\n");
        let mut chain = String::new();
        for file in 0..TASK_FILES {
            let tasks = (file..TASKS).step_by(TASK_FILES);
            let text = task_module(file % FILES_PER_LEVEL, tasks);
            fs::write(project.path().join(format!("tasks-{file}.ts")), text)?;
            writeln!(
                config,
                "import {{ tasks as tasks{file} }} from \"./tasks-{file}\";"
            )?;
            write!(chain, "\n  .add(tasks{file})")?;
        }
        writeln!(
            config,
            "export const bench = workflow(\"bench\").sequence(\"bench\"){chain};"
        )?;
        fs::write(project.path().join("rig.config.ts"), config)?;
        Ok(project)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("project")
    }

    /// Prepares `rig` as a person runs it in the project.
    pub(crate) fn rig(&self, rig: &Path, person: Person) -> Command {
        let mut command = Command::new(rig);
        command
            .current_dir(self.path())
            .env("HOME", self.directory.path().join(person.home()));
        command
    }

    /// Applies the project.
    pub(crate) fn apply(&self, rig: &Path) -> Result<(), Failure> {
        let status = self
            .rig(rig, Person::Trusting)
            .args(["apply", "--json"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        if !status.success() {
            return Err(format!("an apply failed: {status}").into());
        }
        self.share_key()
    }

    fn share_key(&self) -> Result<(), Failure> {
        let folder = |person: Person| self.directory.path().join(person.home()).join(".rigkit");
        fs::create_dir_all(folder(Person::Stranger))?;
        for entry in fs::read_dir(folder(Person::Trusting))? {
            let entry = entry?;
            if entry.file_type()?.is_file() && entry.file_name() != "trusted" {
                fs::copy(
                    entry.path(),
                    folder(Person::Stranger).join(entry.file_name()),
                )?;
            }
        }
        Ok(())
    }

    /// Measures an apply without any state.
    pub(crate) fn time_fresh_apply(&self, rig: &Path) -> Result<Duration, Failure> {
        let data = self.path().join(".rigkit");
        if data.exists() {
            fs::remove_dir_all(data)?;
        }
        let started = Instant::now();
        self.apply(rig)?;
        Ok(started.elapsed())
    }
}

/// Writes a module of four helpers, each of which uses two of the level below it.
fn helper_module(level: usize, file: usize, is_last: bool) -> String {
    let mut text = String::new();
    for import in 0..2 {
        let target = (file * 3 + import) % 10;
        if !is_last {
            let below = level + 1;
            text.push_str(&format!(
                "import * as below{import} from \"./helper-{below}-{target}\";\n"
            ));
        }
    }
    text.push_str(&format!(
        "const settings = {{ name: \"{level}-{file}\", retries: [1, 2, 3], nested: {{ on: true }} }};\n"
    ));
    for helper in 0..4 {
        let deeper = if is_last {
            "input".to_owned()
        } else {
            format!(
                "below0.helper{helper}(below1.helper{}(input))",
                (helper + 1) % 4
            )
        };
        text.push_str(&format!(
            "export function helper{helper}(input: string): string {{\n  return `${{settings.name}} ${{settings.retries.length}} ${{{deeper}}} {helper}`;\n}}\n"
        ));
    }
    text
}

/// Writes a module with a sequence of tasks that use helpers.
fn task_module(helpers: usize, tasks: impl Iterator<Item = usize>) -> String {
    let mut text = format!(
        "import {{ sequence }} from \"@rigkit/sdk\";\nimport {{ helper0, helper1, helper2, helper3 }} from \"./helper-0-{helpers}\";\n"
    );
    let mut chain = String::new();
    let mut name = 0;
    for task in tasks {
        name = task;
        text.push_str(&format!("const label{task} = \"task {task}\";\n"));
        chain.push_str(&format!(
            "\n  .task(\"task-{task}\", async () => ({{ ctx: {{ value: helper{}(label{task}) }} }}))",
            task % 4
        ));
    }
    text.push_str(&format!(
        "export const tasks = sequence(\"part-{name}\"){chain};\n"
    ));
    text
}

/// Adds older runs to the state of a project: copies of those it has, as if every task had
/// run many times before.
pub(crate) fn add_history(project: &BenchProject, runs: usize) -> Result<(), Failure> {
    let mut connection = Connection::open(project.path().join(".rigkit/state.sqlite"))?;
    let transaction = connection.transaction()?;
    let existing: i64 =
        transaction.query_row("SELECT count(*) FROM node_runs", [], |row| row.get(0))?;
    let existing = usize::try_from(existing)?.max(1);
    transaction.execute_batch("CREATE TEMP TABLE originals AS SELECT * FROM node_runs")?;
    let columns: Vec<String> = transaction
        .prepare("SELECT name FROM pragma_table_info('node_runs') WHERE name NOT IN ('ordinal', 'id', 'lineage', 'created_at')")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let columns = columns.join(", ");
    for copy in 0..runs.div_ceil(existing) {
        let age = 1_000 * (copy + 1);
        transaction.execute_batch(&format!(
            "INSERT INTO node_runs (id, lineage, created_at, {columns})
             SELECT id || '-{copy}', lineage || '-{copy}', created_at - {age}, {columns} FROM originals;
             INSERT INTO identity_components (run, name, hash, value)
             SELECT copied.ordinal, component.name, component.hash, component.value
             FROM originals
             JOIN node_runs AS copied ON copied.id = originals.id || '-{copy}'
             JOIN identity_components AS component ON component.run = originals.ordinal;"
        ))?;
    }
    transaction.commit()?;
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}
