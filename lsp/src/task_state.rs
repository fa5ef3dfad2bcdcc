//! How tasks and workflows stand, in a few words: the same in a lens, a hint, a hover, a symbol and a list.

use jiff::Timestamp;
use rigkit_engine::{
    definition::Workflow,
    plan::{NodeStatus, PlanNode, WorkflowPlan},
    wording::{failure::phrase as failed, reason::phrase, time::age},
};

use crate::{
    activity::{Progress, TaskActivity},
    sites::PlannedTask,
    view::ProjectView,
};

/// Returns how a task stands in a few words.
pub(crate) fn task_state(view: &ProjectView, task: &PlannedTask<'_>, now: Timestamp) -> String {
    match activity(view, task) {
        Some(TaskActivity::Running { since, last_line }) => {
            return running(*since, last_line.as_deref(), now);
        }
        Some(TaskActivity::Done { at, was_cached }) => {
            return done(task.node, *at, *was_cached, now);
        }
        Some(TaskActivity::Failed { at, .. }) => return format!("✗ failed {} ago", age(*at, now)),
        None => {}
    }
    match (task.node, &view.snapshot.unplanned) {
        (Some(node), _) if is_provisional(view, task) => {
            format!("{} (provisional)", planned_state(node, now))
        }
        (Some(node), _) => planned_state(node, now),
        (None, Some(why)) => format!("not planned: {why}"),
        (None, None) => "not planned".to_owned(),
    }
}

fn is_provisional(view: &ProjectView, task: &PlannedTask<'_>) -> bool {
    let plan = view.snapshot.plan(&task.workflow.name);
    plan.is_some_and(|plan| !plan.provisional.is_empty())
}

fn activity<'a>(view: &'a ProjectView, task: &PlannedTask<'_>) -> Option<&'a TaskActivity> {
    view.activity.task(&task.workflow.name, &task.task.path)
}

fn running(since: Timestamp, last_line: Option<&str>, now: Timestamp) -> String {
    let time = age(since, now);
    match last_line {
        Some(line) => format!("◌ running {time}: {line}"),
        None => format!("◌ running {time}"),
    }
}

/// The plan may be of the time before: only what it says of a stored run counts.
fn done(node: Option<&PlanNode>, at: Timestamp, was_cached: bool, now: Timestamp) -> String {
    match node.and_then(|node| node.created_at) {
        Some(made) if was_cached => format!("✓ cached {} ago", age(made, now)),
        _ => format!("✓ done {} ago", age(at, now)),
    }
}

fn planned_state(node: &PlanNode, now: Timestamp) -> String {
    match (node.status, node.created_at) {
        (NodeStatus::Cached, Some(made)) => format!("✓ cached {} ago", age(made, now)),
        (NodeStatus::Cached, None) => "✓ cached".to_owned(),
        (NodeStatus::Pending, _) => {
            with_failure(node, format!("● {}", phrase(&node.reason, now)), now)
        }
        (NodeStatus::Conditional, _) => {
            let unless = "◌ cached, unless a task before it changes";
            with_failure(node, unless.to_owned(), now)
        }
    }
}

/// Adds how the last try failed, where it did.
fn with_failure(node: &PlanNode, state: String, now: Timestamp) -> String {
    match &node.last_failure {
        Some(failure) => format!("{state}; {}", failed(failure, now)),
        None => state,
    }
}

/// How a task stands, for whoever counts or colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Its stored run is used, or it has just run.
    Cached,
    /// It has to run.
    Pending,
    /// It is cached, unless a task before it changes.
    Conditional,
    /// It runs.
    Running,
    /// It failed.
    Failed,
    /// Nobody knows.
    Unknown,
}

/// Returns how a task stands.
pub(crate) fn standing(view: &ProjectView, task: &PlannedTask<'_>) -> Standing {
    match (activity(view, task), task.node.map(|node| node.status)) {
        (Some(TaskActivity::Running { .. }), _) => Standing::Running,
        (Some(TaskActivity::Failed { .. }), _) => Standing::Failed,
        (Some(TaskActivity::Done { .. }), _) | (None, Some(NodeStatus::Cached)) => Standing::Cached,
        (None, Some(NodeStatus::Pending)) => Standing::Pending,
        (None, Some(NodeStatus::Conditional)) => Standing::Conditional,
        (None, None) => Standing::Unknown,
    }
}

/// Returns how many tasks of a workflow have to run, as its plan and the apply that goes on say.
pub(crate) fn pending(view: &ProjectView, workflow: &Workflow, plan: &WorkflowPlan) -> usize {
    let nodes = workflow.tasks.iter().zip(&plan.nodes);
    let tasks = nodes.map(|(task, node)| PlannedTask {
        workflow,
        task,
        node: Some(node),
    });
    let has_to_run = |task: &PlannedTask<'_>| {
        let standing = standing(view, task);
        matches!(standing, Standing::Pending | Standing::Running)
            || standing == Standing::Failed && is_pending(task)
    };
    tasks.filter(has_to_run).count()
}

fn is_pending(task: &PlannedTask<'_>) -> bool {
    task.node
        .is_some_and(|node| node.status == NodeStatus::Pending)
}

/// Returns whether nothing of a workflow has to run but what is looked at each time, as its plan and the apply
/// that goes on say.
pub(crate) fn is_up_to_date(view: &ProjectView, workflow: &Workflow, plan: &WorkflowPlan) -> bool {
    plan.up_to_date || pending(view, workflow, plan) == 0
}

/// Returns how far the apply of a workflow is that goes on, in a few words.
pub(crate) fn progress_of(view: &ProjectView, workflow: &Workflow) -> Option<String> {
    let Progress { done, running } = view.activity.progress(&workflow.name)?;
    let all = workflow.tasks.len();
    Some(format!(
        "◌ applying: {done} of {all} done, {running} running"
    ))
}
