//! The builder calls of a file, where they are now, and what the handlers in and after them see.

use std::{ops::Range, path::Path};

use rigkit_engine::definition::{Place, Point, PointId, Scope, Workflow};

use super::{HandlerKind, Sight};
use crate::{
    sites::{
        OwnedOperation, PlannedTask, operations_in, site, tasks_in, workflows_in, workspaces_in,
    },
    view::ProjectView,
};

/// Is a builder call, where it is now.
pub(super) struct Call<'a> {
    /// Where it is.
    pub(super) bytes: Range<u32>,
    /// What it made.
    pub(super) made: Made<'a>,
}

/// Is what a builder call made.
pub(super) enum Made<'a> {
    Tasks(Vec<PlannedTask<'a>>),
    Join(&'a Workflow, PointId),
    Workflow(&'a Workflow),
    Workspace(&'a Workflow, &'a Scope),
    Operation(OwnedOperation<'a>),
}

impl<'a> Made<'a> {
    /// Says whether a handler is written in the call.
    pub(super) fn has_handler(&self) -> bool {
        !matches!(self, Self::Join(..) | Self::Workflow(_))
    }

    /// Gives what its own handlers see.
    pub(super) fn sights(&self) -> Vec<Sight<'a>> {
        match self {
            Self::Tasks(tasks) => tasks
                .iter()
                .map(|planned| Sight::of_task(planned.workflow, planned.task))
                .collect(),
            Self::Workspace(workflow, scope) => {
                vec![Sight::at_end(workflow, Some(scope), HandlerKind::Workspace)]
            }
            Self::Operation(owned) => vec![Sight::of_operation(owned)],
            Self::Join(..) | Self::Workflow(_) => Vec::new(),
        }
    }

    /// Gives what a handler would see whose call comes next.
    pub(super) fn next_sights(&self, kind: HandlerKind) -> Vec<Sight<'a>> {
        let at = |workflow, point, scope| Sight {
            workflow,
            point,
            scope,
            kind,
        };
        match self {
            Self::Tasks(tasks) => tasks
                .iter()
                .map(|one| {
                    let scope = Some(one.workflow.scope(one.task.scope));
                    at(one.workflow, one.task.point, scope)
                })
                .collect(),
            Self::Join(workflow, point) => vec![at(workflow, *point, None)],
            Self::Workflow(workflow) => vec![at(workflow, PointId(0), workflow.scopes.first())],
            Self::Workspace(..) | Self::Operation(_) => self
                .sights()
                .into_iter()
                .map(|sight| Sight { kind, ..sight })
                .collect(),
        }
    }
}

/// Lists the builder calls of a file.
pub(super) fn calls_in<'a>(view: &'a ProjectView, path: &Path) -> Vec<Call<'a>> {
    let snapshot = &view.snapshot;
    let tasks = tasks_in(snapshot, path);
    let tasks = tasks
        .into_iter()
        .map(|found| (found.site, Made::Tasks(found.tasks)));
    let workflows = workflows_in(snapshot, path);
    let workflows = workflows
        .into_iter()
        .map(|(site, workflow)| (site, Made::Workflow(workflow)));
    let workspaces = workspaces_in(snapshot, path);
    let workspaces = workspaces.into_iter().map(|(site, (workflow, workspace))| {
        let scope = workflow.scope(workspace.scope);
        (site, Made::Workspace(workflow, scope))
    });
    let operations = operations_in(snapshot, path);
    let operations = operations
        .into_iter()
        .map(|(site, owned)| (site, Made::Operation(owned)));
    let called = tasks.chain(workflows).chain(workspaces).chain(operations);
    let called = called.map(|(site, made)| Call {
        bytes: view.current_bytes(path, &site.call),
        made,
    });
    called.chain(joins_in(view, path)).collect()
}

fn joins_in<'a>(view: &'a ProjectView, path: &Path) -> Vec<Call<'a>> {
    let Some(definition) = &view.snapshot.definition else {
        return Vec::new();
    };
    let call = |workflow: &'a Workflow, index: usize, place: &Place| {
        let site = site(definition, place).filter(|site| site.module.path == path)?;
        Some(Call {
            bytes: view.current_bytes(path, &site.call),
            made: Made::Join(workflow, PointId(index)),
        })
    };
    let joins = definition.workflows.iter().flat_map(|workflow| {
        let points = workflow.points.iter().enumerate();
        points.filter_map(move |(index, point)| match point {
            Point::Join { place, .. } => call(workflow, index, place),
            Point::Start | Point::After(_) => None,
        })
    });
    joins.collect()
}
