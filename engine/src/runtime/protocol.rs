//! The messages between the engine and whatever runs handlers: plain data, so that it can
//! be a thread with the embedded language or a process of another one.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    definition::{TaskIndex, ValueHandle},
    event::{Event, LogStream},
    sandbox::Thrown,
};

/// Names one call of a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct CallId(pub(crate) u64);

/// Names one operation that a handler asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct OperationId(pub(crate) u64);

/// Is what the engine tells the runtime.
#[derive(Debug)]
pub(crate) enum ToRuntime {
    /// A walk begins, and with it the lives of new controllers.
    BeginWalk,
    /// Call something of the definition.
    Invoke {
        call: CallId,
        invocation: Box<Invocation>,
    },
    /// An operation ended.
    Answer {
        operation: OperationId,
        result: Result<Value, OperationFailure>,
    },
    /// An operation says something before it ends.
    Progress {
        operation: OperationId,
        value: Value,
    },
    /// A call is to end: its signal fires.
    Abort { call: CallId },
    /// Nobody waits for a call any more: it ends now, and no code of it runs again.
    Abandon { call: CallId },
    /// Nothing more is wanted.
    Shutdown,
}

/// Is what the runtime tells the engine.
#[derive(Debug)]
pub(crate) enum FromRuntime {
    /// A call ended.
    Finished {
        call: CallId,
        result: Result<CallResult, Thrown>,
    },
    /// A handler wants something done outside the language.
    Operation {
        operation: OperationId,
        call: Option<CallId>,
        /// Whether the call knows that it is cancelled, and asks for this to clean up.
        is_after_abort: bool,
        name: String,
        payload: Value,
    },
    /// It is no longer wanted.
    CancelOperation { operation: OperationId },
    /// A handler logged something.
    Log {
        call: Option<CallId>,
        stream: LogStream,
        label: Option<String>,
        text: String,
    },
    /// A provider emitted an event.
    Event { event: Box<Event> },
}

/// Is what a call gave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CallResult {
    pub(crate) outcome: CallOutcome,
    /// What `step.metadata` and `metadata` of providers noted.
    pub(crate) metadata: Map<String, Value>,
}

/// Tells the results of a handler apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CallOutcome {
    /// A value; null where there is none.
    Value(Value),
    /// A task keeps its context.
    Keep,
    /// A task replaces its context.
    Context(Map<String, Value>),
    /// A task sends the walk back.
    Invalidate { target: String, target_path: String },
}

/// Says what to call, with what.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    pub(crate) workflow: String,
    /// The task's path, or `operation.<id>`, or `workspace.<name>.<hook>`.
    pub(crate) node_path: String,
    /// The providers that the handler sees, by name.
    pub(crate) providers: Vec<(String, ValueHandle)>,
    pub(crate) work: Work,
    pub(crate) allowance: Allowance,
}

/// What a call may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allowance {
    /// As much as it takes, until somebody cancels it.
    Unlimited,
    /// The memory of a definition, and this much time.
    Question(Duration),
}

/// Tells the kinds of calls apart; each has its own arguments and rules for its result.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    /// Runs a task.
    Task {
        task: TaskIndex,
        handler: ValueHandle,
        context: Arc<Map<String, Value>>,
        config: Map<String, Value>,
        output: Option<ValueHandle>,
    },
    /// Runs a hook of a workspace or an operation.
    Hook {
        handler: ValueHandle,
        result: ResultRule,
        /// The workflow's context; an operation of the project has none.
        context: Option<Arc<Map<String, Value>>>,
        config: Map<String, Value>,
        workspace: Option<(String, Option<Map<String, Value>>)>,
        input: Option<Value>,
        /// What a schema of the definition made of the input.
        checked_input: Option<ValueHandle>,
        /// Names of input fields that stand for workspaces, with what the handler receives.
        workspaces: Vec<(String, Value)>,
    },
    /// Asks a provider how ready it is.
    Checks {
        provider: ValueHandle,
        is_required: bool,
    },
    /// Asks a provider whether an artifact still exists.
    ValidateArtifact {
        provider: ValueHandle,
        reference: Value,
    },
    /// Asks a schema of the definition whether an input passes it, and keeps what it makes of it.
    CheckInput { schema: ValueHandle, input: Value },
    /// Asks a schema of the definition whether a stored output passes it.
    ValidateOutput { schema: ValueHandle, output: Value },
}

/// Says what a hook may return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultRule {
    /// A JSON object.
    Object,
    /// Nothing or JSON.
    OptionalJson,
    /// Nothing.
    Nothing,
}

/// Is the failure of an operation, as the language sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OperationFailure {
    pub(crate) name: String,
    pub(crate) message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) help: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "exitCode")]
    pub(crate) exit_code: Option<i32>,
}
