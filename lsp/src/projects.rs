//! Keeps what is known of each project up to date, for as long as it is open.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use rigkit_engine::{diagnostic::Severity, display_text};
use tokio::sync::Notify;
use tower_lsp::ls_types::MessageType;

use crate::{
    analysis::{Evaluation, PlanningCode, Problem, ProblemCode, Snapshot, evaluate},
    open_project::Moment,
    server::Server,
};

/// How often ages are told anew where nothing happens.
const AGES: Duration = Duration::from_mins(1);

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
    loop {
        let evaluation = {
            let mut world = server.world.lock();
            if world.same_project(&root, &wake).is_none() {
                return;
            }
            world.take_evaluation(&root, &wake)
        };
        match evaluation {
            Some(evaluation) => land(&server, &root, &wake, evaluation).await,
            None => rest(&server, &root, &wake).await,
        }
    }
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
    let files = snapshot.project_files();
    let must_refresh = {
        let mut world = server.world.lock();
        if world.same_project(root, wake).is_none() {
            return;
        }
        let project = world.project_mut(root);
        project.is_some_and(|project| project.land(snapshot, is_text_new))
    };
    server.watch.project_files(root, &files);
    if is_text_new || must_refresh {
        server.publish(root, must_refresh).await;
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
    tokio::select! {
        () = wake.notified() => {}
        () = tokio::time::sleep(expiry.unwrap_or(AGES).min(AGES)) => {
            let has_expired = expiry.is_some_and(|expiry| expiry <= AGES);
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
