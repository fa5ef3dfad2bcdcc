//! Keeps what is known of each project up to date, for as long as it is open.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use rigkit_engine::{diagnostic::Severity, display_text, source::Footprint};
use tokio::{sync::Notify, time::Instant};
use tower_lsp::ls_types::MessageType;

use crate::{
    analysis::{Evaluation, PlanningCode, Problem, ProblemCode, Snapshot, evaluate},
    open_project::{Moment, OpenProject},
    server::Server,
};

/// How often ages are told anew where nothing happens, and where something runs.
const AGES: Duration = Duration::from_mins(1);
const AGES_OF_RUNS: Duration = Duration::from_secs(1);

/// How long at least the next plan waits for after one while something runs, and how many times as long
/// as that took: planning must not hold up what runs.
const LEAST_PAUSE: Duration = Duration::from_millis(50);
const PAUSE_FACTOR: u32 = 20;

impl Server {
    /// Begins to evaluate a project.
    pub(crate) fn take_up(self: &Arc<Self>, root: PathBuf) {
        tokio::spawn(keep_evaluated(Arc::clone(self), root));
    }
}

async fn keep_evaluated(server: Arc<Server>, root: PathBuf) {
    let wake = server
        .world
        .lock()
        .project(&root)
        .map(|project| Arc::clone(&project.wake));
    let Some(wake) = wake else {
        return;
    };
    let mut pause_ends = Instant::now();
    loop {
        let next = {
            let mut world = server.world.lock();
            let Some(project) = world.same_project(&root, &wake) else {
                return;
            };
            if project.may_wait() && pause_ends > Instant::now() {
                Next::Pause
            } else {
                match world.take_evaluation(&root, &wake) {
                    Some(evaluation) => Next::Evaluate(Box::new(evaluation)),
                    None => Next::Rest,
                }
            }
        };
        match next {
            Next::Pause => {
                // What comes meanwhile may be more urgent.
                let _ = tokio::time::timeout_at(pause_ends, wake.notified()).await;
            }
            Next::Evaluate(evaluation) => {
                let begun = Instant::now();
                land(&server, &root, &wake, *evaluation).await;
                let took = begun.elapsed();
                pause_ends = Instant::now() + LEAST_PAUSE.max(took * PAUSE_FACTOR);
            }
            Next::Rest => rest(&server, &root, &wake).await,
        }
    }
}

/// What is to be done next for a project.
enum Next {
    Pause,
    Evaluate(Box<Evaluation>),
    Rest,
}

async fn land(server: &Arc<Server>, root: &Path, wake: &Arc<Notify>, evaluation: Evaluation) {
    // The machine has more to do than to evaluate projects.
    let Ok(_permit) = server.evaluations.acquire().await else {
        return;
    };
    let is_text_new = evaluation.is_text_new;
    let (previous, moment) = (Arc::clone(&evaluation.previous), evaluation.moment);
    let evaluated = tokio::task::spawn_blocking(move || evaluate(&evaluation)).await;
    let snapshot = match evaluated {
        Ok(Some(snapshot)) => snapshot,
        // Another evaluation of a newer text is due.
        Ok(None) => return,
        Err(error) => {
            let message = format!(
                "the evaluation of `{}` failed: {error}",
                display_text::path(root)
            );
            server.outbox.log(MessageType::ERROR, message);
            failed(&previous, moment)
        }
    };
    let (files, footprint) = (Arc::clone(&snapshot.looked_at), snapshot.footprint.clone());
    let must_refresh = {
        let mut world = server.world.lock();
        if world.same_project(root, wake).is_none() {
            return;
        }
        let project = world.project_mut(root);
        project.is_some_and(|project| project.land(snapshot, is_text_new))
    };
    let before = &previous.looked_at;
    let is_somewhere_new = is_text_new && server.watch.project_files(root, &files, before);
    if is_text_new || must_refresh {
        server.publish(root, must_refresh).await;
    }
    let asks_again = {
        let world = server.world.lock();
        let project = world.project(root);
        is_text_new && project.is_some_and(OpenProject::must_ask_again)
    };
    if asks_again {
        tokio::spawn(Arc::clone(server).ask_providers(root.to_owned()));
    }
    if is_somewhere_new {
        check_again(server, root, footprint).await;
    }
}

/// Nobody has told of what changed in a directory before it was watched.
async fn check_again(server: &Server, root: &Path, footprint: Footprint) {
    let is_stale = server.run(move || footprint.is_stale()).await;
    if is_stale.is_ok_and(|is_stale| is_stale)
        && let Some(project) = server.world.lock().project_mut(root)
    {
        project.surroundings_changed();
    }
}

/// Is what is known after an evaluation that panicked: what was known before, and that.
fn failed(previous: &Snapshot, moment: Moment) -> Snapshot {
    let mut snapshot = Snapshot {
        moment,
        ..previous.clone()
    };
    snapshot.problems = vec![Problem {
        code: ProblemCode::Planning(PlanningCode::Internal),
        severity: Severity::Error,
        message: "the config could not be evaluated: something went wrong inside of Rigkit".into(),
        range: None,
        related: Vec::new(),
        causes: Vec::new(),
        help: Some("the server's log says more".into()),
    }];
    snapshot
}

/// Waits until there is something to do: a change, a run that expires, ages to be told anew.
async fn rest(server: &Arc<Server>, root: &Path, wake: &Notify) {
    let expiry = until_expiry(server, root);
    let is_running = {
        let world = server.world.lock();
        let project = world.project(root);
        project.is_some_and(|project| project.activity.is_running())
    };
    let ages = if is_running { AGES_OF_RUNS } else { AGES };
    tokio::select! {
        () = wake.notified() => {}
        () = tokio::time::sleep(expiry.unwrap_or(ages).min(ages)) => {
            let has_expired = expiry.is_some_and(|expiry| expiry <= ages);
            if has_expired {
                if let Some(project) = server.world.lock().project_mut(root) {
                    project.state_changed();
                }
            } else {
                server.refresh_texts();
            }
        }
    }
}

fn until_expiry(server: &Server, root: &Path) -> Option<Duration> {
    let world = server.world.lock();
    let expires_at = world.project(root)?.snapshot.expires_at?;
    let left = expires_at.duration_since(Timestamp::now());
    // One millisecond later it has expired for certain.
    Some(Duration::try_from(left).unwrap_or_default() + Duration::from_millis(1))
}
