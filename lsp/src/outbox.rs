//! What the server sends by itself, in the order it was said.

use std::{collections::HashMap, future::Future, time::Duration};

use serde::Serialize;
use tokio::sync::mpsc::UnboundedSender;
use tower_lsp::{
    Client, jsonrpc,
    ls_types::{
        Diagnostic, LogMessageParams, MessageActionItem, MessageType, PublishDiagnosticsParams,
        ShowMessageParams, Uri,
        notification::{LogMessage, Notification, PublishDiagnostics, ShowMessage},
    },
};

use crate::safe_to_show::{SafeToShow, safe};

/// How long a client may take to answer before nobody waits for it any more.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long a person may take to choose what a command needs.
const PERSONS_PATIENCE: Duration = Duration::from_mins(10);

/// Takes notifications from any thread, and never waits.
#[derive(Clone)]
pub(crate) struct Outbox {
    messages: UnboundedSender<Vec<u8>>,
    client: Client,
}

/// Is a notification as it goes over the wire.
#[derive(Serialize)]
struct Message<P> {
    jsonrpc: &'static str,
    method: &'static str,
    params: P,
}

impl Outbox {
    /// Sends what is put in as messages that are written already.
    pub(crate) fn new(client: Client, messages: UnboundedSender<Vec<u8>>) -> Self {
        Self { messages, client }
    }

    /// Sends a notification. It is written here and now, for a large one takes its time.
    pub(crate) fn notify<N: Notification<Params: SafeToShow>>(&self, params: N::Params) {
        let params = safe(params);
        let message = Message {
            jsonrpc: "2.0",
            method: N::METHOD,
            params,
        };
        if let Ok(body) = serde_json::to_vec(&message) {
            // A client that is gone misses nothing.
            let _ = self.messages.send(body);
        }
    }

    /// Writes a line into the client's log.
    pub(crate) fn log(&self, typ: MessageType, message: impl Into<String>) {
        let message = message.into();
        self.notify::<LogMessage>(LogMessageParams { typ, message });
    }

    /// Tells the person something.
    pub(crate) fn show(&self, typ: MessageType, message: impl Into<String>) {
        let message = message.into();
        self.notify::<ShowMessage>(ShowMessageParams { typ, message });
    }

    /// Publishes the diagnostics of a document.
    pub(crate) fn publish(&self, uri: Uri, diagnostics: Vec<Diagnostic>, version: Option<i32>) {
        self.notify::<PublishDiagnostics>(PublishDiagnosticsParams {
            uri,
            diagnostics,
            version,
        });
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
        let action = |title: &String| MessageActionItem {
            title: title.clone(),
            properties: HashMap::default(),
        };
        let actions = safe(choices.iter().map(action).collect::<Vec<_>>());
        let titles: Vec<String> = actions.iter().map(|action| action.title.clone()).collect();
        let question = safe(ShowMessageParams {
            typ: MessageType::INFO,
            message: question,
        });
        let client = &self.client;
        let chosen = client.show_message_request(question.typ, question.message, Some(actions));
        let chosen = chosen.await.ok()??.title;
        let index = titles.iter().position(|title| *title == chosen)?;
        choices.into_iter().nth(index)
    }
}
