//! Configs and what they define, or what is wrong with them.

mod builders;
mod cache;
mod exports;
mod health;
mod hostile;
mod modules;
mod names;
mod options;
mod overlay;
mod packages;
mod paths;
mod ranges;
mod sandbox;
mod thrown;
mod values;

use std::path::Path;

use rigkit_engine::{
    definition::{Definition, Workflow},
    diagnostic::Diagnostic,
};

use crate::support::TestProject;

/// Loads a project that is right.
#[track_caller]
fn load(project: &TestProject) -> Definition {
    project
        .engine()
        .definition()
        .unwrap_or_else(|error| panic!("{error:?}"))
}

/// Gives the problems of a project that is wrong.
#[track_caller]
fn problems(project: &TestProject) -> Vec<Diagnostic> {
    match project.engine().definition() {
        Ok(_) => panic!("the config is right"),
        Err(error) => error.diagnostics().to_vec(),
    }
}

/// Writes a problem as `file:line:column-line:column code: message`, and what belongs to it.
fn lines(root: &Path, problems: &[Diagnostic]) -> Vec<String> {
    let place = |range: &rigkit_engine::source::SourceRange| {
        let file = range.file.strip_prefix(root).unwrap_or(&range.file);
        format!(
            "{}:{}:{}-{}:{}",
            file.display(),
            range.start.line,
            range.start.column,
            range.end.line,
            range.end.column
        )
    };
    problems
        .iter()
        .flat_map(|problem| {
            let at = problem.range.as_ref().map_or("?".to_owned(), place);
            let message = problem.message.replace(&*root.to_string_lossy(), "ROOT");
            let first = format!("{at} {}: {message}", problem.code);
            let related = problem
                .related
                .iter()
                .map(|other| format!("  {}: {}", place(&other.range), other.message));
            std::iter::once(first).chain(related).collect::<Vec<_>>()
        })
        .collect()
}

#[track_caller]
fn check_problems(fixture: &str, expected: &[&str]) {
    let project = TestProject::new(fixture);
    let found = lines(&project.root(), &problems(&project));
    assert_eq!(found, expected);
}

/// Gives the paths of all tasks, workflow by workflow.
fn paths(definition: &Definition) -> Vec<String> {
    let tasks = |workflow: &Workflow| {
        workflow
            .tasks
            .iter()
            .map(|task| task.path.to_string())
            .collect::<Vec<_>>()
    };
    definition.workflows.iter().flat_map(tasks).collect()
}

#[track_caller]
fn check_paths(fixture: &str, expected: &[&str]) {
    assert_eq!(paths(&load(&TestProject::new(fixture))), expected);
}
