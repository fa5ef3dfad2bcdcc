//! What a request that runs handlers has at hand: the loaded definition, a runtime, events.

use std::{
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    runtime::Builder,
    sync::mpsc::{self, UnboundedReceiver},
};

use super::{Engine, KeyUse, RunSession};
use crate::{
    definition::{Definition, Scope, ValueHandle, Workflow},
    error::{EngineError, NodeFailure},
    error_cause::with_texts,
    event::Event,
    executor,
    project::LoadOptions,
    run::{DEFINITION_NODE, Emitter, RunLog},
    runtime::{
        Allowance, CallFailure, CallResult, EmbeddedOptions, EmbeddedRuntime, FromRuntime,
        HandlerClient, Invocation, ProjectStore, ProviderStores, Services, Work,
    },
    sandbox::Thrown,
    source::SourceRange,
    state::{HostStorage, State},
};

/// Is a definition whose handlers can be called, with the events of one run.
pub(super) struct Session {
    pub(super) definition: Arc<Definition>,
    pub(super) client: Arc<HandlerClient>,
    pub(super) emitter: Arc<Emitter>,
    pub(super) run: RunSession,
    /// How long a plan waits for each answer.
    pub(super) question_time: Duration,
}

/// Says how a session keeps what it does.
pub(super) struct SessionOptions {
    pub(super) log: Option<RunLog>,
    pub(super) state: Option<Arc<Mutex<State>>>,
}

impl Engine {
    /// Loads the definition and runs `work` with its handlers at hand.
    pub(super) fn with_session<T, F>(
        &self,
        run: &RunSession,
        options: SessionOptions,
        work: impl FnOnce(Session) -> F,
    ) -> Result<T, EngineError>
    where
        F: Future<Output = Result<T, EngineError>>,
    {
        let (loaded, ()) = self.load_session(run, options, || ())?;
        loaded.run(work)
    }

    /// Loads the definition and keeps what its handlers need to run; does something else
    /// meanwhile.
    pub(super) fn load_session<T>(
        &self,
        run: &RunSession,
        options: SessionOptions,
        meanwhile: impl FnOnce() -> T,
    ) -> Result<(LoadedSession, T), EngineError> {
        // Whatever was asked for, no handler is at hand in a project that nobody trusts.
        self.require_trust()?;
        // Only what changes the state anyway may make the machine's key.
        let key_use = match options.state {
            Some(_) => KeyUse::Create,
            None => KeyUse::Read,
        };
        let project = match options.state {
            Some(state) => ProjectStore::Shared(state),
            None => ProjectStore::OnDemand {
                file: self.state_file(),
                state: Mutex::new(None),
            },
        };
        let secrets = self.variables.secrets().clone();
        let host_storage = HostStorage::new(self.options.host_storage_dir.clone());
        let (from_runtime, messages) = mpsc::unbounded_channel();
        let starting = EmbeddedRuntime::start(EmbeddedOptions {
            load: self.load_options(key_use),
            stores: Arc::new(ProviderStores::new(project, host_storage, secrets.clone())),
            from_runtime,
        })?;
        let beside = meanwhile();
        let is_cancelled = || run.cancel.is_cancelled() || self.options.loading.is_unwanted();
        let (runtime, definition) = starting.wait(is_cancelled)?.ok_or(EngineError::Cancelled)?;
        let emitter = Emitter::new(Arc::clone(&run.events), secrets, options.log);
        emit_definition(&emitter, &definition);
        let services = Services::new(
            Arc::clone(&emitter),
            Arc::clone(&run.host),
            self.options.project.root.clone(),
            self.variables.clone(),
            Arc::clone(&self.options.environment.undecodable),
        );
        let session = Session {
            definition,
            client: HandlerClient::new(runtime, services, run.cancel.clone()),
            emitter,
            run: run.clone(),
            question_time: self.options.limits.question,
        };
        Ok((LoadedSession { session, messages }, beside))
    }

    /// Returns how the definition is loaded where nothing of it runs but the config itself.
    pub(super) fn reading_options(&self) -> LoadOptions {
        LoadOptions {
            trust: self.options.trust,
            ..self.load_options(KeyUse::Read)
        }
    }

    pub(super) fn load_options(&self, key_use: KeyUse) -> LoadOptions {
        LoadOptions {
            buffers: Arc::clone(&self.options.buffers),
            owners: self.options.owners.clone(),
            limits: self.options.limits,
            evaluator: self.options.evaluator.clone(),
            loading: self.options.loading.clone(),
            cache: self.transpile_cache(key_use),
            ..LoadOptions::new(&self.options.project, self.variables.clone())
        }
    }
}

/// Tells what evaluating a definition wrote to the console, and what of it is doubtful.
pub(super) fn emit_definition(emitter: &Emitter, definition: &Definition) {
    for line in &definition.console {
        emitter.emit(Event::LogOutput {
            node_path: DEFINITION_NODE.to_owned(),
            stream: line.stream,
            label: None,
            data: line.text.clone(),
        });
    }
    for warning in &definition.warnings {
        emitter.emit(Event::DefinitionWarning {
            warning: warning.clone(),
        });
    }
}

/// Is a session whose handlers cannot run yet, for nobody serves what they ask for.
pub(super) struct LoadedSession {
    pub(super) session: Session,
    messages: UnboundedReceiver<FromRuntime>,
}

impl LoadedSession {
    /// Runs work that calls handlers.
    pub(super) fn run<T, F>(self, work: impl FnOnce(Session) -> F) -> Result<T, EngineError>
    where
        F: Future<Output = Result<T, EngineError>>,
    {
        let executor = executor::build(Builder::new_current_thread().enable_all(), 1)
            .map_err(EngineError::NoRoom)?;
        let client = Arc::clone(&self.session.client);
        let result = executor.block_on(async {
            tokio::spawn(client.serve(self.messages));
            work(self.session).await
        });
        // A person who was asked something may never answer: nobody waits for that.
        executor.shutdown_background();
        result
    }
}

impl Session {
    /// Calls something of the definition, for as long as it takes.
    pub(super) async fn call(
        &self,
        workflow: &Workflow,
        node_path: &str,
        scope: &Scope,
        work: Work,
    ) -> Result<CallResult, CallFailure> {
        self.call_within(Allowance::Unlimited, workflow, node_path, scope, work)
            .await
    }

    /// Calls something of the definition that may use so much.
    pub(super) async fn call_within(
        &self,
        allowance: Allowance,
        workflow: &Workflow,
        node_path: &str,
        scope: &Scope,
        work: Work,
    ) -> Result<CallResult, CallFailure> {
        let invocation = Invocation {
            workflow: workflow.name.to_string(),
            node_path: node_path.to_owned(),
            providers: self.providers_of(scope),
            work,
            allowance,
        };
        self.client.call(invocation).await
    }

    fn providers_of(&self, scope: &Scope) -> Vec<(String, ValueHandle)> {
        scope
            .providers
            .iter()
            .map(|(name, index)| (name.to_string(), self.definition.provider(*index).value))
            .collect()
    }

    /// Turns the failure of a call into what the caller of the engine receives.
    pub(super) fn failure(
        &self,
        node: &str,
        failure: CallFailure,
        place: Option<SourceRange>,
    ) -> CallError {
        match failure {
            CallFailure::Cancelled => CallError::Ended(EngineError::Cancelled),
            CallFailure::RuntimeGone | CallFailure::Unanswered => {
                CallError::Ended(EngineError::Runtime("it gave no answer".to_owned()))
            }
            CallFailure::Threw(thrown) => {
                CallError::Failed(self.node_failure(node, &thrown, place))
            }
        }
    }

    /// Describes the failure of a node, without the secrets its message may hold.
    pub(super) fn node_failure(
        &self,
        node: &str,
        thrown: &Thrown,
        place: Option<SourceRange>,
    ) -> NodeFailure {
        let masked = |text: &str| self.emitter.mask(text);
        NodeFailure {
            node: node.to_owned(),
            message: masked(&thrown.title()),
            causes: with_texts(thrown.causes.clone(), &masked),
            range: thrown.place().cloned().or(place),
            help: thrown.help.as_deref().map(masked),
            output_tail: self.emitter.tail(node),
            exit_code: thrown.exit_code,
            apply_id: None,
        }
    }
}

/// Tells what ends a whole run from what fails one node of it.
pub(super) enum CallError {
    Ended(EngineError),
    Failed(NodeFailure),
}

impl CallError {
    /// Makes it an error of a run that has only this node.
    pub(super) fn into_error(self, run: Option<String>) -> EngineError {
        match self {
            Self::Ended(error) => error,
            Self::Failed(failure) => EngineError::Failed {
                failures: vec![failure],
                run,
            },
        }
    }
}
