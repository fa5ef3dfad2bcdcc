//! Which workspaces a person means by their names.

use rigkit_engine::{EngineError, WorkspaceView, error::NameKind};

use crate::{failure::Failure, operations::unknown, workflow_choice::choose};

/// Finds a workspace by its name, or by its id or the beginning of it; one of another workflow than the one that was
/// named is refused. Where several workflows have one of that name, the person decides.
pub(super) fn find(
    workspaces: &[WorkspaceView],
    name: &str,
    workflow: Option<&str>,
) -> Result<WorkspaceView, Failure> {
    let named = answering(workspaces, name);
    match (named.as_slice(), workflow) {
        ([], _) => {
            let known = of_workflow(workspaces, workflow);
            let known = known.map(|workspace| workspace.name.clone()).collect();
            Err(unknown(NameKind::Workspace, name, known))
        }
        ([first, ..], Some(workflow)) => in_workflow(&named, workflow).ok_or_else(|| {
            let (workspace, wanted) = (name.to_owned(), workflow.to_owned());
            let actual = first.workflow.clone();
            EngineError::WrongWorkflow {
                workspace,
                actual,
                wanted,
            }
            .into()
        }),
        ([only], None) => Ok((*only).clone()),
        (several, None) => {
            let known: Vec<String> = several
                .iter()
                .map(|workspace| workspace.workflow.clone())
                .collect();
            let workflow = choose(known.clone())?;
            in_workflow(several, &workflow)
                .ok_or_else(|| EngineError::WorkflowNeeded { known }.into())
        }
    }
}

/// The fewest characters by which an id is told: fewer are rather a name that is misspelt.
const FEWEST_OF_AN_ID: usize = 4;

/// Returns the workspaces of a name; where there is none, the one whose id begins so.
fn answering<'a>(workspaces: &'a [WorkspaceView], name: &str) -> Vec<&'a WorkspaceView> {
    let named: Vec<&WorkspaceView> = workspaces
        .iter()
        .filter(|workspace| workspace.name == name)
        .collect();
    if !named.is_empty() || name.len() < FEWEST_OF_AN_ID {
        return named;
    }
    let by_id: Vec<&WorkspaceView> = workspaces
        .iter()
        .filter(|workspace| workspace.id.as_str().starts_with(name))
        .collect();
    match by_id.as_slice() {
        [_] => by_id,
        _ => Vec::new(),
    }
}

/// Gives the workspaces of a workflow, or all.
pub(super) fn of_workflow<'a>(
    workspaces: &'a [WorkspaceView],
    workflow: Option<&'a str>,
) -> impl Iterator<Item = &'a WorkspaceView> {
    workspaces
        .iter()
        .filter(move |workspace| workflow.is_none_or(|workflow| workspace.workflow == workflow))
}

fn in_workflow(workspaces: &[&WorkspaceView], workflow: &str) -> Option<WorkspaceView> {
    let found = workspaces
        .iter()
        .find(|workspace| workspace.workflow == workflow);
    found.map(|workspace| (*workspace).clone())
}
