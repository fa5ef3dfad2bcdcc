//! `rig ls`: the workspaces.

use jiff::Timestamp;
use rigkit_engine::{Freshness, WorkspaceStatus, WorkspaceView, wording::time::age};
use serde::Serialize;

use crate::{
    context::Context,
    failure::{Exit, Failure},
    output,
    style::{BAD, FAINT, GOOD, NAME, PENDING, paint},
    styled_text::Line,
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
        output::lines(&text(&workspaces, Timestamp::now()))?;
    }
    Ok(Exit::Done)
}

fn text(workspaces: &[WorkspaceView], now: Timestamp) -> Vec<Line> {
    let rows = workspaces.iter().map(|workspace| {
        [
            paint(NAME, &workspace.name).into(),
            (&workspace.workflow).into(),
            state(workspace.state),
            age(workspace.created_at, now).into(),
            freshness(workspace.freshness),
        ]
    });
    table::of(["NAME", "WORKFLOW", "STATE", "AGE", "BASE"], rows)
}

fn state(state: WorkspaceStatus) -> Line {
    let (style, word) = match state {
        WorkspaceStatus::Ready => (GOOD, "ready"),
        WorkspaceStatus::Creating => (PENDING, "creating"),
        WorkspaceStatus::Incomplete => (BAD, "incomplete"),
    };
    paint(style, word).into()
}

fn freshness(freshness: Freshness) -> Line {
    let (style, word) = match freshness {
        Freshness::Current => (GOOD, "current"),
        Freshness::Behind => (PENDING, "behind"),
        Freshness::Unknown => (FAINT, "unknown"),
    };
    paint(style, word).into()
}
