//! What is pending for a reason of its own, and how much merely follows from it.

use std::collections::HashMap;

use rigkit_engine::plan::{PlanCause, PlanNode, Reason, WorkflowPlan};

/// A task to tell of, and how much follows it where it has a reason of its own.
#[derive(Debug, PartialEq)]
pub(super) struct Told<'a> {
    /// The task.
    pub(super) node: &'a PlanNode,
    /// What follows it.
    pub(super) cause: Option<&'a PlanCause>,
}

/// How many tasks with the same plain reason are told one by one.
const TOLD_ONE_BY_ONE: usize = 10;

/// Is what a person reads of a plan, in walk order.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Causes<'a> {
    /// The tasks to tell one by one.
    pub(super) told: Vec<Told<'a>>,
    /// For each plain reason that is too frequent, its first task that is not told and how
    /// many there are.
    pub(super) folded: Vec<(&'a PlanNode, usize)>,
}

/// Tells causes and failures from mere consequences, and folds causes that say nothing new.
pub(super) fn causes(plan: &WorkflowPlan) -> Causes<'_> {
    let mut causes = Causes::default();
    let mut told_plainly: HashMap<&'static str, usize> = HashMap::new();
    for told in worth_telling(plan) {
        let reason = &told.node.reason;
        let count = told_plainly.entry(reason.code()).or_default();
        *count += usize::from(is_plain(told.node));
        if *count <= TOLD_ONE_BY_ONE || !is_plain(told.node) {
            causes.told.push(told);
            continue;
        }
        let same = |(node, _): &&mut (&PlanNode, usize)| node.reason.code() == reason.code();
        match causes.folded.iter_mut().find(same) {
            Some((_, count)) => *count += 1,
            None => causes.folded.push((told.node, 1)),
        }
    }
    causes
}

/// Returns whether nothing is said of a task but what is said of many others.
fn is_plain(node: &PlanNode) -> bool {
    if node.last_failure.is_some() {
        return false;
    }
    match &node.reason {
        Reason::NeverRun
        | Reason::Invalidated { .. }
        | Reason::OutputSchemaChanged
        | Reason::AlwaysRuns
        | Reason::FormatChanged => true,
        Reason::HandlerChanged { captures, .. } => captures.is_empty(),
        _ => false,
    }
}

fn worth_telling(plan: &WorkflowPlan) -> impl Iterator<Item = Told<'_>> {
    plan.nodes.iter().filter_map(|node| {
        let cause = plan
            .causes
            .binary_search_by_key(&node.index, |cause| cause.index);
        let cause = cause.ok().map(|position| &plan.causes[position]);
        (cause.is_some() || node.last_failure.is_some()).then_some(Told { node, cause })
    })
}
