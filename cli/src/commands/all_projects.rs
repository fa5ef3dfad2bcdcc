//! `--all`: doing something in every project at or below this directory.

use std::path::{Path, PathBuf};

use rigkit_engine::{
    EngineError,
    project::{Project, ProjectError, find_projects},
};
use serde::Serialize;

use crate::{
    context::{Context, shown_path},
    failure::{ErrorBody, Exit, Failure, body, report},
    output,
    style::{NAME, paint},
};

/// The document of what was done in several projects.
#[derive(Serialize)]
struct ResultsDocument<T> {
    results: Vec<ResultEntry<T>>,
}

#[derive(Serialize)]
struct ResultEntry<T> {
    project: PathBuf,
    #[serde(flatten)]
    outcome: Outcome<T>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome<T> {
    Done(T),
    Failed {
        #[serde(skip_serializing_if = "Option::is_none")]
        workflow: Option<String>,
        error: Box<ErrorBody>,
    },
}

/// What came of a project, or of one of its workflows.
pub(super) struct ProjectResult<T> {
    workflow: Option<String>,
    done: Result<(T, Exit), Failure>,
}

impl<T> ProjectResult<T> {
    /// Makes the result of a whole project.
    pub(super) fn of_project(done: Result<(T, Exit), Failure>) -> Self {
        Self {
            workflow: None,
            done,
        }
    }

    /// Makes the result of one workflow.
    pub(super) fn of_workflow(workflow: &str, done: Result<(T, Exit), Failure>) -> Self {
        Self {
            workflow: Some(workflow.to_owned()),
            done,
        }
    }
}

/// Where the name of each project is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heading {
    /// On stdout, above what the command shows of the project.
    OfData,
    /// On stderr, above what happens in it.
    OfProgress,
}

impl Heading {
    fn write(self, root: &Path, context: &Context) -> Result<(), Failure> {
        let name = paint(NAME, shown_path(root));
        match self {
            _ if context.options.json => {}
            Self::OfData => output::lines(&[name.into()])?,
            Self::OfProgress if context.options.quiet => {}
            Self::OfProgress => output::note(name),
        }
        Ok(())
    }
}

/// Does something in each project. One that fails keeps no other from its turn; each failure is told as it happens.
///
/// # Errors
/// Where the person stops it, or the output cannot be written.
pub(super) fn in_each_project<T: Serialize>(
    context: &Context,
    heading: Heading,
    mut work: impl FnMut(&Context) -> Vec<ProjectResult<T>>,
) -> Result<Exit, Failure> {
    let projects = find_projects(Path::new("."));
    if projects.is_empty() {
        output::note("there is no project at or below this directory");
    }
    let mut results = Vec::new();
    let mut worst = Exit::Done;
    for project in projects {
        let root = root_of(&project);
        heading.write(&root, context)?;
        let (of_project, context) = match project {
            Ok(project) => {
                let context = context.in_project(project);
                (work(&context), Some(context))
            }
            Err(error) => {
                let failure = Failure::from(EngineError::from(error));
                (vec![ProjectResult::of_project(Err(failure))], None)
            }
        };
        for result in of_project {
            let (outcome, exit) = told(result, context.as_ref())?;
            worst = worse(worst, exit);
            let project = root.clone();
            results.push(ResultEntry { project, outcome });
        }
    }
    if context.options.json {
        output::document(&ResultsDocument { results })?;
    }
    Ok(worst)
}

fn told<T>(
    result: ProjectResult<T>,
    context: Option<&Context>,
) -> Result<(Outcome<T>, Exit), Failure> {
    match result.done {
        Ok((done, exit)) => Ok((Outcome::Done(done), exit)),
        Err(stopped @ (Failure::Cancelled | Failure::OutputClosed | Failure::Output(_))) => {
            Err(stopped)
        }
        Err(failure) => {
            let is_json = context.is_some_and(|context| context.options.json);
            if !is_json {
                report(&failure, false, context);
            }
            let failed = Outcome::Failed {
                workflow: result.workflow,
                error: Box::new(body(&failure, context)),
            };
            Ok((failed, Exit::Failed))
        }
    }
}

fn root_of(project: &Result<Project, ProjectError>) -> PathBuf {
    match project {
        Ok(project) => project.root.clone(),
        Err(error) => error.place().to_path_buf(),
    }
}

/// A project that fails weighs more than one with pending work.
fn worse(one: Exit, other: Exit) -> Exit {
    match (one, other) {
        (Exit::Failed, _) | (_, Exit::Failed) => Exit::Failed,
        (Exit::PendingWork, _) | (_, Exit::PendingWork) => Exit::PendingWork,
        _ => Exit::Done,
    }
}
