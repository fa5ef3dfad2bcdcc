//! Values that only the project knows.

use std::collections::HashMap;

use clap_complete::CompletionCandidate;
use jiff::Timestamp;
use rigkit_engine::{Freshness, WorkspaceStatus, WorkspaceView, wording::time::age};

use super::project;
use crate::apply_outcome::outcome_word;

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
    let paths = workflows
        .filter(|workflow| {
            wanted
                .as_ref()
                .is_none_or(|wanted| **wanted == *workflow.name)
        })
        .flat_map(|workflow| {
            let tasks = workflow.tasks.into_iter();
            tasks.map(move |task| (task.path.to_string(), workflow.name.to_string()))
        });
    of_each_path(paths)
        .into_iter()
        .map(|(path, workflows)| {
            let help = format!("a task of {}", workflows.join(", "));
            CompletionCandidate::new(path).help(Some(help.into()))
        })
        .collect()
}

/// Puts together the workflows that have a task of one path, for a path is offered once.
fn of_each_path(paths: impl Iterator<Item = (String, String)>) -> Vec<(String, Vec<String>)> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut each: Vec<(String, Vec<String>)> = Vec::new();
    for (path, workflow) in paths {
        let place = *places.entry(path.clone()).or_insert(each.len());
        match each.get_mut(place) {
            Some((_, workflows)) => workflows.push(workflow),
            None => each.push((path, vec![workflow])),
        }
    }
    each
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

/// Lists the providers, by their ids.
pub(crate) fn providers() -> Vec<CompletionCandidate> {
    let providers = project::engine().and_then(|engine| engine.storing_providers().ok());
    let providers = providers.unwrap_or_default().into_iter();
    providers.map(CompletionCandidate::new).collect()
}

/// Lists the last applies, the newest first.
pub(crate) fn applies() -> Vec<CompletionCandidate> {
    const MOST: usize = 20;
    let applies = project::engine()
        .and_then(|engine| engine.applies(MOST).ok())
        .unwrap_or_default();
    let now = Timestamp::now();
    let ids = applies.iter().map(|apply| {
        let (age, outcome) = (age(apply.started_at, now), outcome_word(apply.outcome));
        let help = format!("{outcome} {age} ago: {} by {}", apply.workflow, apply.who);
        CompletionCandidate::new(apply.id.short()).help(Some(help.into()))
    });
    let latest = CompletionCandidate::new("latest").help(Some("the newest".into()));
    let candidates = ids.chain([latest]).enumerate();
    // Else they would be sorted by their names.
    candidates
        .map(|(place, candidate)| candidate.display_order(Some(place)))
        .collect()
}
