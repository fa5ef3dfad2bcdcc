//! Which workspaces a person means by their names.

use rigkit_engine::{EngineError, WorkspaceView, error::NameKind};

use crate::{failure::Failure, operations::unknown, workflow_choice::choose};

/// Finds a workspace by its name; where several workflows have one of that name, the person
/// decides.
pub(super) fn find(workspaces: &[WorkspaceView], name: &str) -> Result<WorkspaceView, Failure> {
    let named: Vec<&WorkspaceView> = workspaces
        .iter()
        .filter(|workspace| workspace.name == name)
        .collect();
    match named.as_slice() {
        [] => {
            let known = workspaces
                .iter()
                .map(|workspace| workspace.name.clone())
                .collect();
            Err(unknown(NameKind::Workspace, name, known))
        }
        [only] => Ok((*only).clone()),
        several => {
            let known: Vec<String> = several
                .iter()
                .map(|workspace| workspace.workflow.clone())
                .collect();
            let workflow = choose(known.clone())?;
            let chosen = several
                .iter()
                .find(|workspace| workspace.workflow == workflow);
            chosen
                .map(|workspace| (*workspace).clone())
                .ok_or_else(|| EngineError::WorkflowNeeded { known }.into())
        }
    }
}
