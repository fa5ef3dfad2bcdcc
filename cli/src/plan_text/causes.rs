//! What is pending for a reason of its own, and how much merely follows from it.

use std::collections::HashMap;

use rigkit_engine::plan::{NodeStatus, PlanNode, Reason, WorkflowPlan};

/// Is a task that is pending for a reason of its own.
#[derive(Debug, PartialEq)]
pub(super) struct Cause<'a> {
    /// The task.
    pub(super) node: &'a PlanNode,
    /// How many tasks have to run because it does.
    pub(super) pending: usize,
    /// How many have to run only if its output changes.
    pub(super) conditional: usize,
}

/// Lists the causes in walk order, each with its consequences.
pub(super) fn causes(plan: &WorkflowPlan) -> Vec<Cause<'_>> {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    let mut by_path: HashMap<&str, usize> = HashMap::new();
    for node in plan
        .nodes
        .iter()
        .filter(|node| node.status != NodeStatus::Cached)
    {
        let cause = root(node).and_then(|root| by_path.get(root));
        if let Some(cause) = cause.and_then(|index| causes.get_mut(*index)) {
            match node.status {
                NodeStatus::Conditional => cause.conditional += 1,
                _ => cause.pending += 1,
            }
            continue;
        }
        by_path.insert(&node.path, causes.len());
        causes.push(Cause {
            node,
            pending: 0,
            conditional: 0,
        });
    }
    causes
}

fn root(node: &PlanNode) -> Option<&str> {
    match &node.reason {
        Reason::UpstreamPending { root } => Some(root),
        _ => None,
    }
}
