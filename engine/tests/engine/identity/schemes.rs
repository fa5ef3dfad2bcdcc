//! Simpler ways to tell whether a handler changed, on the same table.

use std::{collections::BTreeMap, path::PathBuf};

use super::outcomes::{BASE, OUTCOMES, Outcome};
use crate::support::TestProject;

/// Is what two simpler schemes would hash in the place of a handler.
pub struct SimpleSchemes {
    /// The text of each task's handler.
    handlers: BTreeMap<String, String>,
    /// Every file of the project.
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl SimpleSchemes {
    pub fn of(project: &TestProject) -> Self {
        let definition = project.engine().definition();
        let definition = definition.unwrap_or_else(|error| panic!("{error:?}"));
        let tasks = definition.workflows[0].tasks.iter();
        let handlers = tasks.map(|task| {
            let code = definition.fingerprints.code(task.handler.fingerprint);
            let (module, bytes) = code.unwrap_or_else(|| panic!("{} has code", task.name));
            let text = &definition.graph.get(module).unwrap().text;
            let bytes = bytes.start as usize..bytes.end as usize;
            (task.name.to_string(), text[bytes].to_owned())
        });
        Self {
            handlers: handlers.collect(),
            files: files(project),
        }
    }
}

fn files(project: &TestProject) -> BTreeMap<PathBuf, Vec<u8>> {
    let is_own = |entry: &walkdir::DirEntry| {
        !["node_modules", ".rigkit", "home"].contains(&&*entry.file_name().to_string_lossy())
    };
    let entries = walkdir::WalkDir::new(project.root()).into_iter();
    let entries = entries.filter_entry(is_own).map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let path = entry.path().strip_prefix(project.root()).unwrap();
            (path.to_owned(), std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// Counts what a scheme gets wrong: edits, and tasks of all edits.
#[derive(Debug, Default, PartialEq, Eq)]
struct Mistakes {
    /// A run is kept that must not be.
    false_hits: Count,
    /// A run is thrown away that need not be.
    false_misses: Count,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    edits: usize,
    tasks: usize,
}

impl Count {
    fn add(&mut self, tasks: usize) {
        self.edits += usize::from(tasks > 0);
        self.tasks += tasks;
    }
}

/// Compares the tasks that a scheme runs again with those that must.
///
/// Every scheme is given the other parts of an identity: versions, configuration, schemas and
/// providers.
fn mistakes(runs_again: impl Fn(&Outcome, &str) -> bool) -> Mistakes {
    let mut mistakes = Mistakes::default();
    for outcome in OUTCOMES.iter() {
        let count = |is_mistake: &dyn Fn(bool, bool) -> bool| {
            let tasks = BASE.simple.handlers.keys().filter(|task| {
                let must = outcome.row.pending.contains(&task.as_str());
                let does = outcome.beside_handler.contains(task) || runs_again(outcome, task);
                is_mistake(must, does)
            });
            tasks.count()
        };
        mistakes.false_hits.add(count(&|must, does| must && !does));
        mistakes
            .false_misses
            .add(count(&|must, does| !must && does));
    }
    mistakes
}

fn of_handlers() -> Mistakes {
    mistakes(|outcome, task| outcome.simple.handlers.get(task) != BASE.simple.handlers.get(task))
}

fn of_files() -> Mistakes {
    mistakes(|outcome, _| outcome.simple.files != BASE.simple.files)
}

fn of_rigkit() -> Mistakes {
    mistakes(|outcome, task| outcome.pending.iter().any(|pending| pending == task))
}

/// Writes the lines that `docs/identity.md` has.
fn table() -> Vec<String> {
    let line = |scheme: &str,
                Mistakes {
                    false_hits,
                    false_misses,
                }: Mistakes| {
        format!(
            "| {scheme} | {} | {} | {} | {} |",
            false_hits.edits, false_hits.tasks, false_misses.edits, false_misses.tasks
        )
    };
    vec![
        line("the text of the handler", of_handlers()),
        line("every file of the project", of_files()),
        line("what the handler does and captures", of_rigkit()),
    ]
}

#[test]
fn the_rows_name_tasks_of_the_project() {
    let named = OUTCOMES.iter().flat_map(|outcome| &outcome.row.pending);
    let unknown: Vec<&&str> = named
        .filter(|task| !BASE.simple.handlers.contains_key(**task))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn nothing_is_kept_or_thrown_away_by_mistake() {
    assert_eq!(of_rigkit(), Mistakes::default());
}

#[test]
fn the_documentation_has_the_counts() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/identity.md");
    let text = std::fs::read_to_string(path).unwrap();
    let about = format!(
        "{} edits of one project with {} tasks",
        OUTCOMES.len(),
        BASE.simple.handlers.len()
    );
    let missing: Vec<String> = std::iter::once(about)
        .chain(table())
        .filter(|line| !text.contains(line))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/identity.md lacks\n{}",
        missing.join("\n")
    );
}
