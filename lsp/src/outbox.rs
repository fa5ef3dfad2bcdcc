//! What the server sends by itself, in the order it was said.

use std::{collections::HashMap, future::Future, time::Duration};

use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use tower_lsp::{
    Client, jsonrpc,
    ls_types::{
        Diagnostic, LogMessageParams, MessageActionItem, MessageType, PublishDiagnosticsParams,
        ShowMessageParams, Uri,
        notification::{LogMessage, Notification, PublishDiagnostics, ShowMessage},
    },
};

use crate::{
    requests::prompt::{PromptParams, PromptRequest},
    safe_to_show::{SafeToShow, label, safe},
};

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

/// What came of a question to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply<T> {
    /// They answered.
    Given(T),
    /// They did not want to answer.
    Dismissed,
    /// The client cannot ask.
    Impossible,
}

impl<T> Reply<T> {
    /// Goes on with an answer; one that makes no sense is none.
    pub(crate) fn and_then<U>(self, next: impl FnOnce(T) -> Option<U>) -> Reply<U> {
        match self {
            Self::Given(answer) => next(answer).map_or(Reply::Dismissed, Reply::Given),
            Self::Dismissed => Reply::Dismissed,
            Self::Impossible => Reply::Impossible,
        }
    }

    /// Returns the answer, if there is one.
    pub(crate) fn given(self) -> Option<T> {
        match self {
            Self::Given(answer) => Some(answer),
            Self::Dismissed | Self::Impossible => None,
        }
    }
}

impl Outbox {
    /// Lets the person choose; nothing where nothing was chosen in time.
    pub(crate) async fn choose(&self, question: String, choices: Vec<String>) -> Option<String> {
        let chosen = self.choose_at_leisure(question, choices.clone());
        let chosen = tokio::time::timeout(PERSONS_PATIENCE, chosen).await.ok()?;
        choices.into_iter().nth(chosen.given()?)
    }

    /// Lets the person choose, however long that takes; the answer is an index.
    pub(crate) async fn choose_at_leisure(
        &self,
        question: String,
        choices: Vec<String>,
    ) -> Reply<usize> {
        let titles = distinct_titles(choices);
        let action = |title: &String| MessageActionItem {
            title: title.clone(),
            properties: HashMap::default(),
        };
        let actions = titles.iter().map(action).collect();
        let question = safe(ShowMessageParams {
            typ: MessageType::INFO,
            message: question,
        });
        let client = &self.client;
        let chosen = client.show_message_request(question.typ, question.message, Some(actions));
        match chosen.await {
            Ok(Some(chosen)) => Reply::Given(chosen.title)
                .and_then(|chosen| titles.iter().position(|title| *title == chosen)),
            Ok(None) => Reply::Dismissed,
            Err(_) => Reply::Impossible,
        }
    }

    /// Has the client ask the person in a way of its own, however long that takes.
    pub(crate) async fn prompt(&self, question: PromptParams) -> Reply<Value> {
        let question = safe(question);
        match self.client.send_request::<PromptRequest>(question).await {
            Ok(Value::Null) => Reply::Dismissed,
            Ok(answer) => Reply::Given(answer),
            Err(_) => Reply::Impossible,
        }
    }
}

/// Makes titles safe to show that can be told apart, for clients say by the title what was chosen.
fn distinct_titles(choices: Vec<String>) -> Vec<String> {
    let mut titles: Vec<String> = Vec::with_capacity(choices.len());
    for choice in choices {
        let mut shown = choice;
        label(&mut shown);
        if shown.trim().is_empty() {
            shown = format!("“{shown}”");
        }
        let numbered = (2..).map(|number: u32| format!("{shown} ({number})"));
        let mut possible = std::iter::once(shown.clone()).chain(numbered);
        titles.extend(possible.find(|title| !titles.contains(title)));
    }
    titles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_can_be_told_apart() {
        let titles = ["a", "b", "a", "", "a", " "].map(str::to_owned).to_vec();
        let expected = ["a", "b", "a (2)", "“”", "a (3)", "“ ”"];
        assert_eq!(distinct_titles(titles), expected);
    }
}
