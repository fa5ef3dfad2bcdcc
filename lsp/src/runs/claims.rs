//! Claims of commands: what is asked for twice at once is done once, and the second time shows the first.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
};

use rigkit_engine::CancellationToken;
use serde_json::{Value, json};
use tower_lsp::ls_types::{MessageType, ProgressToken};

use super::Running;
use crate::{
    requests::execute_command::{CommandArguments, CommandName},
    server::Server,
};

/// What a command works on. Two of the same are not carried out at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The project.
    pub(crate) root: PathBuf,
    /// What is done.
    pub(crate) command: CommandName,
    /// To what.
    pub(crate) arguments: CommandArguments,
}

impl Subject {
    /// Returns what a command works on. An apply up to a task is one of the same workflow, and what an
    /// operation is given makes it no other operation.
    pub(crate) fn new(
        root: PathBuf,
        command: CommandName,
        workflow: Option<String>,
        arguments: &CommandArguments,
    ) -> Self {
        let (command, arguments) = match command {
            CommandName::Apply | CommandName::ApplyUntil => {
                (CommandName::Apply, CommandArguments::default())
            }
            other => (other, arguments.clone()),
        };
        let arguments = CommandArguments {
            config: None,
            input: None,
            workflow,
            ..arguments
        };
        Self {
            root,
            command,
            arguments,
        }
    }
}

/// The right to carry a command out, until it is dropped.
pub(crate) struct Claim {
    server: Arc<Server>,
    /// Tells runs apart.
    pub(super) id: String,
    /// The name of its progress.
    pub(super) token: ProgressToken,
    /// Whether the client has given that name.
    pub(super) is_clients_token: bool,
    /// What it does.
    pub(super) doing: Doing,
    /// Ends it.
    pub(crate) cancel: CancellationToken,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.server.runs.end(&self.id);
    }
}

/// What a run does, in words, as it changes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Doing(Arc<Mutex<Words>>);

#[derive(Debug, Default)]
struct Words {
    title: Option<String>,
    latest: Option<String>,
}

impl Doing {
    /// Notes that it begins.
    pub(super) fn begin(&self, title: &str) {
        self.lock().title = Some(title.to_owned());
    }

    /// Notes how far it is.
    pub(super) fn report(&self, latest: &str) {
        self.lock().latest = Some(latest.to_owned());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Words> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn told(&self) -> String {
        let words = self.lock();
        match (&words.title, &words.latest) {
            (Some(title), Some(latest)) => format!("{title}: it runs already, {latest}"),
            (Some(title), None) => format!("{title}: it runs already"),
            (None, _) => "this waits for an answer to its question already".to_owned(),
        }
    }
}

/// A run that is shown instead of a second one.
pub(crate) struct AlreadyRunning {
    id: String,
    doing: Doing,
}

impl AlreadyRunning {
    /// Shows it: to the person where the client does not do that itself, and as an answer to programs.
    pub(crate) fn show(&self, server: &Server) -> Value {
        let told = self.doing.told();
        if !server.world.lock().settings.events {
            server.outbox.show(MessageType::INFO, told.clone());
        }
        json!({ "alreadyRunning": self.id, "message": told })
    }
}

impl Server {
    /// Claims that a command is carried out now, unless the same one is already.
    pub(crate) fn claim(
        self: &Arc<Self>,
        subject: Option<Subject>,
        asked: Option<ProgressToken>,
    ) -> Result<Claim, AlreadyRunning> {
        let mut running = self.runs.lock();
        let mut others = running.iter();
        let same = others.find(|(_, run)| subject.is_some() && run.subject == subject);
        if let Some((id, run)) = same {
            return Err(AlreadyRunning {
                id: id.clone(),
                doing: run.doing.clone(),
            });
        }
        let number = self.runs.counter.fetch_add(1, Ordering::Relaxed);
        let id = format!("run-{number}");
        let is_clients_token = asked.is_some();
        let token = asked.unwrap_or_else(|| ProgressToken::String(format!("rigkit/{id}")));
        let (cancel, doing) = (CancellationToken::new(), Doing::default());
        running.insert(
            id.clone(),
            Running {
                subject,
                token: token.clone(),
                doing: doing.clone(),
                cancel: cancel.clone(),
            },
        );
        Ok(Claim {
            server: Arc::clone(self),
            id,
            token,
            is_clients_token,
            doing,
            cancel,
        })
    }
}
