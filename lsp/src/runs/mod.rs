//! What runs because the client asked for it: with progress, a way to end it, and its output.

mod claims;
mod host;
mod progress;
mod sink;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicU64},
    time::Duration,
};

use jiff::Timestamp;
use rigkit_engine::{
    CancellationToken, Engine, EngineError, RunSession, error::NodeFailure,
    error_cause::with_causes, event::EventSink,
};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower_lsp::{
    jsonrpc::{Error, ErrorCode, Result},
    ls_types::{MessageType, ProgressToken},
};

pub(crate) use self::claims::{Claim, Subject};
use self::{claims::Doing, host::EditorHost, progress::Progress, sink::EditorSink};
use crate::{
    command_line::CommandLine,
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
    subject: Option<Subject>,
    token: ProgressToken,
    doing: Doing,
    cancel: CancellationToken,
}

/// Says what is about to run.
pub(crate) struct RunKind {
    /// What it is, for the person.
    pub(crate) title: String,
    /// The workflow whose tasks run, where there are some.
    pub(crate) workflow: Option<String>,
    /// What does the same in a terminal.
    pub(crate) command_line: CommandLine,
}

impl Runs {
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
        claim: Claim,
        target: Target,
        kind: RunKind,
        work: impl FnOnce(&Engine, &RunSession) -> std::result::Result<Value, EngineError>
        + Send
        + 'static,
    ) -> Result<Value> {
        let guard = claim.cancel.clone().drop_guard();
        let server = Arc::clone(self);
        let run = async move { server.carry_out(claim, target, kind, work).await };
        // It has to be told to its end, also where nobody waits for it any more.
        let result = tokio::spawn(run).await;
        guard.disarm();
        result.unwrap_or_else(|_| Err(Error::internal_error()))
    }

    async fn carry_out(
        self: &Arc<Self>,
        claim: Claim,
        target: Target,
        kind: RunKind,
        work: impl FnOnce(&Engine, &RunSession) -> std::result::Result<Value, EngineError>
        + Send
        + 'static,
    ) -> Result<Value> {
        let root = target.view.root().to_owned();
        let progress = Progress::begin(self, &claim, &kind.title).await;
        let sink = Arc::new(EditorSink::new(self, &target, &claim.id, progress.clone()));
        let events: Arc<dyn EventSink> = sink.clone();
        let session = RunSession {
            events,
            host: Arc::new(EditorHost::new(self, &claim.cancel, &kind.command_line)),
            cancel: claim.cancel.clone(),
        };
        let done = self.run(move || work(&target.engine(), &session)).await;
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
        let whole = with_causes(&error.to_string(), error.causes());
        let message = format!("{title}: {whole}{help}");
        self.outbox.show(MessageType::ERROR, message.clone());
        failure(error.code(), message)
    }
}
