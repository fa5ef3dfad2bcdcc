//! Shows what an operation gave: something short as a message, something long as a document.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use rigkit_engine::{
    RunSession,
    display_text::plain_output,
    event::{Event, EventRecord, EventSink},
};
use serde_json::Value;
use tower_lsp::ls_types::MessageType;

use crate::{
    pages::{Page, place_of},
    server::Server,
};

/// The most characters of a result that is shown as a message.
const MOST_OF_A_SHORT_RESULT: usize = 200;

/// The most lines of a long result that are shown where no document can be.
const LINES_INSTEAD: usize = 5;

/// Takes note of the result of an operation as its events tell it: without secrets.
struct ResultSink {
    inner: Arc<dyn EventSink>,
    result: Arc<Mutex<Option<Value>>>,
}

impl EventSink for ResultSink {
    fn receive(&self, record: &EventRecord) {
        if let Event::OperationCompleted {
            result: Some(result),
            ..
        } = &record.event
        {
            let mut kept = self.result.lock().unwrap_or_else(PoisonError::into_inner);
            *kept = Some(result.clone());
        }
        self.inner.receive(record);
    }
}

/// Shows what an operation gives.
pub(super) struct ResultView {
    server: Arc<Server>,
    project_root: PathBuf,
    operation: String,
    result: Arc<Mutex<Option<Value>>>,
}

impl ResultView {
    /// Prepares to show the result of an operation.
    pub(super) fn new(server: &Arc<Server>, project_root: PathBuf, operation: String) -> Self {
        Self {
            server: Arc::clone(server),
            project_root,
            operation,
            result: Arc::default(),
        }
    }

    /// Returns a session whose events are listened to.
    pub(super) fn listen(&self, run: &RunSession) -> RunSession {
        let sink = ResultSink {
            inner: Arc::clone(&run.events),
            result: Arc::clone(&self.result),
        };
        RunSession {
            events: Arc::new(sink),
            ..run.clone()
        }
    }

    /// Shows the result, unless the client shows results by itself, and returns it: as it was told where
    /// it was.
    pub(super) fn show(&self, result: Value) -> Value {
        let kept = self.result.lock().unwrap_or_else(PoisonError::into_inner);
        let told = kept.clone();
        if !self.server.world.lock().settings.events {
            self.show_told(told.as_ref());
        }
        told.unwrap_or(result)
    }

    fn show_told(&self, result: Option<&Value>) {
        match result.map(written) {
            None => self.tell("done"),
            Some(Written { text, .. }) if is_short(&text) => self.tell(text.trim()),
            Some(long) => self.show_document(&long),
        }
    }

    fn tell(&self, what: &str) {
        let message = format!("{}: {what}", self.operation);
        self.server.outbox.show(MessageType::INFO, message);
    }

    fn show_document(&self, Written { text, extension }: &Written) {
        let page = Page {
            title: &self.operation,
            extension,
            text,
        };
        let beginning: Vec<&str> = text.lines().take(LINES_INSTEAD).collect();
        let beginning = beginning.join("\n");
        match page.write(&self.project_root) {
            Ok(path) => {
                let instead = format!("{}: {beginning}\n… {}", self.operation, place_of(&path));
                self.server.show_page(&path, instead);
            }
            Err(error) => self.tell(&format!(
                "{beginning}\n… the whole cannot be shown: {error}"
            )),
        }
    }
}

/// A result as a person reads it.
struct Written {
    text: String,
    extension: &'static str,
}

fn written(result: &Value) -> Written {
    match result {
        Value::Null => Written {
            text: "done".to_owned(),
            extension: "txt",
        },
        Value::String(text) => Written {
            text: plain_output(text),
            extension: "txt",
        },
        other => Written {
            text: match other.to_string() {
                line if is_short(&line) => line,
                _ => serde_json::to_string_pretty(other).unwrap_or_default(),
            },
            extension: "json",
        },
    }
}

fn is_short(text: &str) -> bool {
    let text = text.trim();
    text.chars().count() <= MOST_OF_A_SHORT_RESULT && !text.contains('\n')
}
