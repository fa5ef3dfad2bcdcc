//! The engine's requests: one method each, plain data in and out.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::{
    error::EngineError,
    event::EventSink,
    host::Host,
    plan::{PlanLevel, WorkflowPlan},
    project::{Environment, Project},
    sandbox::{SandboxLimits, Variables},
    source::SourceFiles,
    state::{InvalidatedRun, WorkspaceRecord},
};

/// Works on one project.
pub struct Engine {
    options: EngineOptions,
    variables: Variables,
}

/// Says what an engine works on.
#[derive(Clone)]
pub struct EngineOptions {
    /// The project.
    pub project: Project,
    /// The state, where it is not the project's default one.
    pub state_path: Option<PathBuf>,
    /// What configs and handlers read as their environment.
    pub environment: Environment,
    /// What evaluating a definition may use.
    pub limits: SandboxLimits,
    /// Where source text comes from.
    pub files: Arc<dyn SourceFiles>,
    /// The developer's own directory, `~/.rigkit` where nobody names another.
    pub host_dir: PathBuf,
    /// Where providers keep what belongs to the machine; below `host_dir` by default.
    pub host_storage_dir: PathBuf,
    /// Who asks, for records and locks: `me@laptop: rig apply`.
    pub who: String,
}

/// Is what a run talks to while it happens.
#[derive(Clone)]
pub struct RunSession {
    /// Receives events.
    pub events: Arc<dyn EventSink>,
    /// Asks the person.
    pub host: Arc<dyn Host>,
    /// Ends the run early.
    pub cancel: CancellationToken,
}

/// Asks for plans.
#[derive(Debug, Clone)]
pub struct PlanRequest {
    /// The workflow, or all of them.
    pub workflow: Option<String>,
    /// How sure the plan is to be.
    pub level: PlanLevel,
}

/// Asks for a workflow to be applied.
#[derive(Debug, Clone, Default)]
pub struct ApplyRequest {
    /// The workflow; may be left out where there is one.
    pub workflow: Option<String>,
    /// The last task to run, by name or path.
    pub until: Option<String>,
    /// How many tasks may run at once; no limit where it is left out.
    pub jobs: Option<std::num::NonZeroUsize>,
    /// What to do when another apply of the workflow is running.
    pub lock: LockBehaviour,
    /// The saved plan that it has to be.
    pub saved_plan: Option<crate::plan::SavedPlan>,
}

/// Says what to do when another apply of the workflow is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LockBehaviour {
    /// Wait until it ends.
    #[default]
    Wait,
    /// Fail at once.
    Fail,
}

/// Is the result of an apply.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplyOutcome {
    /// The workflow's name.
    pub workflow: String,
    /// The context after everything that was asked for.
    pub context: Map<String, Value>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The plan as it was before.
    pub plan: WorkflowPlan,
    /// The id of the apply.
    pub apply_id: String,
}
