//! What the server sends by itself, in the order it was said.

use std::{collections::HashMap, future::Future, time::Duration};

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tower_lsp::{
    Client, jsonrpc,
    ls_types::{
        Diagnostic, LogMessageParams, MessageActionItem, MessageType, ProgressParams,
        PublishDiagnosticsParams, ShowMessageParams, Uri, notification as protocol,
    },
};

use crate::requests::events::{RunEvent, RunEventParams, StateChanged, StateChangedParams};

/// How long a client may take to answer before nobody waits for it any more.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long a person may take to choose what a command needs.
const PERSONS_PATIENCE: Duration = Duration::from_mins(10);

/// Is a notification to the client.
pub(crate) enum Outgoing {
    /// The diagnostics of a document.
    Diagnostics(PublishDiagnosticsParams),
    /// A line for the log.
    Log(LogMessageParams),
    /// A message for the person.
    Message(ShowMessageParams),
    /// How far something is.
    Progress(ProgressParams),
    /// Something happened in a run.
    Event(RunEventParams),
    /// What is known of a project is new.
    State(StateChangedParams),
}

/// Takes notifications from any thread, and never waits.
#[derive(Clone)]
pub(crate) struct Outbox {
    queue: UnboundedSender<Outgoing>,
    client: Client,
}

impl Outbox {
    /// Begins to send what is put in.
    pub(crate) fn new(client: Client) -> Self {
        let (queue, waiting) = mpsc::unbounded_channel();
        tokio::spawn(send_all(client.clone(), waiting));
        Self { queue, client }
    }

    /// Sends a notification.
    pub(crate) fn send(&self, outgoing: Outgoing) {
        // A client that is gone misses nothing.
        let _ = self.queue.send(outgoing);
    }

    /// Writes a line into the client's log.
    pub(crate) fn log(&self, typ: MessageType, message: impl Into<String>) {
        let message = message.into();
        self.send(Outgoing::Log(LogMessageParams { typ, message }));
    }

    /// Tells the person something.
    pub(crate) fn show(&self, typ: MessageType, message: impl Into<String>) {
        let message = message.into();
        self.send(Outgoing::Message(ShowMessageParams { typ, message }));
    }

    /// Publishes the diagnostics of a document.
    pub(crate) fn publish(&self, uri: Uri, diagnostics: Vec<Diagnostic>, version: Option<i32>) {
        self.send(Outgoing::Diagnostics(PublishDiagnosticsParams {
            uri,
            diagnostics,
            version,
        }));
    }

    /// Asks the client something, and leaves the answer to itself.
    pub(crate) fn ask<F>(&self, question: impl FnOnce(Client) -> F)
    where
        F: Future<Output = jsonrpc::Result<()>> + Send + 'static,
    {
        let question = question(self.client.clone());
        tokio::spawn(async move {
            // A client that does not answer, or cannot, is none the worse for having been asked.
            let _ = tokio::time::timeout(PATIENCE, question).await;
        });
    }

    /// Asks the client something and gives its answer; nothing where it gives none in time.
    pub(crate) async fn request<T, F>(&self, question: impl FnOnce(Client) -> F) -> Option<T>
    where
        F: Future<Output = jsonrpc::Result<T>>,
    {
        let question = question(self.client.clone());
        tokio::time::timeout(PATIENCE, question).await.ok()?.ok()
    }
}

impl Outbox {
    /// Lets the person choose; nothing where nothing was chosen in time.
    pub(crate) async fn choose(&self, question: String, choices: Vec<String>) -> Option<String> {
        let chosen = self.choose_at_leisure(question, choices);
        tokio::time::timeout(PERSONS_PATIENCE, chosen).await.ok()?
    }

    /// Lets the person choose, however long that takes.
    pub(crate) async fn choose_at_leisure(
        &self,
        question: String,
        choices: Vec<String>,
    ) -> Option<String> {
        let actions = choices.into_iter().map(|title| MessageActionItem {
            title,
            properties: HashMap::default(),
        });
        let client = &self.client;
        let chosen =
            client.show_message_request(MessageType::INFO, question, Some(actions.collect()));
        Some(chosen.await.ok()??.title)
    }
}

async fn send_all(client: Client, mut waiting: UnboundedReceiver<Outgoing>) {
    while let Some(outgoing) = waiting.recv().await {
        send(&client, outgoing).await;
    }
}

async fn send(client: &Client, outgoing: Outgoing) {
    use protocol::{LogMessage, Progress, PublishDiagnostics, ShowMessage};
    match outgoing {
        Outgoing::Diagnostics(parameters) => {
            client
                .send_notification::<PublishDiagnostics>(parameters)
                .await;
        }
        Outgoing::Log(parameters) => client.send_notification::<LogMessage>(parameters).await,
        Outgoing::Message(parameters) => client.send_notification::<ShowMessage>(parameters).await,
        Outgoing::Progress(parameters) => client.send_notification::<Progress>(parameters).await,
        Outgoing::Event(parameters) => client.send_notification::<RunEvent>(parameters).await,
        Outgoing::State(parameters) => client.send_notification::<StateChanged>(parameters).await,
    }
}
