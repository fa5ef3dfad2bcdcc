//! How far a run is, told to clients that show it.

use std::{sync::Arc, time::Duration};

use tower_lsp::ls_types::{
    ProgressParams, ProgressParamsValue, ProgressToken, WorkDoneProgress, WorkDoneProgressBegin,
    WorkDoneProgressEnd, WorkDoneProgressReport, notification::Progress as ProgressNotification,
};

use super::claims::{Claim, Doing};
use crate::{outbox::Outbox, server::Server};

/// How long a client may take to make room for progress before the run goes on without.
const CREATE_PATIENCE: Duration = Duration::from_secs(2);

/// Is the progress of a run, where somebody is shown it.
#[derive(Clone)]
pub(super) struct Progress {
    doing: Doing,
    shown: Option<(Outbox, ProgressToken)>,
}

impl Progress {
    /// Begins to tell, under the client's own name for it or one that the client is asked to take.
    pub(super) async fn begin(server: &Arc<Server>, claim: &Claim, title: &str) -> Self {
        let doing = claim.doing.clone();
        doing.begin(title);
        let (token, is_clients_own) = (claim.token.clone(), claim.is_clients_token);
        if !is_clients_own && !is_accepted(server, &token).await {
            return Self { doing, shown: None };
        }
        let progress = Self {
            doing,
            shown: Some((server.outbox.clone(), token)),
        };
        progress.send(WorkDoneProgress::Begin(WorkDoneProgressBegin {
            title: title.to_owned(),
            cancellable: Some(true),
            message: None,
            percentage: Some(0),
        }));
        progress
    }

    /// Tells what is done now.
    pub(super) fn report(&self, message: String, percentage: Option<u32>) {
        self.doing.report(&message);
        self.send(WorkDoneProgress::Report(WorkDoneProgressReport {
            cancellable: Some(true),
            message: Some(message),
            percentage,
        }));
    }

    /// Tells that it is over.
    pub(super) fn end(&self, message: &str) {
        self.send(WorkDoneProgress::End(WorkDoneProgressEnd {
            message: Some(message.to_owned()),
        }));
    }

    fn send(&self, progress: WorkDoneProgress) {
        if let Some((outbox, token)) = &self.shown {
            outbox.notify::<ProgressNotification>(ProgressParams {
                token: token.clone(),
                value: ProgressParamsValue::WorkDone(progress),
            });
        }
    }
}

async fn is_accepted(server: &Arc<Server>, token: &ProgressToken) -> bool {
    if !server.world.lock().features.progress {
        return false;
    }
    let token = token.clone();
    let accepted = server
        .outbox
        .request(|client| async move { client.create_work_done_progress(token).await });
    let accepted = tokio::time::timeout(CREATE_PATIENCE, accepted).await;
    matches!(accepted, Ok(Some(())))
}
