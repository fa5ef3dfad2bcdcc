//! What is known of a project at one moment.

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use rigkit_engine::{
    Answers, WorkspaceView,
    definition::{Definition, Task, TaskIndex, Workflow},
    modules::Module,
    plan::{NodeStatus, PlanNode, WorkflowPlan},
    project::Environment,
    source::Footprint,
};

use super::Problem;
use crate::{document::Text, open_project::Moment};

/// Is what is known of a project at one moment. It never changes: an evaluation makes another one.
#[derive(Clone, Default)]
pub(crate) struct Snapshot {
    /// What had happened when it was made.
    pub(crate) moment: Moment,
    /// Whether the definition is of the text that was evaluated last, or an earlier one because
    /// that does not evaluate.
    pub(crate) standing: Standing,
    /// What is wrong or doubtful with the text that was evaluated last.
    pub(crate) problems: Vec<Problem>,
    /// The last good definition.
    pub(crate) definition: Option<Arc<Definition>>,
    /// The plan of each of its workflows, in its order; empty where they cannot be planned.
    pub(crate) plans: Arc<[WorkflowPlan]>,
    /// Why the definition could not be planned.
    pub(crate) unplanned: Option<Arc<str>>,
    /// The workspaces that exist.
    pub(crate) workspaces: Arc<[WorkspaceView]>,
    /// The environment it was evaluated in.
    pub(crate) environment: Environment,
    /// When a stored run expires next.
    pub(crate) expires_at: Option<Timestamp>,
    /// What the providers said when they were asked last, of the text that was evaluated last.
    pub(crate) answers: Option<Arc<Answers>>,
    /// The files that were read or looked for when the text was evaluated last, and their imports.
    pub(crate) footprint: Footprint,
    /// The paths of those.
    pub(crate) looked_at: Arc<BTreeSet<PathBuf>>,
    /// The texts of modules that are not open, indexed when they were first asked for.
    pub(crate) closed_texts: Arc<Mutex<HashMap<PathBuf, Arc<Text>>>>,
}

/// Says which text the definition belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Standing {
    /// Nothing was evaluated yet.
    #[default]
    Unknown,
    /// The one that was evaluated last.
    Current,
    /// An earlier one; the last one does not evaluate.
    Behind,
}

impl Snapshot {
    /// Gives each workflow of the definition with its plan, where it has one.
    pub(crate) fn workflows(&self) -> impl Iterator<Item = (&Workflow, Option<&WorkflowPlan>)> {
        let workflows = self
            .definition
            .iter()
            .flat_map(|definition| &definition.workflows);
        workflows.map(|workflow| (workflow, self.plan(&workflow.name)))
    }

    /// Finds the plan of a workflow.
    pub(crate) fn plan(&self, workflow: &str) -> Option<&WorkflowPlan> {
        self.plans.iter().find(|plan| plan.workflow == workflow)
    }

    /// Gives the text of a module as it was evaluated.
    pub(crate) fn text_of(&self, module: &Module) -> Arc<Text> {
        let mut texts = self
            .closed_texts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let text = texts
            .entry(module.path.clone())
            .or_insert_with(|| Arc::new(Text::new(Arc::clone(&module.text))));
        Arc::clone(text)
    }

    /// Finds a workflow.
    pub(crate) fn workflow(&self, name: &str) -> Option<&Workflow> {
        self.definition.as_ref()?.workflow(name)
    }

    /// Gives each task of a workflow with how it stands, where that is known.
    pub(crate) fn tasks<'a>(
        workflow: &'a Workflow,
        plan: Option<&'a WorkflowPlan>,
    ) -> impl Iterator<Item = (TaskIndex, &'a Task, Option<&'a PlanNode>)> {
        workflow.tasks.iter().enumerate().map(move |(index, task)| {
            let node = plan.and_then(|plan| plan.nodes.get(index));
            (TaskIndex(index), task, node)
        })
    }

    /// Says whether a person would be told the same.
    pub(crate) fn says_the_same_as(&self, other: &Self) -> bool {
        self.plans == other.plans
            && self.workspaces == other.workspaces
            && self.problems == other.problems
            && self.unplanned == other.unplanned
    }

    /// Returns whether a task ran to its end after a moment, as far as is stored.
    pub(crate) fn ran_since(&self, workflow: &str, path: &str, moment: Timestamp) -> bool {
        let mut nodes = self.plan(workflow).into_iter().flat_map(|plan| &plan.nodes);
        let node = nodes.find(|node| node.path == path);
        node.and_then(|node| node.created_at)
            .is_some_and(|made| made > moment)
    }

    /// Finds out when a stored run expires next.
    pub(super) fn next_expiry(&self, now: Timestamp) -> Option<Timestamp> {
        let tasks = self
            .workflows()
            .flat_map(|(workflow, plan)| Self::tasks(workflow, plan));
        tasks
            .filter_map(|(_, task, node)| {
                let node = node.filter(|node| node.status == NodeStatus::Cached)?;
                let fresh_for = task.options.cache_ttl?.duration();
                expiry(node.created_at?, fresh_for)
            })
            .filter(|expiry| *expiry > now)
            .min()
    }
}

fn expiry(made: Timestamp, fresh_for: Duration) -> Option<Timestamp> {
    made.checked_add(fresh_for).ok()
}
