//! Values that only the project knows.

use clap_complete::CompletionCandidate;
use rigkit_engine::{Freshness, WorkspaceStatus, WorkspaceView};

use super::project;

/// Lists the workflows.
pub(crate) fn workflows() -> Vec<CompletionCandidate> {
    let definition = project::engine().and_then(|engine| engine.definition().ok());
    let workflows = definition
        .into_iter()
        .flat_map(|definition| definition.workflows);
    workflows
        .map(|workflow| CompletionCandidate::new(&*workflow.name))
        .collect()
}

/// Lists the paths of the tasks.
pub(crate) fn tasks() -> Vec<CompletionCandidate> {
    let wanted = project::workflow();
    let definition = project::engine().and_then(|engine| engine.definition().ok());
    let workflows = definition
        .into_iter()
        .flat_map(|definition| definition.workflows);
    workflows
        .filter(|workflow| {
            wanted
                .as_ref()
                .is_none_or(|wanted| **wanted == *workflow.name)
        })
        .flat_map(|workflow| {
            let help = format!("a task of {}", workflow.name);
            let tasks = workflow.tasks.into_iter();
            tasks.map(move |task| {
                CompletionCandidate::new(&*task.path).help(Some(help.clone().into()))
            })
        })
        .collect()
}

/// Lists the workspaces.
pub(crate) fn workspaces() -> Vec<CompletionCandidate> {
    let wanted = project::workflow();
    let workspaces = project::engine().and_then(|engine| engine.workspaces(wanted.as_deref()).ok());
    workspaces
        .unwrap_or_default()
        .into_iter()
        .map(workspace)
        .collect()
}

fn workspace(workspace: WorkspaceView) -> CompletionCandidate {
    let state = match (workspace.state, workspace.freshness) {
        (WorkspaceStatus::Creating, _) => "creating",
        (WorkspaceStatus::Incomplete, _) => "incomplete",
        (WorkspaceStatus::Ready, Freshness::Behind) => "behind",
        (WorkspaceStatus::Ready, Freshness::Current | Freshness::Unknown) => "ready",
    };
    let help = format!("{} of {}", state, workspace.workflow);
    CompletionCandidate::new(workspace.name).help(Some(help.into()))
}

/// Lists the last applies.
pub(crate) fn applies() -> Vec<CompletionCandidate> {
    const MOST: usize = 20;
    let applies = project::engine()
        .and_then(|engine| engine.applies(MOST).ok())
        .unwrap_or_default();
    let ids = applies.into_iter().map(|apply| {
        let help = format!("{} by {}", apply.workflow, apply.who);
        CompletionCandidate::new(apply.id.as_str()).help(Some(help.into()))
    });
    ids.chain([CompletionCandidate::new("latest").help(Some("the newest".into()))])
        .collect()
}
