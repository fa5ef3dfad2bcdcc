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

use super::log::RunLog;
use crate::{
    error_cause::with_texts,
    event::{CommandId, Event, EventRecord, EventSink, OutputStream},
    sandbox::{Secrets, StreamMask},
};

/// How many of a node's last output lines are kept for the report of its failure.
const TAIL_LINES: usize = 20;

/// The most bytes of one of them that are kept.
const MOST_OF_A_LINE: usize = 20_000;

/// Receives the events of one run from wherever they happen.
pub(crate) struct Emitter {
    sink: Arc<dyn EventSink>,
    secrets: Secrets,
    next_command: AtomicU64,
    state: Mutex<EmitterState>,
}

struct EmitterState {
    next: u64,
    log: Option<RunLog>,
    streams: HashMap<StreamKey, StreamMask>,
    tails: HashMap<String, Vec<String>>,
}

/// Names what one command writes to one stream.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct StreamKey {
    node_path: Option<String>,
    command_id: Option<CommandId>,
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
            next_command: AtomicU64::new(1),
            state: Mutex::new(EmitterState {
                next: 0,
                log,
                streams: HashMap::new(),
                tails: HashMap::new(),
            }),
        })
    }

    /// Returns what tells the next command from all others of the run.
    pub(crate) fn next_command(&self) -> CommandId {
        CommandId(self.next_command.fetch_add(1, Ordering::Relaxed))
    }

    /// Emits an event after those that were emitted before it.
    pub(crate) fn emit(&self, event: Event) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let untold = self.secrets.take_untold();
        let warnings = untold.iter().map(|secret| Event::DefinitionWarning {
            warning: secret.warning_without_place(),
        });
        let events = self.masked(&mut state, event);
        for event in warnings.chain(events) {
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
    fn masked(&self, state: &mut EmitterState, event: Event) -> Vec<Event> {
        if self.secrets.is_empty() {
            return vec![event];
        }
        let events = match event {
            Event::CommandOutput {
                node_path,
                command_id,
                command_name,
                stream,
                data,
            } => {
                let key = StreamKey {
                    node_path,
                    command_id,
                    command_name,
                    stream,
                };
                state.decided(&self.secrets, key, &data)
            }
            Event::CommandCompleted {
                ref node_path,
                command_id,
                ref command_name,
                ..
            } => {
                let mut events = state.flush(|key| {
                    key.command_id == command_id
                        && key.node_path == *node_path
                        && key.command_name == *command_name
                });
                events.push(event);
                events
            }
            // Whoever emitted output may have left its end open.
            Event::NodeCompleted { ref node_path, .. }
            | Event::NodeFailed { ref node_path, .. } => {
                let mut events = state.flush(|key| key.node_path.as_ref() == Some(node_path));
                events.push(event);
                events
            }
            Event::ApplyCompleted { .. }
            | Event::OperationCompleted { .. }
            | Event::WorkspaceReady { .. }
            | Event::WorkspaceRemoved { .. } => {
                let mut events = state.flush(|_| true);
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
    match event {
        // What a command wrote was looked at together with what came before it.
        Event::CommandOutput {
            node_path,
            command_id,
            command_name,
            stream,
            data,
        } => Some(Event::CommandOutput {
            node_path: node_path.map(|path| secrets.mask(&path)),
            command_id,
            command_name: secrets.mask(&command_name),
            stream,
            data,
        }),
        Event::DefinitionWarning { warning } => Some(Event::DefinitionWarning {
            warning: warning.masked(secrets),
        }),
        Event::NodeFailed {
            node_path,
            message,
            causes,
            duration_ms,
            range,
            help,
            output_tail,
            exit_code,
        } => Some(Event::NodeFailed {
            node_path: secrets.mask(&node_path),
            message: secrets.mask(&message),
            causes: with_texts(causes, &|text| secrets.mask(text)),
            duration_ms,
            range,
            help: help.map(|help| secrets.mask(&help)),
            // It was masked when it was written.
            output_tail,
            exit_code,
        }),
        other => masked_members(other, secrets),
    }
}

fn masked_members(event: Event, secrets: &Secrets) -> Option<Event> {
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

    /// Gives what was held back of some streams, which have ended.
    fn flush(&mut self, has_ended: impl Fn(&StreamKey) -> bool) -> Vec<Event> {
        let ended = self.streams.extract_if(|key, _| has_ended(key));
        let mut ended: Vec<(StreamKey, StreamMask)> = ended.collect();
        ended.sort_by(|(one, _), (other, _)| one.cmp(other));
        let rests = ended.into_iter();
        rests
            .flat_map(|(key, mask)| key.output(mask.finish()))
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
            command_id: self.command_id,
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
        emitter_with("hunter2")
    }

    fn emitter_with(secret: &str) -> (Arc<Emitter>, Arc<Mutex<Vec<Event>>>) {
        let variables = Variables::new(Arc::new(BTreeMap::from([(
            "TOKEN".to_owned(),
            secret.to_owned(),
        )])));
        variables.read("TOKEN", None, true).unwrap();
        let events = Arc::new(Mutex::new(Vec::new()));
        let received = Arc::clone(&events);
        let sink = move |record: &EventRecord| received.lock().unwrap().push(record.event.clone());
        let emitter = Emitter::new(Arc::new(sink), variables.secrets().clone(), None);
        (emitter, events)
    }

    fn output(command: u64, data: &str) -> Event {
        Event::CommandOutput {
            node_path: Some("a".to_owned()),
            command_id: Some(CommandId(command)),
            command_name: "sh".to_owned(),
            stream: OutputStream::Stdout,
            data: data.to_owned(),
        }
    }

    fn completed(command: u64) -> Event {
        Event::CommandCompleted {
            node_path: Some("a".to_owned()),
            command_id: Some(CommandId(command)),
            command_name: "sh".to_owned(),
            exit_code: 0,
        }
    }

    #[test]
    fn commands_of_one_name_do_not_tear_a_secret_apart() {
        let (emitter, events) = emitter();
        for event in [
            output(1, "x hun"),
            output(2, "hunt"),
            output(1, "ter2"),
            output(2, "er2 y"),
            completed(1),
            completed(2),
        ] {
            emitter.emit(event);
        }
        let expected = [
            output(1, "x "),
            output(1, "***"),
            output(2, "*** y"),
            completed(1),
            completed(2),
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
                command_id: None,
                command_name: secret(),
                command: secret(),
            },
            Event::CommandOutput {
                node_path: None,
                command_id: None,
                command_name: secret(),
                stream: OutputStream::Stdout,
                data: "x".to_owned(),
            },
            Event::CommandCompleted {
                node_path: None,
                command_id: None,
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
    fn streams_are_kept_apart() {
        let (emitter, events) = emitter();
        let on_stderr = |data: &str| Event::CommandOutput {
            node_path: Some("a".to_owned()),
            command_id: Some(CommandId(1)),
            command_name: "sh".to_owned(),
            stream: OutputStream::Stderr,
            data: data.to_owned(),
        };
        for event in [
            output(1, "x hun"),
            on_stderr("y hunt"),
            output(1, "ter2"),
            on_stderr("er3"),
            completed(1),
        ] {
            emitter.emit(event);
        }
        let expected = [
            output(1, "x "),
            on_stderr("y "),
            output(1, "***"),
            on_stderr("hunter3"),
            completed(1),
        ];
        assert_eq!(*events.lock().unwrap(), expected);
    }

    #[test]
    fn what_stands_alone_only_in_a_piece_is_shown() {
        let (emitter, events) = emitter_with("7");
        for event in [output(1, "port 871"), output(1, "7\n7"), completed(1)] {
            emitter.emit(event);
        }
        let shown: String = events
            .lock()
            .unwrap()
            .iter()
            .filter_map(|event| match event {
                Event::CommandOutput { data, .. } => Some(data.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(shown, "port 8717\n***");
    }

    #[test]
    fn output_that_nobody_ends_is_told_when_its_task_ends() {
        let failed = || Event::NodeFailed {
            node_path: "a".to_owned(),
            message: String::new(),
            causes: Vec::new(),
            duration_ms: 0,
            range: None,
            help: None,
            output_tail: Vec::new(),
            exit_code: None,
        };
        let (emitter, events) = emitter();
        emitter.emit(output(1, "a hunt"));
        emitter.emit(failed());
        let expected = [output(1, "a "), output(1, "hunt"), failed()];
        assert_eq!(*events.lock().unwrap(), expected);
    }

    #[test]
    fn a_secret_that_looks_like_a_part_of_an_event_lets_nothing_through() {
        let variables = Variables::new(Arc::new(BTreeMap::from([
            ("A".to_owned(), "stdout".to_owned()),
            ("B".to_owned(), "7".to_owned()),
        ])));
        variables.read("A", None, true).unwrap();
        variables.read("B", None, true).unwrap();
        let events = Arc::new(Mutex::new(Vec::new()));
        let received = Arc::clone(&events);
        let sink = move |record: &EventRecord| received.lock().unwrap().push(record.event.clone());
        let emitter = Emitter::new(Arc::new(sink), variables.secrets().clone(), None);
        let failed = || Event::NodeFailed {
            node_path: "a".to_owned(),
            message: "stdout 7".to_owned(),
            causes: Vec::new(),
            duration_ms: 7,
            range: None,
            help: None,
            output_tail: Vec::new(),
            exit_code: None,
        };
        emitter.emit(failed());
        emitter.emit(failed());
        let expected = Event::NodeFailed {
            node_path: "a".to_owned(),
            message: "*** ***".to_owned(),
            causes: Vec::new(),
            duration_ms: 7,
            range: None,
            help: None,
            output_tail: Vec::new(),
            exit_code: None,
        };
        let events = events.lock().unwrap();
        let [Event::DefinitionWarning { warning }, rest @ ..] = events.as_slice() else {
            panic!("{events:?}");
        };
        assert_eq!(
            warning.message,
            "the value of the secret `B` is too short to be told from text: it is masked only where it stands alone"
        );
        assert_eq!(rest, [expected.clone(), expected]);
    }
}
