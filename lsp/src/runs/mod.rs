//! What runs because the client asked for it: with progress, a way to end it, and its output.

mod host;
mod progress;
mod sink;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use rigkit_engine::{
    CancellationToken, Engine, EngineError, RunSession, error::NodeFailure, event::EventSink,
};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower_lsp::{
    jsonrpc::{Error, ErrorCode, Result},
    ls_types::{MessageType, ProgressToken},
};

use self::{host::EditorHost, progress::Progress, sink::EditorSink};
use crate::{
    requests::execute_command::{Target, failure},
    server::Server,
};

/// How long the end of everything that runs is waited for; commands get five seconds to end by
/// themselves, and whoever still runs then is ended by the system with this process.
const END_PATIENCE: Duration = Duration::from_secs(15);

/// Holds what runs.
#[derive(Default)]
pub(crate) struct Runs {
    running: Mutex<BTreeMap<String, Running>>,
    counter: AtomicU64,
    ended: Notify,
}

/// Is something that runs.
struct Running {
    token: ProgressToken,
    cancel: CancellationToken,
}

/// Says what is about to run.
pub(crate) struct RunKind {
    /// What it is, for the person.
    pub(crate) title: String,
    /// The workflow whose tasks run, where there are some.
    pub(crate) workflow: Option<String>,
    /// The name under which the client wants to be told of progress.
    pub(crate) token: Option<ProgressToken>,
}

impl Runs {
    fn begin(&self, asked: Option<ProgressToken>) -> (String, ProgressToken, CancellationToken) {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let id = format!("run-{number}");
        let token = asked.unwrap_or_else(|| ProgressToken::String(format!("rigkit/{id}")));
        let cancel = CancellationToken::new();
        let running = Running {
            token: token.clone(),
            cancel: cancel.clone(),
        };
        self.lock().insert(id.clone(), running);
        (id, token, cancel)
    }

    fn end(&self, id: &str) {
        self.lock().remove(id);
        self.ended.notify_waiters();
    }

    /// Ends a run, or all; gives how many.
    pub(crate) fn cancel(&self, id: Option<&str>) -> usize {
        let running = self.lock();
        let meant = running
            .iter()
            .filter(|(known, _)| id.is_none_or(|id| *known == id));
        meant.map(|(_, run)| run.cancel.cancel()).count()
    }

    /// Ends the run whose progress has a name.
    pub(crate) fn cancel_token(&self, token: &ProgressToken) {
        let running = self.lock();
        let meant = running.values().filter(|run| run.token == *token);
        meant.for_each(|run| run.cancel.cancel());
    }

    /// Ends everything, and waits until it has ended.
    pub(crate) async fn end_all(&self) {
        self.cancel(None);
        let all_ended = async {
            loop {
                let ended = self.ended.notified();
                if self.lock().is_empty() {
                    return;
                }
                ended.await;
            }
        };
        // What does not end in time is left to the system.
        let _ = tokio::time::timeout(END_PATIENCE, all_ended).await;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    /// Does something with an engine, on a thread of its own, and tells the client of it. A
    /// request that is given up ends what it began.
    pub(crate) async fn run_in_project(
        self: &Arc<Self>,
        target: Target,
        kind: RunKind,
        work: impl FnOnce(&Engine, &RunSession) -> std::result::Result<Value, EngineError>
        + Send
        + 'static,
    ) -> Result<Value> {
        let (id, token, cancel) = self.runs.begin(kind.token.clone());
        let guard = cancel.clone().drop_guard();
        let server = Arc::clone(self);
        let run = async move {
            let result = server
                .carry_out(&id, token, cancel, target, kind, work)
                .await;
            server.runs.end(&id);
            result
        };
        // It has to be told to its end, also where nobody waits for it any more.
        let result = tokio::spawn(run).await;
        guard.disarm();
        result.unwrap_or_else(|_| Err(Error::internal_error()))
    }

    async fn carry_out(
        self: &Arc<Self>,
        id: &str,
        token: ProgressToken,
        cancel: CancellationToken,
        target: Target,
        kind: RunKind,
        work: impl FnOnce(&Engine, &RunSession) -> std::result::Result<Value, EngineError>
        + Send
        + 'static,
    ) -> Result<Value> {
        let root = target.view.root().to_owned();
        let progress = Progress::begin(self, token, kind.token.is_some(), &kind.title).await;
        let sink = Arc::new(EditorSink::new(self, &target, id, progress.clone()));
        let events: Arc<dyn EventSink> = sink.clone();
        let session = RunSession {
            events,
            host: Arc::new(EditorHost::new(self, cancel.clone())),
            cancel,
        };
        let done = self.run(move || work(&target.engine()?, &session)).await;
        sink.is_over();
        let result = done.and_then(|done| self.told(&root, &kind, done));
        // Whoever asks next is to see what the run has left.
        self.wait_for_news(&root).await;
        progress.end(match &result {
            Ok(_) => "done",
            Err(error) if error.code == ErrorCode::RequestCancelled => "cancelled",
            Err(_) => "failed",
        });
        result
    }

    /// Tells how a run ended, and makes what it changed visible.
    fn told(
        &self,
        root: &Path,
        kind: &RunKind,
        done: std::result::Result<Value, EngineError>,
    ) -> Result<Value> {
        let failures: &[NodeFailure] = match &done {
            Err(EngineError::Failed { failures, .. }) => failures,
            _ => &[],
        };
        if let Some(project) = self.world.lock().project_mut(root) {
            if let Some(workflow) = &kind.workflow {
                let now = Timestamp::now();
                Arc::make_mut(&mut project.activity).failed(workflow, failures, now);
            }
            project.told_anew();
        }
        done.map_err(|error| self.tell_failure(&kind.title, &error))
    }

    fn tell_failure(&self, title: &str, error: &EngineError) -> Error {
        if matches!(
            error,
            EngineError::Cancelled | EngineError::CreateCancelled { .. }
        ) {
            return Error {
                code: ErrorCode::RequestCancelled,
                message: error.to_string().into(),
                data: Some(json!({ "code": error.code() })),
            };
        }
        let help = error
            .help()
            .map(|help| format!("\nhelp: {help}"))
            .unwrap_or_default();
        let message = format!("{title}: {error}{help}");
        self.outbox.show(MessageType::ERROR, message.clone());
        failure(error.code(), message)
    }
}
