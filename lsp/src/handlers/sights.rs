//! What handlers see: the context they start from and the providers in scope.

use rigkit_engine::definition::{PointId, Scope, Task, Workflow};

use crate::sites::OwnedOperation;

/// Is what a handler sees.
#[derive(Clone, Copy)]
pub(crate) struct Sight<'a> {
    /// The workflow it is part of.
    pub(crate) workflow: &'a Workflow,
    /// The state whose context it sees.
    pub(crate) point: PointId,
    /// What is in scope; nothing where nobody knows who calls it.
    pub(crate) scope: Option<&'a Scope>,
    /// What kind of handler it is.
    pub(crate) kind: HandlerKind,
}

impl<'a> Sight<'a> {
    /// Gives what the handler of a task sees.
    pub(super) fn of_task(workflow: &'a Workflow, task: &'a Task) -> Self {
        Self {
            workflow,
            point: task.after,
            scope: Some(workflow.scope(task.scope)),
            kind: HandlerKind::Task,
        }
    }

    /// Gives what the handler of an operation sees.
    pub(super) fn of_operation(owned: &OwnedOperation<'a>) -> Self {
        let kind = if owned.is_on_workspace {
            HandlerKind::Workspace
        } else {
            HandlerKind::Operation
        };
        let scope = owned.workflow.scope(owned.operation.scope);
        Self::at_end(owned.workflow, Some(scope), kind)
    }

    /// Gives what a handler sees that starts from what all tasks leave.
    pub(super) fn at_end(
        workflow: &'a Workflow,
        scope: Option<&'a Scope>,
        kind: HandlerKind,
    ) -> Self {
        Self {
            workflow,
            point: workflow.end,
            scope,
            kind,
        }
    }
}

/// Says what a handler does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandlerKind {
    /// It is the work of a task.
    Task,
    /// It makes, removes or works on a workspace.
    Workspace,
    /// It is a command of the project.
    Operation,
    /// It is called from any of them.
    Helper,
}

impl HandlerKind {
    /// Tells the kind by the builder that takes the handler.
    pub(super) fn of_builder(method: &str) -> Option<Self> {
        match method {
            "task" | "step" => Some(Self::Task),
            "workspace" | "workspaceOperation" => Some(Self::Workspace),
            "operation" => Some(Self::Operation),
            _ => None,
        }
    }
}
