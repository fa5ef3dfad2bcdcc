//! Numbers the events of a run, keeps secrets out of them, and hands them on.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::Timestamp;
use serde_json::Value;

use super::{log::RunLog, stream_mask::StreamMask};
use crate::{
    event::{Event, EventRecord, EventSink, OutputStream},
    sandbox::Secrets,
};

/// How many of a node's last output lines are kept for the report of its failure.
const TAIL_LINES: usize = 20;

/// The most bytes of one of them that are kept.
const MOST_OF_A_LINE: usize = 20_000;

/// Receives the events of one run from wherever they happen.
pub(crate) struct Emitter {
    sink: Arc<dyn EventSink>,
    secrets: Secrets,
    next_source: AtomicU64,
    state: Mutex<EmitterState>,
}

/// Tells the commands of one name apart that run at once for one task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct EventSource(u64);

struct EmitterState {
    next: u64,
    log: Option<RunLog>,
    streams: HashMap<StreamKey, StreamMask>,
    tails: HashMap<String, Vec<String>>,
}

/// Names what one command writes to one stream.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct StreamKey {
    source: Option<EventSource>,
    node_path: Option<String>,
    command_name: String,
    stream: OutputStream,
}

impl Emitter {
    pub(crate) fn new(
        sink: Arc<dyn EventSink>,
        secrets: Secrets,
        log: Option<RunLog>,
    ) -> Arc<Self> {
        Arc::new(Self {
            sink,
            secrets,
            next_source: AtomicU64::new(0),
            state: Mutex::new(EmitterState {
                next: 0,
                log,
                streams: HashMap::new(),
                tails: HashMap::new(),
            }),
        })
    }

    /// Gives a source for the events of one command.
    pub(crate) fn new_source(&self) -> EventSource {
        EventSource(self.next_source.fetch_add(1, Ordering::Relaxed))
    }

    /// Emits an event after those that were emitted before it.
    pub(crate) fn emit(&self, event: Event) {
        self.emit_as(None, event);
    }

    /// Emits an event of a command.
    pub(crate) fn emit_from(&self, source: EventSource, event: Event) {
        self.emit_as(Some(source), event);
    }

    fn emit_as(&self, source: Option<EventSource>, event: Event) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for event in self.masked(&mut state, source, event) {
            state.remember(&event);
            let record = EventRecord {
                sequence: state.next,
                time: Timestamp::now(),
                event,
            };
            state.next += 1;
            if let Some(log) = &mut state.log {
                log.write(&record);
            }
            self.sink.receive(&record);
        }
    }

    /// Keeps secrets out of a text.
    pub(crate) fn mask(&self, text: &str) -> String {
        self.secrets.mask(text)
    }

    /// Gives the secrets of the run.
    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Gives the last lines that a node has put out.
    pub(crate) fn tail(&self, node_path: &str) -> Vec<String> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tail = state.tails.get(node_path).cloned().unwrap_or_default();
        // What comes after the last newline is no line as long as it is empty.
        tail.pop_if(|line| line.is_empty());
        tail
    }

    /// Keeps secrets out of an event; output is held back where it could be the beginning of
    /// one, so that none slips through in two halves.
    fn masked(
        &self,
        state: &mut EmitterState,
        source: Option<EventSource>,
        event: Event,
    ) -> Vec<Event> {
        if self.secrets.is_empty() {
            return vec![event];
        }
        let events = match event {
            Event::CommandOutput {
                node_path,
                command_name,
                stream,
                data,
            } => {
                let key = StreamKey {
                    source,
                    node_path,
                    command_name,
                    stream,
                };
                state.decided(&self.secrets, key, &data)
            }
            Event::CommandCompleted {
                ref node_path,
                ref command_name,
                ..
            } => {
                let mut events =
                    state.flush(&self.secrets, source, node_path.as_ref(), command_name);
                events.push(event);
                events
            }
            other => vec![other],
        };
        events
            .into_iter()
            .filter_map(|event| masked_whole(event, &self.secrets))
            .collect()
    }
}

/// Keeps secrets out of every text of an event. Better no event than one that holds a secret.
fn masked_whole(event: Event, secrets: &Secrets) -> Option<Event> {
    let Ok(Value::Object(members)) = serde_json::to_value(&event) else {
        return None;
    };
    let masked: Value = members
        .iter()
        .map(|(name, member)| (name.clone(), masked_member(name, member, secrets)))
        .collect();
    if masked == Value::Object(members) {
        return Some(event);
    }
    serde_json::from_value(masked).ok()
}

/// Leaves alone what has a value of a closed set, or is counted: it only looks like a secret.
fn masked_member(name: &str, member: &Value, secrets: &Secrets) -> Value {
    let is_fixed = matches!(name, "type" | "stream" | "outcome");
    if is_fixed || member.is_number() {
        return member.clone();
    }
    secrets.mask_json(member)
}

impl EmitterState {
    /// Gives what can be shown of a stream now, if that is anything.
    fn decided(&mut self, secrets: &Secrets, key: StreamKey, data: &str) -> Vec<Event> {
        let mask = self.streams.entry(key.clone()).or_default();
        let data = mask.push(secrets, data);
        key.output(data)
    }

    fn flush(
        &mut self,
        secrets: &Secrets,
        source: Option<EventSource>,
        node_path: Option<&String>,
        command_name: &str,
    ) -> Vec<Event> {
        let key = |stream| StreamKey {
            source,
            node_path: node_path.cloned(),
            command_name: command_name.to_owned(),
            stream,
        };
        let keys = [OutputStream::Stdout, OutputStream::Stderr].map(key);
        keys.into_iter()
            .flat_map(|key| match self.streams.remove(&key) {
                Some(mask) => key.output(mask.finish(secrets)),
                None => Vec::new(),
            })
            .collect()
    }

    fn remember(&mut self, event: &Event) {
        let (Event::CommandOutput {
            node_path: Some(node_path),
            data,
            ..
        }
        | Event::LogOutput {
            node_path, data, ..
        }) = event
        else {
            return;
        };
        let tail = self.tails.entry(node_path.clone()).or_default();
        append_lines(tail, data, matches!(event, Event::LogOutput { .. }));
        let surplus = tail.len().saturating_sub(TAIL_LINES + 1);
        tail.drain(..surplus);
    }
}

impl StreamKey {
    /// Makes an event of what was written, if that is anything.
    fn output(self, data: String) -> Vec<Event> {
        if data.is_empty() {
            return Vec::new();
        }
        vec![Event::CommandOutput {
            node_path: self.node_path,
            command_name: self.command_name,
            stream: self.stream,
            data,
        }]
    }
}

/// Adds text to lines, the last of which may be unfinished.
fn append_lines(lines: &mut Vec<String>, text: &str, is_whole_line: bool) {
    let mut parts = text.split('\n');
    let first = parts.next().unwrap_or_default();
    match lines.last_mut() {
        Some(last) => last.push_str(first),
        None => lines.push(first.to_owned()),
    }
    lines.extend(parts.map(str::to_owned));
    lines.iter_mut().for_each(keep_end);
    if is_whole_line && !text.ends_with('\n') {
        lines.push(String::new());
    }
}

/// Takes away the beginning of a line that never ends.
fn keep_end(line: &mut String) {
    let surplus = line.len().saturating_sub(MOST_OF_A_LINE);
    if surplus > 0 {
        line.drain(..line.ceil_char_boundary(surplus));
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::collections::BTreeMap;

    use super::*;
    use crate::{event::EventRecord, sandbox::Variables};

    fn emitter() -> (Arc<Emitter>, Arc<Mutex<Vec<Event>>>) {
        let variables = Variables::new(Arc::new(BTreeMap::from([(
            "TOKEN".to_owned(),
            "hunter2".to_owned(),
        )])));
        variables.read("TOKEN", None, true);
        let events = Arc::new(Mutex::new(Vec::new()));
        let received = Arc::clone(&events);
        let sink = move |record: &EventRecord| received.lock().unwrap().push(record.event.clone());
        let emitter = Emitter::new(Arc::new(sink), variables.secrets().clone(), None);
        (emitter, events)
    }

    fn output(data: &str) -> Event {
        Event::CommandOutput {
            node_path: Some("a".to_owned()),
            command_name: "sh".to_owned(),
            stream: OutputStream::Stdout,
            data: data.to_owned(),
        }
    }

    fn completed() -> Event {
        Event::CommandCompleted {
            node_path: Some("a".to_owned()),
            command_name: "sh".to_owned(),
            exit_code: 0,
        }
    }

    #[test]
    fn commands_of_one_name_do_not_tear_a_secret_apart() {
        let (emitter, events) = emitter();
        let (one, other) = (emitter.new_source(), emitter.new_source());
        emitter.emit_from(one, output("x hun"));
        emitter.emit_from(other, output("hunt"));
        emitter.emit_from(one, output("ter2"));
        emitter.emit_from(other, output("er2 y"));
        emitter.emit_from(one, completed());
        emitter.emit_from(other, completed());
        let expected = [
            output("x "),
            output("***"),
            output("*** y"),
            completed(),
            completed(),
        ];
        assert_eq!(*events.lock().unwrap(), expected);
    }

    #[test]
    fn every_text_of_an_event_is_masked() {
        let (emitter, events) = emitter();
        let secret = || "with hunter2 in it".to_owned();
        for event in [
            Event::CommandStarted {
                node_path: None,
                command_name: secret(),
                command: secret(),
            },
            Event::CommandOutput {
                node_path: None,
                command_name: secret(),
                stream: OutputStream::Stdout,
                data: "x".to_owned(),
            },
            Event::CommandCompleted {
                node_path: None,
                command_name: secret(),
                exit_code: 0,
            },
            Event::InteractionAwaitingUser {
                node_path: "a".to_owned(),
                interaction_id: secret(),
                label: secret(),
                title: secret(),
                url: secret(),
                instructions: Some(secret()),
            },
            Event::ArtifactCreated {
                node_path: "a".to_owned(),
                provider_id: secret(),
                kind: secret(),
                reference: serde_json::json!({ "hunter2": ["hunter2"] }),
            },
            Event::NodeInvalidated {
                node_path: secret(),
                run_ids: vec![secret()],
                by: secret(),
            },
        ] {
            emitter.emit(event);
        }
        let text = serde_json::to_string(&*events.lock().unwrap()).unwrap();
        assert!(!text.contains("hunter2"), "{text}");
        assert_eq!(text.matches("with *** in it").count(), 14, "{text}");
    }

    #[test]
    fn a_secret_that_looks_like_a_part_of_an_event_lets_nothing_through() {
        let variables = Variables::new(Arc::new(BTreeMap::from([
            ("A".to_owned(), "stdout".to_owned()),
            ("B".to_owned(), "7".to_owned()),
        ])));
        variables.read("A", None, true);
        variables.read("B", None, true);
        let events = Arc::new(Mutex::new(Vec::new()));
        let received = Arc::clone(&events);
        let sink = move |record: &EventRecord| received.lock().unwrap().push(record.event.clone());
        let emitter = Emitter::new(Arc::new(sink), variables.secrets().clone(), None);
        emitter.emit(Event::NodeFailed {
            node_path: "a".to_owned(),
            message: "stdout 7".to_owned(),
            causes: Vec::new(),
            duration_ms: 7,
        });
        let expected = Event::NodeFailed {
            node_path: "a".to_owned(),
            message: "*** ***".to_owned(),
            causes: Vec::new(),
            duration_ms: 7,
        };
        assert_eq!(*events.lock().unwrap(), [expected]);
    }
}
