//! Workflows: what refers to what within one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Decoder, WireHandler,
    operation::WireOperation,
    outline::WireOutline,
    scope::{WireRemoval, WireScope},
    task::WireTask,
};
use crate::{
    definition::{Point, PointId, ScopeId, TaskIndex, Workflow, WorkspaceDefinition},
    modules::ModuleGraph,
    wire::{Malformed, WirePlace, checked_index, decode_all},
};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireWorkflow {
    name: Arc<str>,
    place: WirePlace,
    outline: WireOutline,
    tasks: Vec<WireTask>,
    points: Vec<WirePoint>,
    end: usize,
    scopes: Vec<WireScope>,
    provider_removals: Vec<WireRemoval>,
    workspace: Option<WireWorkspace>,
    operations: Vec<WireOperation>,
    workspace_operations: Vec<WireOperation>,
}

#[derive(Debug, Serialize, Deserialize)]
enum WirePoint {
    Start,
    After(usize),
    Join {
        incoming: usize,
        branches: Vec<(Arc<str>, usize)>,
        place: WirePlace,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct WireWorkspace {
    place: WirePlace,
    create: WireHandler,
    remove: WireHandler,
    scope: usize,
}

impl WireWorkflow {
    pub(super) fn of(workflow: &Workflow, graph: &ModuleGraph) -> Self {
        let operation = |operation| WireOperation::of(operation, graph);
        Self {
            name: Arc::clone(&workflow.name),
            place: WirePlace::of(&workflow.place, graph),
            outline: WireOutline::of(&workflow.outline, graph),
            tasks: workflow
                .tasks
                .iter()
                .map(|task| WireTask::of(task, graph))
                .collect(),
            points: workflow
                .points
                .iter()
                .map(|point| WirePoint::of(point, graph))
                .collect(),
            end: workflow.end.0,
            scopes: workflow
                .scopes
                .iter()
                .map(|scope| WireScope::of(scope, graph))
                .collect(),
            provider_removals: workflow
                .provider_removals
                .iter()
                .map(|removal| WireRemoval::of(removal, graph))
                .collect(),
            workspace: workflow.workspace.as_ref().map(|workspace| WireWorkspace {
                place: WirePlace::of(&workspace.place, graph),
                create: workspace.create.into(),
                remove: workspace.remove.into(),
                scope: workspace.scope.0,
            }),
            operations: workflow.operations.iter().map(operation).collect(),
            workspace_operations: workflow
                .workspace_operations
                .iter()
                .map(operation)
                .collect(),
        }
    }

    pub(super) fn decode(self, decoder: &Decoder<'_>) -> Result<Workflow, Malformed> {
        let shape = Shape {
            tasks: self.tasks.len(),
            points: self.points.len(),
            scopes: self.scopes.len(),
        };
        let tasks = decode_all(self.tasks, |task| task.decode(decoder, &shape))?;
        let mut points = Vec::with_capacity(self.points.len());
        for (index, point) in self.points.into_iter().enumerate() {
            let point = point.decode(decoder, &shape)?;
            // Whoever walks backwards must get to the start.
            let before = match &point {
                Point::Start => Vec::new(),
                Point::After(task) => vec![tasks[task.0].after],
                Point::Join {
                    incoming, branches, ..
                } => std::iter::once(*incoming)
                    .chain(branches.iter().map(|(_, end)| *end))
                    .collect(),
            };
            for point in before {
                checked_index(point.0, index, "earlier point")?;
            }
            points.push(point);
        }
        // A task leaves the point that says that it is after the task.
        for (index, task) in tasks.iter().enumerate() {
            if points[task.point.0] != Point::After(TaskIndex(index)) {
                return Err(Malformed("point after a task"));
            }
        }
        let operation = |operation: WireOperation| operation.decode(decoder, &shape);
        Ok(Workflow {
            name: self.name,
            place: self.place.decode(decoder.graph)?,
            outline: self.outline.decode(decoder.graph, shape.tasks)?,
            end: shape.point(self.end)?,
            scopes: decode_all(self.scopes, |scope| scope.decode(decoder))?,
            provider_removals: decode_all(self.provider_removals, |removal| {
                removal.decode(decoder.graph)
            })?,
            workspace: self
                .workspace
                .map(|workspace| workspace.decode(decoder, &shape))
                .transpose()?,
            operations: decode_all(self.operations, operation)?,
            workspace_operations: decode_all(self.workspace_operations, operation)?,
            tasks,
            points,
        })
    }
}

/// How much there is in a workflow that its parts can refer to.
pub(super) struct Shape {
    tasks: usize,
    points: usize,
    scopes: usize,
}

impl Shape {
    pub(super) fn task(&self, index: usize) -> Result<TaskIndex, Malformed> {
        checked_index(index, self.tasks, "task").map(TaskIndex)
    }

    pub(super) fn point(&self, index: usize) -> Result<PointId, Malformed> {
        checked_index(index, self.points, "point").map(PointId)
    }

    pub(super) fn scope(&self, index: usize) -> Result<ScopeId, Malformed> {
        checked_index(index, self.scopes, "scope").map(ScopeId)
    }
}

impl WirePoint {
    fn of(point: &Point, graph: &ModuleGraph) -> Self {
        match point {
            Point::Start => Self::Start,
            Point::After(task) => Self::After(task.0),
            Point::Join {
                incoming,
                branches,
                place,
            } => Self::Join {
                incoming: incoming.0,
                branches: branches
                    .iter()
                    .map(|(name, end)| (Arc::clone(name), end.0))
                    .collect(),
                place: WirePlace::of(place, graph),
            },
        }
    }

    fn decode(self, decoder: &Decoder<'_>, shape: &Shape) -> Result<Point, Malformed> {
        Ok(match self {
            Self::Start => Point::Start,
            Self::After(task) => Point::After(shape.task(task)?),
            Self::Join {
                incoming,
                branches,
                place,
            } => Point::Join {
                incoming: shape.point(incoming)?,
                branches: decode_all(branches, |(name, end)| Ok((name, shape.point(end)?)))?,
                place: place.decode(decoder.graph)?,
            },
        })
    }
}

impl WireWorkspace {
    fn decode(
        self,
        decoder: &Decoder<'_>,
        shape: &Shape,
    ) -> Result<WorkspaceDefinition, Malformed> {
        Ok(WorkspaceDefinition {
            place: self.place.decode(decoder.graph)?,
            create: decoder.handler(self.create)?,
            remove: decoder.handler(self.remove)?,
            scope: shape.scope(self.scope)?,
        })
    }
}
