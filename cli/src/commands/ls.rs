//! `rig ls`: the workspaces, or the workflows that could have some.

use jiff::Timestamp;
use rigkit_engine::{
    Engine, Freshness, WorkspaceStatus, WorkspaceView, definition::Workflow, wording::time::age,
};
use serde::Serialize;

use super::all_projects::{Heading, ProjectResult, in_each_project};
use crate::{
    arguments::ListOptions,
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
pub(super) fn run(options: &ListOptions, context: &Context) -> Result<Exit, Failure> {
    if options.all {
        return in_each_project(context, Heading::OfData, of_project);
    }
    let engine = context.engine_of_workflow()?;
    let workspaces = engine.workspaces(context.options.workflow.as_deref())?;
    if context.options.json {
        output::document(&WorkspacesDocument { workspaces })?;
    } else {
        show(&workspaces, &engine, context)?;
    }
    Ok(Exit::Done)
}

fn of_project(context: &Context) -> Vec<ProjectResult<WorkspacesDocument>> {
    let listed = context.engine().and_then(|engine| {
        let workspaces = engine.workspaces(None)?;
        if !context.options.json {
            show(&workspaces, &engine, context)?;
        }
        Ok((WorkspacesDocument { workspaces }, Exit::Done))
    });
    vec![ProjectResult::of_project(listed)]
}

fn show(workspaces: &[WorkspaceView], engine: &Engine, context: &Context) -> Result<(), Failure> {
    if !workspaces.is_empty() {
        return output::lines(&text(workspaces, Timestamp::now()));
    }
    output::note("there are no workspaces yet; `rig create NAME` makes one");
    // What is wrong with the config is told by those who need it.
    let Ok(definition) = engine.definition() else {
        return Ok(());
    };
    let wanted = context.options.workflow.as_deref();
    let is_wanted = |workflow: &&Workflow| wanted.is_none_or(|wanted| *wanted == *workflow.name);
    output::lines(&workflows_text(
        definition.workflows.iter().filter(is_wanted),
    ))
}

fn workflows_text<'a>(workflows: impl Iterator<Item = &'a Workflow>) -> Vec<Line> {
    let rows = workflows.map(|workflow| {
        let workspaces = match workflow.workspace {
            Some(_) => "none yet",
            None => "not defined",
        };
        [
            paint(NAME, &*workflow.name).into(),
            workflow.tasks.len().to_string().into(),
            paint(FAINT, workspaces).into(),
        ]
    });
    table::of(["WORKFLOW", "TASKS", "WORKSPACES"], rows)
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
