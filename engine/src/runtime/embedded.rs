//! Runs handlers in the embedded language, on a thread of its own.
//!
//! Code of one call can go on only after something the call waited for, so all that runs
//! between two messages belongs to one call; what is logged meanwhile is that call's.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Instant,
};

use rquickjs::{Ctx, Function, function::IntoArgs};
use tokio::sync::mpsc::UnboundedSender;

use super::{
    bridge::{self, Bridge},
    invocation::encode,
    protocol::{CallId, FromRuntime, Invocation, OperationFailure, OperationId, ToRuntime},
    questions::Questions,
    storage::ProviderStores,
};
use crate::{
    definition::Definition,
    modules::spawn_deep,
    project::{LoadError, LoadOptions, LoadedRealm, NoAnswer, load_in_realm, wait_for_load},
    sandbox::{CpuMeter, Thrown, compiled, globals, loader::rigkit, realm::Realm},
};

/// How many jobs of the language an abandoned call may leave: enough to unwind, and an end to
/// those that make new ones for ever.
const MAX_LAST_JOBS: usize = 1_000;

/// Is the engine's end of a thread that has loaded a definition and runs its handlers.
pub(crate) struct EmbeddedRuntime {
    to_runtime: mpsc::Sender<ToRuntime>,
    interrupt: Arc<AtomicBool>,
}

/// Is a runtime whose definition is being loaded.
pub(crate) struct StartingRuntime {
    runtime: EmbeddedRuntime,
    definition: mpsc::Receiver<Result<Arc<Definition>, LoadError>>,
    load: LoadOptions,
    meter: CpuMeter,
}

impl StartingRuntime {
    /// Waits for the definition; gives nothing where it is no longer wanted.
    ///
    /// # Errors
    /// Where the definition is wrong.
    pub(crate) fn wait(
        self,
        is_cancelled: impl Fn() -> bool,
    ) -> Result<Option<(EmbeddedRuntime, Arc<Definition>)>, LoadError> {
        match wait_for_load(&self.definition, &self.meter, is_cancelled) {
            Ok(loaded) => Ok(Some((self.runtime, loaded?))),
            Err(NoAnswer::Cancelled) => {
                self.runtime.interrupt();
                Ok(None)
            }
            Err(no_answer) => Err(LoadError::without_answer(no_answer, &self.load)),
        }
    }
}

/// Is what the thread of a runtime needs.
pub(crate) struct EmbeddedOptions {
    pub(crate) load: LoadOptions,
    pub(crate) stores: Arc<ProviderStores>,
    pub(crate) from_runtime: UnboundedSender<FromRuntime>,
}

impl EmbeddedRuntime {
    /// Begins to load the definition on a new thread.
    ///
    /// # Errors
    /// Where the thread cannot start.
    pub(crate) fn start(options: EmbeddedOptions) -> Result<StartingRuntime, LoadError> {
        let (to_runtime, messages) = mpsc::channel();
        let (loaded, definition) = mpsc::channel();
        let interrupt = Arc::clone(&options.load.interrupt);
        let (load, meter) = (options.load.clone(), CpuMeter::default());
        let measured = meter.clone();
        spawn_deep("rigkit-handlers", move || {
            run(options, measured, &loaded, &messages);
        })
        .map_err(LoadError::NoThread)?;
        Ok(StartingRuntime {
            runtime: Self {
                to_runtime,
                interrupt,
            },
            definition,
            load,
            meter,
        })
    }

    /// Tells the runtime something; nothing happens when it is gone.
    pub(crate) fn send(&self, message: ToRuntime) {
        // A thread that has ended has dropped its own channel, from which the engine learns it.
        let _ = self.to_runtime.send(message);
    }

    /// Stops whatever code runs, even in the middle of a loop.
    pub(crate) fn interrupt(&self) {
        self.interrupt.store(true, Ordering::Relaxed);
    }
}

impl Drop for EmbeddedRuntime {
    fn drop(&mut self) {
        self.send(ToRuntime::Shutdown);
    }
}

fn run(
    options: EmbeddedOptions,
    meter: CpuMeter,
    loaded: &mpsc::Sender<Result<Arc<Definition>, LoadError>>,
    messages: &mpsc::Receiver<ToRuntime>,
) {
    let LoadedRealm { realm, definition } = match load_in_realm(&options.load, meter) {
        Ok(loaded) => loaded,
        Err(error) => {
            // Whoever waited for it may have gone.
            let _ = loaded.send(Err(error));
            return;
        }
    };
    let definition = Arc::new(definition);
    if loaded.send(Ok(Arc::clone(&definition))).is_err() {
        return;
    }
    let mut worker = Worker {
        bridge: Bridge::new(options.from_runtime, options.stores, definition),
        questions: Questions::default(),
        realm,
    };
    while let Ok(message) = messages.recv() {
        if matches!(message, ToRuntime::Shutdown) {
            break;
        }
        worker.take(message);
    }
}

struct Worker {
    // Dropped before the realm: it holds nothing of the language.
    bridge: Bridge,
    questions: Questions,
    realm: Realm,
}

impl Worker {
    fn take(&mut self, message: ToRuntime) {
        if let ToRuntime::Abandon { call } = message {
            return self.abandon(call);
        }
        let call = self.call_of(&message);
        if call.is_some_and(|call| self.questions.is_abandoned(call)) {
            return;
        }
        self.bridge.set_current(call);
        self.limit(call, &message);
        let watchdog = self.realm.watchdog.clone();
        self.realm.context.with(|ctx| {
            let handled = self.handle(&ctx, message);
            if handled.is_err() {
                let thrown = Thrown::catch(&ctx, &self.realm.graph);
                self.bridge.abandon(call, thrown);
            }
            while !watchdog.is_late() && ctx.execute_pending_job() {}
        });
        self.bridge.set_current(None);
    }

    /// Sets what the call may use that a message is for.
    fn limit(&mut self, call: Option<CallId>, message: &ToRuntime) {
        if let ToRuntime::Invoke { call, invocation } = message {
            self.questions.begin(*call, invocation.allowance);
        }
        let Some(call) = call else {
            return;
        };
        match self.questions.answer_by(call) {
            Some(moment) => self.realm.limit_until(moment),
            None => self.realm.lift_limits(),
        }
    }

    /// Ends a call that nobody waits for any more. Whoever asked hears nothing where its code
    /// does not let go of the thread: then there is no use in asking anything else.
    fn abandon(&mut self, call: CallId) {
        self.questions.abandon(call);
        self.bridge.set_current(Some(call));
        self.realm.limit_until(Instant::now());
        self.realm.context.with(|ctx| {
            (0..MAX_LAST_JOBS).any(|_| !ctx.execute_pending_job());
        });
        self.bridge.set_current(None);
        if !self.realm.context.runtime().is_job_pending() {
            self.bridge.abandon(Some(call), unanswered());
        }
    }

    fn call_of(&self, message: &ToRuntime) -> Option<CallId> {
        match message {
            ToRuntime::Invoke { call, .. }
            | ToRuntime::Abort { call }
            | ToRuntime::Abandon { call } => Some(*call),
            ToRuntime::Answer { operation, .. } => self.bridge.take_owner(*operation),
            ToRuntime::Progress { operation, .. } => self.bridge.owner(*operation),
            ToRuntime::BeginWalk | ToRuntime::Shutdown => None,
        }
    }

    fn handle(&self, ctx: &Ctx<'_>, message: ToRuntime) -> rquickjs::Result<()> {
        match message {
            ToRuntime::BeginWalk if !self.bridge.is_installed() => Ok(()),
            ToRuntime::BeginWalk => call_function(ctx, "beginWalk", ()),
            ToRuntime::Invoke { call, invocation } => self.invoke(ctx, call, &invocation),
            ToRuntime::Answer { operation, result } => answer(ctx, operation, result),
            ToRuntime::Progress { operation, value } => {
                call_function(ctx, "progressOperation", (operation.0, value.to_string()))
            }
            ToRuntime::Abort { call } => {
                self.bridge.abort(call);
                call_function(ctx, "abort", (call.0,))
            }
            ToRuntime::Abandon { .. } | ToRuntime::Shutdown => Ok(()),
        }
    }

    fn invoke(&self, ctx: &Ctx<'_>, call: CallId, invocation: &Invocation) -> rquickjs::Result<()> {
        if !self.bridge.is_installed() {
            self.prepare(ctx)?;
        }
        self.bridge.begin(call, invocation);
        let encoded = encode(invocation);
        call_function(
            ctx,
            "invoke",
            (call.0, encoded.kind, encoded.head, encoded.payload),
        )
    }

    /// Gives the context what only handlers have, before the first of them runs.
    fn prepare(&self, ctx: &Ctx<'_>) -> rquickjs::Result<()> {
        self.bridge.take_console(&self.realm.console);
        globals::install_handler_globals(ctx)?;
        rigkit(ctx)?
            .get::<_, Function>("endDefinition")?
            .call::<_, ()>(())?;
        bridge::install(ctx, &self.bridge)?;
        compiled::evaluate(ctx, compiled::RUNTIME)
    }
}

fn unanswered() -> Thrown {
    Thrown::without_place("AbortError", "nobody waits for the answer any more")
}

fn answer(
    ctx: &Ctx<'_>,
    operation: OperationId,
    result: Result<serde_json::Value, OperationFailure>,
) -> rquickjs::Result<()> {
    match result {
        Ok(value) => call_function(ctx, "answerOperation", (operation.0, value.to_string())),
        Err(failure) => {
            let failure = serde_json::to_string(&failure).unwrap_or_else(|_| "{}".to_owned());
            call_function(ctx, "failOperation", (operation.0, failure))
        }
    }
}

fn call_function<'js>(
    ctx: &Ctx<'js>,
    name: &str,
    arguments: impl IntoArgs<'js>,
) -> rquickjs::Result<()> {
    rigkit(ctx)?.get::<_, Function>(name)?.call(arguments)
}
