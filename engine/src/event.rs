//! What an engine run tells its caller while it happens.
//!
//! Events are plain data in the order they occurred. The payloads that configs and tools
//! of the existing engine rely on keep their names; additions follow the same style.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    diagnostic::Diagnostic, error::NodeFailure, error_cause::ErrorCause, source::SourceRange,
};

/// Says something that happened in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all_fields = "camelCase",
    rename_all = "camelCase"
)]
pub enum Event {
    /// The configuration was evaluated and this workflow of it is about to be used.
    #[serde(rename = "definition.loaded")]
    DefinitionLoaded {
        /// The workflow's name.
        workflow: String,
    },
    /// Something in the configuration is doubtful, but works.
    #[serde(rename = "definition.warning")]
    DefinitionWarning {
        /// What it is, where, and what to do about it.
        warning: Diagnostic,
    },
    /// The plan an apply starts from.
    #[serde(rename = "plan.created")]
    PlanCreated {
        /// The workflow's name.
        workflow: String,
        /// How many tasks are cached.
        cached_node_count: usize,
        /// How many tasks there are.
        node_count: usize,
        /// How many tasks have to run; absent in logs of earlier versions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pending_node_count: Option<usize>,
        /// How many tasks may have to run, if the output of one before them changes.
        #[serde(default)]
        conditional_node_count: usize,
        /// Whether nothing has to run but tasks that run each time, which nothing has to follow.
        #[serde(default)]
        up_to_date: bool,
    },
    /// A plan did not ask providers and schemas that are code, for nobody trusts the project.
    #[serde(rename = "checks.skipped")]
    ChecksSkipped {
        /// The workflow's name.
        workflow: String,
    },
    /// A question of a plan was not answered in its time, and the plan goes on without.
    #[serde(rename = "check.unanswered")]
    CheckUnanswered {
        /// The workflow's name.
        workflow: String,
        /// Who was asked: `provider.` and its name, or the path of a task with a schema.
        node_path: String,
        /// How long the answer was waited for, in milliseconds.
        waited_ms: u64,
    },
    /// An apply begins.
    #[serde(rename = "apply.started")]
    ApplyStarted {
        /// The workflow's name.
        workflow: String,
        /// The id under which the apply and its log are kept.
        apply_id: String,
    },
    /// Another apply of the workflow is running, and this one waits for it.
    #[serde(rename = "apply.waiting")]
    ApplyWaiting {
        /// The workflow's name.
        workflow: String,
        /// Who runs the other one.
        holder: String,
    },
    /// A task's stored run is used.
    #[serde(rename = "node.cached")]
    NodeCached {
        /// The task's path.
        node_path: String,
        /// The stored run.
        run_id: String,
    },
    /// A task's handler begins.
    #[serde(rename = "node.started")]
    NodeStarted {
        /// The task's path.
        node_path: String,
    },
    /// A command of a handler or provider begins.
    #[serde(rename = "command.started")]
    CommandStarted {
        /// The task that runs it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node_path: Option<String>,
        /// Tells it from other commands of the run; a command that a provider runs by itself has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command_id: Option<CommandId>,
        /// A short name: the program.
        command_name: String,
        /// The command line as a person would type it.
        command: String,
    },
    /// A command wrote something.
    #[serde(rename = "command.output")]
    CommandOutput {
        /// The task that runs it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node_path: Option<String>,
        /// The command, as it was started.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command_id: Option<CommandId>,
        /// A short name: the program.
        command_name: String,
        /// Where it wrote.
        stream: OutputStream,
        /// What it wrote; may be part of a line.
        data: String,
    },
    /// A command runs that is meant to stay: nothing more is told of it.
    #[serde(rename = "command.detached")]
    CommandDetached {
        /// The task that started it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node_path: Option<String>,
        /// The command, as it was started.
        command_id: CommandId,
        /// A short name: the program.
        command_name: String,
        /// The process.
        pid: u32,
    },
    /// A command ended.
    #[serde(rename = "command.completed")]
    CommandCompleted {
        /// The task that ran it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node_path: Option<String>,
        /// The command, as it was started.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command_id: Option<CommandId>,
        /// A short name: the program.
        command_name: String,
        /// The exit code, or 128 plus the signal's number.
        exit_code: i32,
    },
    /// A handler logged something.
    #[serde(rename = "log.output")]
    LogOutput {
        /// The task, hook or operation that logged.
        node_path: String,
        /// How it is meant.
        stream: LogStream,
        /// A label the author gave.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// The text.
        data: String,
    },
    /// A task's output holds an artifact.
    #[serde(rename = "artifact.created")]
    ArtifactCreated {
        /// The task's path.
        node_path: String,
        /// The provider that owns the artifact.
        provider_id: String,
        /// The artifact's kind.
        kind: String,
        /// The artifact itself.
        #[serde(rename = "ref")]
        reference: Value,
    },
    /// A person has to do something before the run goes on.
    #[serde(rename = "interaction.awaiting_user")]
    InteractionAwaitingUser {
        /// The task, hook or operation that asks.
        node_path: String,
        /// Tells interactions apart.
        interaction_id: String,
        /// A short label.
        label: String,
        /// What it is about.
        title: String,
        /// Where the person has to go.
        url: String,
        /// What the person has to do there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instructions: Option<String>,
    },
    /// The person did it.
    #[serde(rename = "interaction.completed")]
    InteractionCompleted {
        /// The task, hook or operation that asked.
        node_path: String,
        /// Tells interactions apart.
        interaction_id: String,
        /// A short label.
        label: String,
        /// What it was about.
        title: String,
    },
    /// A task finished and its run is stored.
    #[serde(rename = "node.completed")]
    NodeCompleted {
        /// The task's path.
        node_path: String,
        /// The stored run.
        run_id: String,
        /// How long the handler took, in milliseconds.
        duration_ms: u64,
    },
    /// A task failed.
    #[serde(rename = "node.failed")]
    NodeFailed {
        /// The task's path.
        node_path: String,
        /// What went wrong.
        message: String,
        /// What stands behind it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        causes: Vec<ErrorCause>,
        /// How long the handler took, in milliseconds.
        duration_ms: u64,
        /// Where it went wrong: the call that failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        range: Option<SourceRange>,
        /// What to do about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        help: Option<String>,
        /// The last lines of the task's output.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        output_tail: Vec<String>,
        /// The exit code of the command that failed the task, where one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exit_code: Option<i32>,
    },
    /// A task's stored runs were invalidated.
    #[serde(rename = "node.invalidated")]
    NodeInvalidated {
        /// The task's path.
        node_path: String,
        /// The runs that are no longer valid.
        run_ids: Vec<String>,
        /// The task or person that asked for it.
        by: String,
    },
    /// The walk begins again because a task invalidated an earlier one.
    #[serde(rename = "apply.restarted")]
    ApplyRestarted {
        /// The workflow's name.
        workflow: String,
        /// The task that asked for it.
        node_path: String,
        /// The task that runs again.
        target_node_path: String,
        /// Counts the attempts, from 1.
        attempt: u32,
    },
    /// An apply ended.
    #[serde(rename = "apply.completed")]
    ApplyCompleted {
        /// The workflow's name.
        workflow: String,
        /// The id under which the apply and its log are kept.
        apply_id: String,
        /// How it ended.
        outcome: RunOutcome,
        /// How long it took, in milliseconds.
        duration_ms: u64,
    },
    /// A workspace is recorded and its `create` hook begins.
    #[serde(rename = "workspace.create.started")]
    WorkspaceCreateStarted {
        /// The workspace's name.
        workspace_id: String,
    },
    /// A workspace can be used.
    #[serde(rename = "workspace.ready")]
    WorkspaceReady {
        /// The workspace's name.
        workspace_id: String,
    },
    /// A workspace's `remove` hook begins.
    #[serde(rename = "workspace.remove.started")]
    WorkspaceRemoveStarted {
        /// The workspace's name.
        workspace_id: String,
    },
    /// A workspace is gone.
    #[serde(rename = "workspace.removed")]
    WorkspaceRemoved {
        /// The workspace's name.
        workspace_id: String,
        /// Why its `remove` hook failed, where it went by force.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
    },
    /// An operation begins.
    #[serde(rename = "operation.started")]
    OperationStarted {
        /// The operation's id, with `workspace/` before it for a workspace operation.
        operation: String,
    },
    /// An operation ended.
    #[serde(rename = "operation.completed")]
    OperationCompleted {
        /// The operation's id, with `workspace/` before it for a workspace operation.
        operation: String,
        /// How it ended.
        outcome: RunOutcome,
        /// How long it took, in milliseconds.
        duration_ms: u64,
        /// What it gave, where it succeeded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<Value>,
    },
}

/// A command among all those of a run, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandId(pub u64);

impl Event {
    /// Returns it as a provider may emit it: the numbers of commands are given by the engine.
    pub(crate) fn of_provider(mut self) -> Self {
        if let Self::CommandStarted { command_id, .. }
        | Self::CommandOutput { command_id, .. }
        | Self::CommandCompleted { command_id, .. } = &mut self
        {
            *command_id = None;
        }
        self
    }

    /// Makes the event of a task that failed.
    pub(crate) fn node_failed(failure: &NodeFailure, duration_ms: u64) -> Self {
        let failure = failure.clone();
        Self::NodeFailed {
            node_path: failure.node,
            message: failure.message,
            causes: failure.causes,
            duration_ms,
            range: failure.range,
            help: failure.help,
            output_tail: failure.output_tail,
            exit_code: failure.exit_code,
        }
    }

    /// Returns the failure that the event tells of, if it tells of one.
    #[must_use]
    pub fn failure(&self) -> Option<NodeFailure> {
        match self {
            Self::NodeFailed {
                node_path,
                message,
                causes,
                duration_ms: _,
                range,
                help,
                output_tail,
                exit_code,
            } => Some(NodeFailure {
                node: node_path.clone(),
                message: message.clone(),
                causes: causes.clone(),
                range: range.clone(),
                help: help.clone(),
                output_tail: output_tail.clone(),
                exit_code: *exit_code,
                apply_id: None,
            }),
            _ => None,
        }
    }
}

/// Where a command wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// How a log line is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogStream {
    /// Output of something the handler ran.
    Stdout,
    /// Error output of something the handler ran.
    Stderr,
    /// Detail for someone who looks for it.
    Debug,
    /// The usual.
    Info,
    /// Something to look at.
    Warn,
    /// Something went wrong.
    Error,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunOutcome {
    /// All of it was done.
    Succeeded,
    /// Something failed.
    Failed,
    /// The caller cancelled it.
    Cancelled,
}

/// Is an event with its place in the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventRecord {
    /// Counts the events of a run from 0 without a gap.
    pub sequence: u64,
    /// When it happened.
    #[serde(serialize_with = "crate::iso_time::serialize")]
    pub time: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Receives the events of a run, in order, on whichever thread they happen.
pub trait EventSink: Send + Sync {
    /// Takes one event; must not block for long, the run waits for it.
    fn receive(&self, record: &EventRecord);
}

impl<F: Fn(&EventRecord) + Send + Sync> EventSink for F {
    fn receive(&self, record: &EventRecord) {
        self(record);
    }
}

/// Is shared by everything in a run that emits events.
pub type SharedEventSink = Arc<dyn EventSink>;
