//! The events of a run.

use std::sync::{Arc, Mutex};

use rigkit_engine::{
    CancellationToken, RunSession,
    event::{Event, EventRecord},
    host::{HeadlessHost, Host},
};

type Reaction = Arc<dyn Fn(&Event) + Send + Sync>;

/// Keeps the events of a run, and may react to them.
#[derive(Clone)]
pub struct Recording {
    records: Arc<Mutex<Vec<EventRecord>>>,
    pub cancel: CancellationToken,
    host: Arc<dyn Host>,
    reaction: Option<Reaction>,
}

impl Default for Recording {
    fn default() -> Self {
        Self {
            records: Arc::default(),
            cancel: CancellationToken::new(),
            host: Arc::new(HeadlessHost),
            reaction: None,
        }
    }
}

impl Recording {
    pub fn with_host(host: Arc<dyn Host>) -> Self {
        Self {
            host,
            ..Self::default()
        }
    }

    /// Does something at each event, on the thread of the run.
    pub fn reacting(reaction: impl Fn(&Event, &CancellationToken) + Send + Sync + 'static) -> Self {
        let cancel = CancellationToken::new();
        let token = cancel.clone();
        Self {
            cancel,
            reaction: Some(Arc::new(move |event| reaction(event, &token))),
            ..Self::default()
        }
    }

    pub fn session(&self) -> RunSession {
        let (records, reaction) = (Arc::clone(&self.records), self.reaction.clone());
        RunSession {
            events: Arc::new(move |record: &EventRecord| {
                records.lock().unwrap().push(record.clone());
                if let Some(reaction) = &reaction {
                    reaction(&record.event);
                }
            }),
            host: Arc::clone(&self.host),
            cancel: self.cancel.clone(),
        }
    }

    pub fn records(&self) -> Vec<EventRecord> {
        self.records.lock().unwrap().clone()
    }

    pub fn events(&self) -> Vec<Event> {
        self.records().into_iter().map(|record| record.event).collect()
    }

    /// Gives the type and the node of each event: `node.started a`.
    pub fn outline(&self) -> Vec<String> {
        self.events().iter().map(outline).collect()
    }

    /// Gives the outline of the events whose type begins with one of these.
    pub fn outline_of(&self, types: &[&str]) -> Vec<String> {
        let mut lines = self.outline();
        lines.retain(|line| types.iter().any(|prefix| line.starts_with(prefix)));
        lines
    }

    /// Gives what was logged: `node stream text`.
    pub fn logs(&self) -> Vec<String> {
        let logs = self.events().into_iter().filter_map(|event| match event {
            Event::LogOutput {
                node_path,
                stream,
                label,
                data,
            } => {
                let label = label.map(|label| format!("[{label}] ")).unwrap_or_default();
                let stream = serde_json::to_value(stream).unwrap();
                Some(format!("{node_path} {} {label}{data}", stream.as_str().unwrap()))
            }
            _ => None,
        });
        logs.collect()
    }
}

fn outline(event: &Event) -> String {
    let value = serde_json::to_value(event).unwrap();
    let text = |name: &str| value.get(name).and_then(serde_json::Value::as_str);
    let subject = ["nodePath", "workspaceId", "operation"].into_iter().find_map(text);
    let kind = text("type").unwrap();
    subject.map_or(kind.to_owned(), |subject| format!("{kind} {subject}"))
}
