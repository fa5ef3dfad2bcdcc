//! `rig ls`: the workspaces.

use jiff::Timestamp;
use rigkit_engine::{Freshness, WorkspaceStatus, WorkspaceView, wording::time::age};
use serde::Serialize;

use crate::{
    context::Context,
    failure::{Exit, Failure},
    output,
    style::{BAD, FAINT, GOOD, NAME, PENDING, paint},
    table,
};

#[derive(Serialize)]
struct WorkspacesDocument {
    workspaces: Vec<WorkspaceView>,
}

/// Lists workspaces.
pub(super) fn run(context: &Context) -> Result<Exit, Failure> {
    let engine = context.engine_of_workflow()?;
    let workspaces = engine.workspaces(context.options.workflow.as_deref())?;
    if context.options.json {
        output::document(&WorkspacesDocument { workspaces })?;
    } else if workspaces.is_empty() {
        output::note("there are no workspaces yet; `rig create NAME` makes one");
    } else {
        output::text(&text(&workspaces, Timestamp::now()))?;
    }
    Ok(Exit::Done)
}

fn text(workspaces: &[WorkspaceView], now: Timestamp) -> String {
    let rows = workspaces.iter().map(|workspace| {
        [
            paint(NAME, &workspace.name),
            workspace.workflow.clone(),
            state(workspace.state),
            age(workspace.created_at, now),
            freshness(workspace.freshness),
        ]
    });
    table::of(["NAME", "WORKFLOW", "STATE", "AGE", "BASE"], rows)
}

fn state(state: WorkspaceStatus) -> String {
    match state {
        WorkspaceStatus::Ready => paint(GOOD, "ready"),
        WorkspaceStatus::Creating => paint(PENDING, "creating"),
        WorkspaceStatus::Incomplete => paint(BAD, "incomplete"),
    }
}

fn freshness(freshness: Freshness) -> String {
    match freshness {
        Freshness::Current => paint(GOOD, "current"),
        Freshness::Behind => paint(PENDING, "behind"),
        Freshness::Unknown => paint(FAINT, "unknown"),
    }
}
