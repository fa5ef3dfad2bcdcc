//! Makes the plan of one workflow.

use jiff::Timestamp;

use super::{
    explain::reasons,
    model::{ChecksAsked, NodeStatus, PlanNode, WorkflowPlan},
    reason::Reason,
    records::Records,
    walk::{Cause, Verdict, Walk},
};
use crate::{
    definition::{TaskIndex, Workflow},
    digest::Digest,
    error::EngineError,
    identity::Identities,
    state::{RunSummary, StateReader},
};

/// Is what a plan is made from.
pub(crate) struct PlanInputs<'a> {
    pub(crate) workflow: &'a Workflow,
    pub(crate) identities: &'a Identities<'a>,
    pub(crate) records: &'a Records<'a>,
    pub(crate) state: Option<&'a StateReader>,
    pub(crate) provider_fingerprint: Digest,
    pub(crate) now: Timestamp,
}

/// Walks a workflow at rest.
///
/// # Errors
/// Where the state cannot be read.
pub(crate) fn make_plan(inputs: &PlanInputs<'_>) -> Result<WorkflowPlan, EngineError> {
    let mut walk = Walk::new(
        inputs.workflow,
        inputs.identities,
        inputs.records,
        inputs.now,
    );
    let verdicts = walk.judge_all()?;
    let reasons = reasons(&mut walk, &verdicts, inputs.state, inputs.now)?;
    let nodes: Vec<PlanNode> = verdicts
        .iter()
        .zip(reasons)
        .map(|((index, verdict), reason)| {
            plan_node(&mut walk, *index, verdict, reason, inputs.records)
        })
        .collect();
    let mut plan = WorkflowPlan {
        workflow: inputs.workflow.name.to_string(),
        provider_fingerprint: inputs.provider_fingerprint,
        cached_node_count: 0,
        node_count: 0,
        pending_node_count: 0,
        conditional_node_count: 0,
        up_to_date: false,
        nodes,
        causes: Vec::new(),
        final_context: None,
        checks: Vec::new(),
        checks_asked: ChecksAsked::Nothing,
        provisional: Vec::new(),
        unanswered_providers: Vec::new(),
    };
    plan.count(inputs.workflow);
    Ok(plan)
}

fn plan_node(
    walk: &mut Walk<'_>,
    index: TaskIndex,
    verdict: &Verdict,
    reason: Reason,
    records: &Records<'_>,
) -> PlanNode {
    let task = walk.workflow.task(index);
    let status = match verdict {
        Verdict::Reusable(_) => NodeStatus::Cached,
        Verdict::Conditional { .. } => NodeStatus::Conditional,
        Verdict::Stale(_) => NodeStatus::Pending,
    };
    let reused = match verdict {
        Verdict::Reusable(run) | Verdict::Conditional { run, .. } => Some(run),
        Verdict::Stale(_) => None,
    };
    let known = reused
        .or_else(|| stored_run(verdict))
        .or_else(|| records.current(&task.path));
    PlanNode {
        index: index.0,
        path: task.path.to_string(),
        name: task.name.to_string(),
        status,
        reason,
        run_id: reused.map(|run| run.run_id.clone()),
        upstream_run_ids: walk.runs_at(task.after).to_vec(),
        created_at: known.map(|run| run.created_at),
        duration_ms: known.map(|run| run.duration_ms),
        cutoff: task.options.cutoff && walk.last_valid(index).is_some(),
        last_failure: records
            .last_failure(&task.path)
            .filter(|_| status != NodeStatus::Cached)
            .cloned(),
    }
}

fn stored_run(verdict: &Verdict) -> Option<&RunSummary> {
    match verdict {
        Verdict::Stale(
            Cause::Invalidated(run)
            | Cause::Expired(run)
            | Cause::IdentityDiffers(run)
            | Cause::Unusable { run, .. },
        ) => Some(run),
        _ => None,
    }
}
