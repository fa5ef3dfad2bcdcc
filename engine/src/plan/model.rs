//! What a plan says.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::reason::Reason;
use crate::{
    digest::Digest,
    state::{ApplyId, RunId},
};

/// Says how sure a plan is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanLevel {
    /// Reads the definition, the state and the clock, and touches nothing else.
    AtRest,
    /// Also asks providers for their checks and whether artifacts still exist.
    Verified,
}

/// Says what is still valid in one workflow and, exactly, why the rest is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowPlan {
    /// The workflow's name.
    pub workflow: String,
    /// Stands for the providers that tasks see: how they are configured, what they do, and
    /// what their checks found where they were asked.
    #[serde(default)]
    pub provider_fingerprint: Digest,
    /// How many tasks are cached.
    pub cached_node_count: usize,
    /// How many tasks there are.
    pub node_count: usize,
    /// How many tasks have to run.
    #[serde(default)]
    pub pending_node_count: usize,
    /// How many tasks may have to run, if the output of one before them changes.
    #[serde(default)]
    pub conditional_node_count: usize,
    /// Whether nothing has to run but tasks that run each time, which nothing has to follow.
    #[serde(default)]
    pub up_to_date: bool,
    /// The tasks in walk order.
    pub nodes: Vec<PlanNode>,
    /// The tasks that have to run for a reason of their own, in walk order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<PlanCause>,
    /// The context after everything, where every task is cached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_context: Option<Map<String, Value>>,
    /// What provider checks found, where they were asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<ProviderCheck>,
    /// Whether providers, and schemas that are code, were asked.
    #[serde(default, skip_serializing_if = "ChecksAsked::is_nothing")]
    pub checks_asked: ChecksAsked,
    /// The variables that the definition would have read, had the plan been made in a trusted
    /// project; the plan is provisional where there are any. `process.env` stands for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provisional: Vec<String>,
    /// The providers that gave no answer in time, by the names handlers know them under.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unanswered_providers: Vec<String>,
}

/// Whether a plan asked what only code of the project can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChecksAsked {
    /// There is nothing to ask.
    #[default]
    Nothing,
    /// It did.
    Asked,
    /// It did not; what stored runs found is taken as it was.
    NotAsked,
}

impl ChecksAsked {
    /// Returns whether there is nothing to ask.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }
}

impl WorkflowPlan {
    /// Gives the tasks that an apply runs for certain.
    pub fn pending(&self) -> impl Iterator<Item = &PlanNode> {
        self.nodes
            .iter()
            .filter(|node| node.status == NodeStatus::Pending)
    }

    /// Returns whether every task is cached, so that an apply has nothing to run at all.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.cached_node_count == self.node_count
    }
}

/// Says how one task stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanNode {
    /// Counts from 0 in walk order.
    pub index: usize,
    /// The task's path.
    pub path: String,
    /// The task's name.
    pub name: String,
    /// Whether it is cached.
    pub status: NodeStatus,
    /// Why.
    pub reason: Reason,
    /// The stored run that is reused, or would be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
    /// The runs directly before it, as far as they are known.
    pub upstream_run_ids: Vec<RunId>,
    /// When the stored run was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// How long the stored run took, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Whether what follows has to run only where the output of this task changes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cutoff: bool,
    /// How its last try failed, where it did and the task is not cached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<LastFailure>,
}

/// A task that has to run for a reason of its own, and how much follows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanCause {
    /// The task's index.
    pub index: usize,
    /// The task's path.
    pub path: String,
    /// How many tasks have to run because this one does.
    pub pending_after: usize,
    /// How many tasks have to run if an output between this one and them changes.
    pub conditional_after: usize,
}

/// The last try of a task, which failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastFailure {
    /// When it failed.
    #[serde(serialize_with = "crate::iso_time::serialize")]
    pub at: Timestamp,
    /// The apply it ran in, which has its log.
    pub apply_id: ApplyId,
    /// The first line of its message.
    pub message: String,
    /// The exit code of the command that failed it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
}

/// Says whether a task has to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeStatus {
    /// A stored run is reused.
    Cached,
    /// It has to run.
    Pending,
    /// It is cached unless the output of a cut-off task before it changes.
    Conditional,
}

/// Is what a provider says of its own readiness.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderCheck {
    /// The name handlers know the provider under.
    #[serde(default)]
    pub provider: String,
    /// Tells the checks of a provider apart.
    pub id: String,
    /// What is checked.
    pub label: String,
    /// Whether it is as it has to be.
    pub status: CheckStatus,
    /// What was found.
    #[serde(default)]
    pub value: Value,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Stands for what was found in the identity of tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Whatever else the provider says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
}

/// Says whether a check is satisfied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckStatus {
    /// It is.
    Ok,
    /// Somebody has to do something first.
    Required,
}

/// Is a plan kept for a later apply, with what it depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SavedPlan {
    /// The version of this format.
    pub format: u32,
    /// The config it was made from, where a person has named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
    /// The hash of the definition it was made from.
    pub definition: Digest,
    /// The serial of the state it was made from.
    pub serial: u64,
    /// The plan of each workflow it covers.
    pub workflows: Vec<WorkflowPlan>,
}
