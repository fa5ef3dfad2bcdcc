//! The engine's requests: one method each, plain data in and out.

mod answers;
mod apply;
mod apply_run;
mod artifacts;
mod cache;
mod checks;
mod contexts;
mod health;
mod history;
mod input;
mod kept_definition;
mod known_workflow;
mod operation_list;
mod operations;
mod plan;
mod plan_until;
mod question;
mod record;
mod saved_plan;
mod select;
mod session;
mod storage;
mod value_kind;
mod workspaces;

use std::{num::NonZeroUsize, path::PathBuf, sync::Arc};

use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::{
    confined::Evaluator,
    definition::Definition,
    disk::{DataFolder, Refusal},
    error::EngineError,
    event::EventSink,
    host::Host,
    identity::SecretDigests,
    modules::TranspileCache,
    plan::{PlanLevel, SavedPlan, WorkflowPlan},
    project::{Environment, Loading, Project, load},
    sandbox::{SandboxLimits, Variables},
    source::Buffers,
    state::{ApplyLocks, MachineKey, StateFile, StateReader, machine_key},
    trust::{OwnerRule, Trust},
};

pub use answers::Answers;
pub use cache::{
    CachedRun, CachedRunStatus, ComponentChange, ComponentStatus, ExplainedCause, NodeKind,
    TaskExplanation,
};
pub use health::{Health, HealthPosition, HealthProblem, RuntimeKind, StateHealth};
pub use kept_definition::RecordedOutput;
pub use operation_list::{
    OPTIONS_OF_RIG, OperationCli, OperationFlag, OperationKind, OperationPositional,
    OperationSource, OperationSummary,
};
pub use operations::{OperationRequest, WorkspaceOperationRequest};
pub use storage::{StoragePlace, StoredEntry};
pub use value_kind::{ValueKind, choice_text};
pub use workspaces::{
    CreateWorkspaceRequest, Freshness, RemoveWorkspaceRequest, WorkspaceStatus, WorkspaceView,
    check_workspace_name, free_workspace_name,
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
    /// Whether code of the project may run.
    pub trust: Trust,
    /// What evaluating a definition may use.
    pub limits: SandboxLimits,
    /// What evaluates the definition of a project that nobody trusts, in a process of its own.
    /// Without it this process evaluates, within the same limits.
    pub evaluator: Option<Arc<Evaluator>>,
    /// The loads of this process, which may be ended together.
    pub loading: Loading,
    /// What lies over the disk: the buffers of an editor.
    pub buffers: Arc<Buffers>,
    /// Who may decide what the project does.
    pub owners: OwnerRule,
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
    pub jobs: Option<NonZeroUsize>,
    /// What to do when another apply of the workflow is running.
    pub lock: LockBehaviour,
    /// The saved plan that it has to be.
    pub saved_plan: Option<SavedPlan>,
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

impl Engine {
    /// Makes an engine for a project; nothing is read yet.
    #[must_use]
    pub fn new(options: EngineOptions) -> Self {
        let variables = Variables::of(&options.environment);
        Self { options, variables }
    }

    /// Returns an engine for a definition that was evaluated before: what that read as secrets is known.
    #[must_use]
    pub fn for_definition(options: EngineOptions, definition: &Definition) -> Self {
        let all = Arc::clone(&options.environment.variables);
        let variables = Variables::with_secrets(all, definition.secrets.clone());
        Self { options, variables }
    }

    /// Gives what the engine works on.
    #[must_use]
    pub fn options(&self) -> &EngineOptions {
        &self.options
    }

    /// Loads the definition.
    ///
    /// # Errors
    /// Where the config is wrong, or somebody ended all loads.
    pub fn definition(&self) -> Result<Definition, EngineError> {
        let options = self.reading_options();
        let loaded = self.options.loading.unless_unwanted(|| load(&options));
        Ok(loaded.ok_or(EngineError::Cancelled)??)
    }

    /// Loads the definition for a request that does without it where the config is wrong.
    fn definition_if_right(&self) -> Result<Option<Definition>, EngineError> {
        match self.definition() {
            Err(EngineError::Cancelled) => Err(EngineError::Cancelled),
            loaded => Ok(loaded.ok()),
        }
    }

    /// Gives the number that rises with every change of the state; nothing where there is no
    /// state yet.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub fn state_serial(&self) -> Result<Option<u64>, EngineError> {
        match self.read_state()? {
            Some(state) => Ok(Some(state.serial()?)),
            None => Ok(None),
        }
    }

    /// Gives the path of the state.
    #[must_use]
    pub fn state_path(&self) -> PathBuf {
        let default = || self.options.project.default_state_path();
        self.options.state_path.clone().unwrap_or_else(default)
    }

    /// Gives the directory that holds the logs of runs.
    #[must_use]
    pub fn log_dir(&self) -> PathBuf {
        self.options.project.data_dir().join("logs")
    }

    /// Makes sure that code of the project may run.
    fn require_trust(&self) -> Result<(), EngineError> {
        if self.options.trust.is_trusted() {
            return Ok(());
        }
        Err(EngineError::Untrusted {
            root: self.options.project.root.clone(),
        })
    }

    /// Returns the state file, as far as it is relied on.
    pub(crate) fn state_file(&self) -> StateFile {
        let trust = self.options.trust;
        let file = match &self.options.state_path {
            Some(path) => StateFile::named(path.clone(), trust),
            None => StateFile::of_project(self.options.project.default_state_path(), trust),
        };
        file.copied_to(self.options.host_dir.join("tmp"))
    }

    /// A state behind a link is not this project's: it counts as none.
    fn read_state(&self) -> Result<Option<StateReader>, EngineError> {
        if self.refuse_linked_data_folder().is_err() {
            return Ok(None);
        }
        Ok(StateReader::open_existing(&self.state_file())?)
    }

    /// Refuses a data folder that is a link, where the state is in it: what is behind one is
    /// neither read nor written.
    fn refuse_linked_data_folder(&self) -> Result<(), EngineError> {
        let is_elsewhere = self.options.state_path.is_some();
        match DataFolder::open(&self.options.project.root) {
            Err(error) if error.refusal() == Some(&Refusal::Link) && !is_elsewhere => {
                Err(error.into())
            }
            // What else is wrong is reported in the words of the state.
            _ => Ok(()),
        }
    }

    fn locks(&self) -> ApplyLocks {
        match &self.options.state_path {
            Some(path) => ApplyLocks::beside(path),
            None => ApplyLocks::in_directory(self.options.project.default_lock_dir()),
        }
    }

    /// Gives where transpiled modules are kept; a project that nothing has been applied in has
    /// no such place.
    fn transpile_cache(&self, key_use: KeyUse) -> Option<Arc<TranspileCache>> {
        let data_folder = DataFolder::open(&self.options.project.root).ok()??;
        let key = machine_key(&self.options.host_dir, key_use == KeyUse::Create).ok()??;
        Some(Arc::new(TranspileCache::new(data_folder, *key.as_bytes())))
    }

    /// Gives what turns secrets into digests. Without a key, and without the wish to make one,
    /// nothing that was stored can match, which is what a machine without its key deserves.
    fn secret_digests(&self, key: KeyUse) -> Result<SecretDigests, EngineError> {
        let secrets = self.variables.secrets().clone();
        let bytes = if secrets.is_empty() {
            [0; 32]
        } else {
            let key = machine_key(&self.options.host_dir, key == KeyUse::Create)?;
            key.as_ref()
                .map_or([0; 32], |key: &MachineKey| *key.as_bytes())
        };
        Ok(SecretDigests::new(bytes, secrets))
    }
}

/// Says whether the machine's key may be made where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyUse {
    Read,
    Create,
}
