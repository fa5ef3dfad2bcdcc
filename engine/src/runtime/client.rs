//! The engine's side of a runtime: calls handlers, and does for them what they ask for.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    sync::{
        mpsc::UnboundedReceiver,
        oneshot::{self, error::RecvError},
    },
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    embedded::EmbeddedRuntime,
    protocol::{Allowance, CallId, CallResult, FromRuntime, Invocation, OperationId, ToRuntime},
    services::Services,
};
use crate::{event::Event, sandbox::Thrown};

/// How long handlers may take to unwind after a cancel, before they are abandoned.
const UNWIND_TIME: Duration = Duration::from_secs(5);

/// How long the runtime may take to let go of a question that was not answered in time; only
/// code that nothing interrupts takes longer.
const RELEASE_TIME: Duration = Duration::from_millis(500);

/// Says why a call gave nothing.
#[derive(Debug)]
pub(crate) enum CallFailure {
    /// The handler threw.
    Threw(Thrown),
    /// The run was cancelled before it ended.
    Cancelled,
    /// It is a question that was not answered in its time.
    Unanswered,
    /// The runtime is gone.
    RuntimeGone,
}

/// Calls handlers in a runtime; shared by all tasks of a run.
pub(crate) struct HandlerClient {
    runtime: EmbeddedRuntime,
    services: Arc<Services>,
    cancel: CancellationToken,
    next_call: AtomicU64,
    /// Whether a question keeps the thread of the runtime, so that nothing else ever runs there.
    is_stuck: AtomicBool,
    calls: Mutex<HashMap<CallId, OpenCall>>,
    operations: Mutex<HashMap<OperationId, CancellationToken>>,
}

struct OpenCall {
    node_path: String,
    reply: oneshot::Sender<Result<CallResult, Thrown>>,
    tokens: CallTokens,
}

/// Ends the operations that a call asked for.
#[derive(Clone, Default)]
struct CallTokens {
    /// Fires when the run is cancelled, for what runs then.
    cancel: CancellationToken,
    /// Fires when the call is over or abandoned, for what cleans up after a cancel too.
    end: CancellationToken,
}

impl CallTokens {
    fn end(&self) {
        self.cancel.cancel();
        self.end.cancel();
    }
}

impl HandlerClient {
    pub(crate) fn new(
        runtime: EmbeddedRuntime,
        services: Arc<Services>,
        cancel: CancellationToken,
    ) -> Arc<Self> {
        Arc::new(Self {
            runtime,
            services,
            cancel,
            next_call: AtomicU64::new(1),
            is_stuck: AtomicBool::new(false),
            calls: Mutex::default(),
            operations: Mutex::default(),
        })
    }

    /// Says that a walk begins: providers are made anew for it.
    pub(crate) fn begin_walk(&self) {
        self.runtime.send(ToRuntime::BeginWalk);
    }

    /// Calls something and waits for what it gives; for the answer to a question no longer than
    /// its time.
    ///
    /// A cancel of the run fires the call's signal and ends the commands it runs; those that it
    /// starts after that, to clean up, go on. A call that has not unwound some seconds later is
    /// abandoned.
    pub(crate) async fn call(&self, invocation: Invocation) -> Result<CallResult, CallFailure> {
        if self.cancel.is_cancelled() {
            return Err(CallFailure::Cancelled);
        }
        let time = match invocation.allowance {
            Allowance::Unlimited => None,
            Allowance::Question(time) => Some(time),
        };
        if self.is_stuck.load(Ordering::Relaxed) {
            let failure = time.map(|_| CallFailure::Unanswered);
            return Err(failure.unwrap_or(CallFailure::RuntimeGone));
        }
        let started = Instant::now();
        let is_over = || time.is_some_and(|time| started.elapsed() >= time);
        let call = CallId(self.next_call.fetch_add(1, Ordering::Relaxed));
        let (reply, mut answer) = oneshot::channel();
        let tokens = CallTokens::default();
        lock(&self.calls).insert(
            call,
            OpenCall {
                node_path: invocation.node_path.clone(),
                reply,
                tokens: tokens.clone(),
            },
        );
        self.runtime.send(ToRuntime::Invoke {
            call,
            invocation: Box::new(invocation),
        });
        let answered = tokio::select! {
            biased;
            answered = &mut answer => answered,
            () = self.cancel.cancelled() => self.unwind(call, &tokens, &mut answer).await?,
            () = pass(time) => {
                self.abandon(call, &tokens, &mut answer).await;
                return Err(CallFailure::Unanswered);
            }
        };
        match answered {
            Ok(Ok(result)) => Ok(result),
            _ if self.cancel.is_cancelled() => Err(CallFailure::Cancelled),
            // What is interrupted when its time is over throws.
            Ok(Err(_)) if is_over() => Err(CallFailure::Unanswered),
            Ok(Err(thrown)) => Err(CallFailure::Threw(thrown)),
            Err(_) => Err(CallFailure::RuntimeGone),
        }
    }

    /// Fires a call's signal and waits for its end, but not for ever.
    async fn unwind(
        &self,
        call: CallId,
        tokens: &CallTokens,
        answer: &mut oneshot::Receiver<Result<CallResult, Thrown>>,
    ) -> Result<Result<Result<CallResult, Thrown>, RecvError>, CallFailure> {
        // First the signal, then what the call waits for: the handler learns why.
        self.runtime.send(ToRuntime::Abort { call });
        tokens.cancel.cancel();
        if let Ok(answered) = timeout(UNWIND_TIME, answer).await {
            return Ok(answered);
        }
        self.runtime.interrupt();
        tokens.end();
        lock(&self.calls).remove(&call);
        Err(CallFailure::Cancelled)
    }

    /// Ends a question that was not answered in time, with all that it has begun.
    async fn abandon(
        &self,
        call: CallId,
        tokens: &CallTokens,
        answer: &mut oneshot::Receiver<Result<CallResult, Thrown>>,
    ) {
        self.runtime.send(ToRuntime::Abandon { call });
        tokens.end();
        if timeout(RELEASE_TIME, answer).await.is_err() {
            self.is_stuck.store(true, Ordering::Relaxed);
            lock(&self.calls).remove(&call);
        }
    }

    /// Serves the runtime until it is gone; to be polled beside the calls.
    pub(crate) async fn serve(self: Arc<Self>, mut messages: UnboundedReceiver<FromRuntime>) {
        while let Some(message) = messages.recv().await {
            self.take(message);
        }
        // Whoever still waits learns that nobody will answer.
        lock(&self.calls).clear();
    }

    fn take(self: &Arc<Self>, message: FromRuntime) {
        match message {
            FromRuntime::Finished { call, result } => {
                if let Some(open) = lock(&self.calls).remove(&call) {
                    // What the handler left running is no longer wanted.
                    open.tokens.end();
                    // The caller may have stopped waiting.
                    let _ = open.reply.send(result);
                }
            }
            FromRuntime::Operation {
                operation,
                call,
                is_after_abort,
                name,
                payload,
            } => {
                let cancel = self.operation_token(call, is_after_abort);
                self.start_operation(operation, call, cancel, name, payload);
            }
            FromRuntime::CancelOperation { operation } => {
                if let Some(cancel) = lock(&self.operations).remove(&operation) {
                    cancel.cancel();
                }
            }
            FromRuntime::Log {
                call,
                stream,
                label,
                text,
            } => self.services.emit(Event::LogOutput {
                node_path: self.node_path(call).unwrap_or_default(),
                stream,
                label,
                data: text,
            }),
            FromRuntime::Event { event } => self.services.emit(*event),
        }
    }

    fn node_path(&self, call: Option<CallId>) -> Option<String> {
        let calls = lock(&self.calls);
        calls.get(&call?).map(|open| open.node_path.clone())
    }

    /// Gives the token that ends an operation which starts now.
    fn operation_token(&self, call: Option<CallId>, is_after_abort: bool) -> CancellationToken {
        let calls = lock(&self.calls);
        match call.and_then(|call| calls.get(&call)) {
            Some(open) if is_after_abort => open.tokens.end.child_token(),
            Some(open) => open.tokens.cancel.child_token(),
            None => self.cancel.child_token(),
        }
    }

    fn start_operation(
        self: &Arc<Self>,
        operation: OperationId,
        call: Option<CallId>,
        cancel: CancellationToken,
        name: String,
        payload: Value,
    ) {
        lock(&self.operations).insert(operation, cancel.clone());
        let node_path = self.node_path(call);
        let client = Arc::clone(self);
        tokio::spawn(async move {
            let progress = {
                let client = Arc::clone(&client);
                Arc::new(move |value| {
                    client
                        .runtime
                        .send(ToRuntime::Progress { operation, value });
                })
            };
            let result = client
                .services
                .perform(&name, payload, node_path, cancel, progress)
                .await;
            lock(&client.operations).remove(&operation);
            client.runtime.send(ToRuntime::Answer { operation, result });
        });
    }
}

/// Waits until a time has passed; for ever where there is none.
async fn pass(time: Option<Duration>) {
    match time {
        Some(time) => sleep(time).await,
        None => std::future::pending().await,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
