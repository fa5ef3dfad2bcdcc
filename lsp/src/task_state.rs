//! How a task stands, in a few words: the same in a lens, a hint, a hover, a symbol and a list.

use jiff::Timestamp;
use rigkit_engine::{
    plan::{NodeStatus, PlanNode},
    wording::{failure::phrase as failed, reason::phrase, time::age},
};

use crate::{activity::TaskActivity, sites::PlannedTask, view::ProjectView};

/// Says how a task stands in a few words.
pub(crate) fn task_state(view: &ProjectView, task: &PlannedTask<'_>, now: Timestamp) -> String {
    match view.activity.task(&task.workflow.name, &task.task.path) {
        Some(TaskActivity::Running { .. }) => return "◌ running…".to_owned(),
        Some(TaskActivity::Failed { at, .. }) => return format!("✗ failed {} ago", age(*at, now)),
        None => {}
    }
    let Some(node) = task.node else {
        return "not planned".to_owned();
    };
    let state = planned_state(node, now);
    let plan = view.snapshot.plan(&task.workflow.name);
    if plan.is_some_and(|plan| !plan.provisional.is_empty()) {
        return format!("{state} (provisional)");
    }
    state
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
