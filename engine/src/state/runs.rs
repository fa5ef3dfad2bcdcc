//! What is stored of a task's run.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ids::{ApplyId, RunId};
use super::stored_output::StoredOutput;
use crate::digest::Digest;

/// Is a finished run of a task that is to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRun {
    /// Its id.
    pub run_id: RunId,
    /// What tasks after it name as their upstream: its own id, or the lineage of the earlier
    /// run whose output it repeated.
    pub lineage: RunId,
    /// The apply it ran in.
    pub apply_id: ApplyId,
    /// The workflow.
    pub workflow: String,
    /// The task's path.
    pub node_path: String,
    /// The task's name.
    pub node_name: String,
    /// The task's identity.
    pub identity: Digest,
    /// What the identity is made of; names differ.
    pub components: Vec<StoredComponent>,
    /// The lineages of the tasks directly before it.
    pub upstream: Vec<RunId>,
    /// When it finished.
    pub created_at: Timestamp,
    /// How long it took.
    pub duration_ms: u64,
    /// What the task's output holds of providers' artifacts.
    pub artifacts: Vec<StoredArtifact>,
    /// What providers noted about the run.
    pub metadata: Map<String, Value>,
    /// The output as JSON text.
    pub output: String,
}

/// Is one named part of a task's identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredComponent {
    /// Which part.
    pub name: String,
    /// Its digest.
    pub hash: Digest,
    /// It as text, unless it is secret.
    pub value: Option<String>,
}

/// Is something outside the context that a run made and a provider can find again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredArtifact {
    /// The provider that owns it.
    pub provider_id: String,
    /// Which kind of the provider's artifacts it is.
    pub kind: String,
    /// The artifact as it stands in the output.
    #[serde(rename = "ref")]
    pub reference: Value,
}

/// Is what a plan has to know of a stored run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunSummary {
    /// Its id.
    pub run_id: RunId,
    /// What tasks after it name as their upstream.
    pub lineage: RunId,
    /// The identity the task had.
    pub identity: Digest,
    /// The lineages of the tasks directly before it, in the order they were given.
    pub upstream: Vec<RunId>,
    /// When it finished.
    pub created_at: Timestamp,
    /// How long it took.
    pub duration_ms: u64,
    /// Why it may not be used again, if so.
    pub invalidated: Option<Invalidation>,
    /// Whether there are artifacts to be looked at before it is used.
    pub has_artifacts: bool,
    /// Whether its output is one; lists of runs do not look at it.
    #[serde(skip)]
    pub output: StoredOutput,
}

/// Is a stored run for someone who looks at the history of a task.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunRecord {
    /// What a plan knows of it.
    #[serde(flatten)]
    pub summary: RunSummary,
    /// The apply it ran in.
    pub apply_id: ApplyId,
    /// The workflow.
    pub workflow: String,
    /// The task's path.
    pub node_path: String,
    /// The task's name.
    pub node_name: String,
    /// Whether it is the latest of its task, or the earlier one that took its place.
    pub current: bool,
    /// What providers noted about the run.
    pub metadata: Map<String, Value>,
}

/// Says when and why a run stopped being usable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invalidation {
    /// When.
    pub at: Timestamp,
    /// Who asked for it.
    pub by: InvalidationCause,
    /// The path of the task it was asked for: the run's own, or one that the run descends from.
    pub root: String,
}

/// Says who asked for runs to be invalidated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum InvalidationCause {
    /// Somebody at a terminal or in an editor.
    Person {
        /// Who, as the system knows them.
        name: String,
    },
    /// A task of the workflow, while it was applied.
    Task {
        /// The task's path.
        path: String,
    },
}

impl fmt::Display for InvalidationCause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person { name } => formatter.write_str(name),
            Self::Task { path } => write!(formatter, "the task `{path}`"),
        }
    }
}

/// Names a run that was usable until now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InvalidatedRun {
    /// The run.
    pub run_id: RunId,
    /// The path of its task.
    pub node_path: String,
}
