//! The types of a definition.

use std::sync::Arc;

use super::{
    cache_ttl::CacheTtl,
    input::OperationInput,
    place::Place,
    provider::{ProviderDefinition, ProviderIndex},
    schema::OutputSchema,
    scope::{ProviderRemoval, Scope, ScopeId},
    warnings::warnings_of_task,
};
use crate::{
    diagnostic::Diagnostic,
    event::LogStream,
    identity::{FingerprintId, Fingerprints},
    modules::ModuleGraph,
    sandbox::Secrets,
    source::SourceRange,
};

/// Is everything a config defines.
pub struct Definition {
    /// The workflows in the order they were exported.
    pub workflows: Vec<Workflow>,
    /// The providers that the workflows use.
    pub providers: Vec<ProviderDefinition>,
    /// The modules it was evaluated from.
    pub graph: Arc<ModuleGraph>,
    /// What its handlers, schemas and plugins do, as far as a change of it can be told.
    pub fingerprints: Fingerprints,
    /// What is doubtful but works.
    pub warnings: Vec<Diagnostic>,
    /// What the config wrote to the console while it was evaluated.
    pub console: Vec<ConsoleLine>,
    /// The variables that it would have read, had somebody vouched for the project; `process.env`
    /// stands for all of them.
    pub missed_variables: Vec<String>,
    /// The secrets that it read while it was evaluated.
    pub secrets: Secrets,
}

/// Is something a config wrote to the console while it was evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleLine {
    /// How it is meant.
    pub stream: LogStream,
    /// The text.
    pub text: String,
}

impl Definition {
    /// Finds a workflow by its name.
    #[must_use]
    pub fn workflow(&self, name: &str) -> Option<&Workflow> {
        self.workflows
            .iter()
            .find(|workflow| &*workflow.name == name)
    }

    /// Gives a provider.
    #[must_use]
    pub fn provider(&self, index: ProviderIndex) -> &ProviderDefinition {
        &self.providers[index.0]
    }

    /// Finds the tasks that a warning at a place is about, each with its workflow: those that reach
    /// what cannot be seen there, and have no `version` that would take its place.
    pub fn tasks_warned_of<'a>(
        &'a self,
        place: &'a SourceRange,
    ) -> impl Iterator<Item = (&'a Workflow, &'a Task)> {
        let tasks = self
            .workflows
            .iter()
            .flat_map(|workflow| workflow.tasks.iter().map(move |task| (workflow, task)));
        tasks.filter(|(_, task)| {
            let warnings = warnings_of_task(self, task);
            let mut places = warnings.iter().map(|warning| warning.range.as_ref());
            places.any(|of_task| of_task == Some(place))
        })
    }

    /// Gives the range of a place.
    #[must_use]
    pub fn range(&self, place: &Place) -> Option<SourceRange> {
        place.range(&self.graph)
    }
}

/// Names a value of the language that lives in the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ValueHandle(pub(crate) u32);

/// Is a handler: where its code is, and what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandlerRef {
    /// The function in the sandbox.
    pub function: ValueHandle,
    /// What the function does, as far as a change of it can be told.
    pub fingerprint: FingerprintId,
}

/// Is one workflow, with its tree laid out in the order it is walked.
#[derive(Debug)]
pub struct Workflow {
    /// The name, unique in the project.
    pub name: Arc<str>,
    /// Where `workflow(name)` was called.
    pub place: Place,
    /// The tree as it was written.
    pub outline: Outline,
    /// The tasks in walk order.
    pub tasks: Vec<Task>,
    /// The states between the tasks.
    pub points: Vec<Point>,
    /// The state after everything.
    pub end: PointId,
    /// What is in scope at the tasks, hooks and operations.
    pub scopes: Vec<Scope>,
    /// Where providers go out of scope.
    pub provider_removals: Vec<ProviderRemoval>,
    /// How named workspaces come and go.
    pub workspace: Option<WorkspaceDefinition>,
    /// Commands of the project.
    pub operations: Vec<Operation>,
    /// Commands on one workspace.
    pub workspace_operations: Vec<Operation>,
}

impl Workflow {
    /// Gives a task.
    #[must_use]
    pub fn task(&self, index: TaskIndex) -> &Task {
        &self.tasks[index.0]
    }

    /// Gives what is in scope at a task, hook or operation.
    #[must_use]
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0]
    }

    /// Gives the tasks that have run when a point is reached, in walk order.
    #[must_use]
    pub fn earlier_tasks(&self, point: PointId) -> Vec<TaskIndex> {
        let mut found = Vec::new();
        let mut seen = vec![false; self.points.len()];
        let mut queue = vec![point];
        while let Some(point) = queue.pop() {
            if std::mem::replace(&mut seen[point.0], true) {
                continue;
            }
            match &self.points[point.0] {
                Point::Start => {}
                Point::After(task) => {
                    found.push(*task);
                    queue.push(self.task(*task).after);
                }
                Point::Join {
                    incoming, branches, ..
                } => {
                    queue.push(*incoming);
                    queue.extend(branches.iter().map(|(_, end)| *end));
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// Gives the tasks that a task runs before, in walk order.
    #[must_use]
    pub fn later_tasks(&self, task: TaskIndex) -> Vec<TaskIndex> {
        // Points are listed before the tasks and joins that follow them.
        let mut is_later = vec![false; self.points.len()];
        for (index, point) in self.points.iter().enumerate() {
            is_later[index] = match point {
                Point::Start => false,
                Point::After(made) => *made == task || is_later[self.task(*made).after.0],
                Point::Join {
                    incoming, branches, ..
                } => is_later[incoming.0] || branches.iter().any(|(_, end)| is_later[end.0]),
            };
        }
        let tasks = self.tasks.iter().enumerate();
        let later = tasks.filter(|(_, other)| is_later[other.after.0]);
        later.map(|(index, _)| TaskIndex(index)).collect()
    }

    /// Finds tasks by name or path.
    pub fn find_tasks<'a>(
        &'a self,
        target: &'a str,
    ) -> impl Iterator<Item = (TaskIndex, &'a Task)> {
        self.tasks
            .iter()
            .enumerate()
            .filter(move |(_, task)| &*task.name == target || &*task.path == target)
            .map(|(index, task)| (TaskIndex(index), task))
    }
}

/// Names a task within its workflow, in walk order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskIndex(pub usize);

/// Names a state between tasks within its workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PointId(pub usize);

/// Is a state between tasks: a context, and the runs it came from.
///
/// Points are listed before the tasks and joins that follow them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Point {
    /// Before the first task: the empty context.
    Start,
    /// After a task: its output.
    After(TaskIndex),
    /// After parallel branches: the incoming context with each branch's final one under its
    /// name.
    Join {
        /// The state that every branch began from.
        incoming: PointId,
        /// The branches by name with the state each ended in.
        branches: Vec<(Arc<str>, PointId)>,
        /// Where the branches were written.
        place: Place,
    },
}

impl Point {
    /// Returns the points that a join joins: the ends of its branches, or the point before it where
    /// it has none. No other point joins any.
    #[must_use]
    pub fn joined(&self) -> Vec<PointId> {
        match self {
            Self::Start | Self::After(_) => Vec::new(),
            Self::Join {
                incoming, branches, ..
            } if branches.is_empty() => vec![*incoming],
            Self::Join { branches, .. } => branches.iter().map(|(_, end)| *end).collect(),
        }
    }
}

/// Is one unit of work.
#[derive(Debug, Clone)]
pub struct Task {
    /// The name it was given.
    pub name: Arc<str>,
    /// The dotted path, unique in the workflow.
    pub path: Arc<str>,
    /// Where it was written.
    pub place: Place,
    /// What it does.
    pub handler: HandlerRef,
    /// How its runs are kept.
    pub options: TaskOptions,
    /// What its handler sees.
    pub scope: ScopeId,
    /// The state it starts from.
    pub after: PointId,
    /// The state it leaves.
    pub point: PointId,
}

/// Says how a task's runs are kept.
#[derive(Debug, Clone, Default)]
pub struct TaskOptions {
    /// A text that is part of the identity.
    pub version: Option<String>,
    /// How long a run stays fresh.
    pub cache_ttl: Option<CacheTtl>,
    /// What the output has to look like.
    pub output: Option<OutputSchema>,
    /// Whether equal output leaves everything after the task valid.
    pub cutoff: bool,
}

/// Is a node of the tree as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outline {
    /// A task.
    Task(TaskIndex),
    /// A sequence with its name.
    Sequence {
        /// The name.
        name: Arc<str>,
        /// Where it was added.
        place: Place,
        /// What it holds.
        children: Vec<Outline>,
    },
    /// Parallel branches.
    Parallel {
        /// Where they were written.
        place: Place,
        /// The branches by name.
        branches: Vec<(Arc<str>, Outline)>,
    },
}

/// Says how a named workspace comes and goes.
#[derive(Debug, Clone)]
pub struct WorkspaceDefinition {
    /// Where it was written.
    pub place: Place,
    /// Makes a workspace.
    pub create: HandlerRef,
    /// Takes it away.
    pub remove: HandlerRef,
    /// What both see.
    pub scope: ScopeId,
}

/// Is a command of the project or on a workspace.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The id.
    pub id: Arc<str>,
    /// A title for menus.
    pub title: Option<String>,
    /// What it does, for help.
    pub description: Option<String>,
    /// What it asks for.
    pub input: OperationInput,
    /// What it does.
    pub run: HandlerRef,
    /// What its handler sees.
    pub scope: ScopeId,
    /// Where it was written.
    pub place: Place,
}
