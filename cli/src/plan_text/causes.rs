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

/// How many tasks with the same plain reason are told one by one.
const TOLD_ONE_BY_ONE: usize = 10;

/// Is what a person reads of a plan, in walk order.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Causes<'a> {
    /// The tasks to tell one by one.
    pub(super) told: Vec<Cause<'a>>,
    /// For each plain reason that is too frequent, its first task that is not told and how
    /// many there are.
    pub(super) folded: Vec<(&'a PlanNode, usize)>,
}

/// Tells causes from consequences, and folds causes that say nothing new.
pub(super) fn causes(plan: &WorkflowPlan) -> Causes<'_> {
    let mut causes = Causes::default();
    let mut told_plainly: HashMap<&'static str, usize> = HashMap::new();
    for cause in every_cause(plan) {
        let reason = &cause.node.reason;
        let told = told_plainly.entry(reason.code()).or_default();
        *told += usize::from(is_plain(reason));
        if *told <= TOLD_ONE_BY_ONE || !is_plain(reason) {
            causes.told.push(cause);
            continue;
        }
        let same = |(node, _): &&mut (&PlanNode, usize)| node.reason.code() == reason.code();
        match causes.folded.iter_mut().find(same) {
            Some((_, count)) => *count += 1,
            None => causes.folded.push((cause.node, 1)),
        }
    }
    causes
}

/// Says whether a reason reads the same for every task that has it.
fn is_plain(reason: &Reason) -> bool {
    match reason {
        Reason::NeverRun
        | Reason::Invalidated { .. }
        | Reason::OutputSchemaChanged
        | Reason::AlwaysRuns
        | Reason::FormatChanged => true,
        Reason::HandlerChanged { captures, .. } => captures.is_empty(),
        _ => false,
    }
}

fn every_cause(plan: &WorkflowPlan) -> Vec<Cause<'_>> {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    let mut by_path: HashMap<&str, usize> = HashMap::new();
    let open = plan
        .nodes
        .iter()
        .filter(|node| node.status != NodeStatus::Cached);
    for node in open {
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
