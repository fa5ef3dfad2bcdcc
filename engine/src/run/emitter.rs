//! Numbers the events of a run, keeps secrets out of them, and hands them on.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;

use super::{log::RunLog, stream_mask::StreamMask};
use crate::{
    event::{Event, EventRecord, EventSink, OutputStream},
    sandbox::Secrets,
};

/// How many of a node's last output lines are kept for the report of its failure.
const TAIL_LINES: usize = 20;

/// Receives the events of one run from wherever they happen.
pub(crate) struct Emitter {
    sink: Arc<dyn EventSink>,
    secrets: Secrets,
    state: Mutex<EmitterState>,
}

struct EmitterState {
    next: u64,
    log: Option<RunLog>,
    streams: HashMap<(Option<String>, String, OutputStream), StreamMask>,
    tails: HashMap<String, Vec<String>>,
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
            state: Mutex::new(EmitterState {
                next: 0,
                log,
                streams: HashMap::new(),
                tails: HashMap::new(),
            }),
        })
    }

    /// Emits an event after those that were emitted before it.
    pub(crate) fn emit(&self, event: Event) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for event in self.masked(&mut state, event) {
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
        match event {
            Event::CommandOutput {
                node_path,
                command_name,
                stream,
                data,
            } => {
                let key = (node_path.clone(), command_name.clone(), stream);
                let data = state
                    .streams
                    .entry(key)
                    .or_default()
                    .push(&self.secrets, &data);
                let event = Event::CommandOutput {
                    node_path,
                    command_name,
                    stream,
                    data,
                };
                if matches!(&event, Event::CommandOutput { data, .. } if data.is_empty()) {
                    Vec::new()
                } else {
                    vec![event]
                }
            }
            Event::CommandCompleted {
                node_path,
                command_name,
                exit_code,
            } => {
                let mut events = state.flush(&self.secrets, node_path.as_ref(), &command_name);
                events.push(Event::CommandCompleted {
                    node_path,
                    command_name,
                    exit_code,
                });
                events
            }
            other => vec![self.mask_whole(other)],
        }
    }

    fn mask_whole(&self, event: Event) -> Event {
        let Ok(value) = serde_json::to_value(&event) else {
            return event;
        };
        let masked = self.secrets.mask_json(&value);
        if masked == value {
            return event;
        }
        serde_json::from_value(masked).unwrap_or(event)
    }
}

impl EmitterState {
    fn flush(
        &mut self,
        secrets: &Secrets,
        node_path: Option<&String>,
        command_name: &str,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        for stream in [OutputStream::Stdout, OutputStream::Stderr] {
            let key = (node_path.cloned(), command_name.to_owned(), stream);
            let rest = self.streams.remove(&key).map(|mask| mask.finish(secrets));
            if let Some(data) = rest.filter(|data| !data.is_empty()) {
                events.push(Event::CommandOutput {
                    node_path: node_path.cloned(),
                    command_name: command_name.to_owned(),
                    stream,
                    data,
                });
            }
        }
        events
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

/// Adds text to lines, the last of which may be unfinished.
fn append_lines(lines: &mut Vec<String>, text: &str, is_whole_line: bool) {
    let mut parts = text.split('\n');
    let first = parts.next().unwrap_or_default();
    match lines.last_mut() {
        Some(last) => last.push_str(first),
        None => lines.push(first.to_owned()),
    }
    lines.extend(parts.map(str::to_owned));
    if is_whole_line && !text.ends_with('\n') {
        lines.push(String::new());
    }
}
