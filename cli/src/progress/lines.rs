//! Progress as lines that stay: for logs of build servers, and for reading a run later.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use jiff::tz::TimeZone;
use rigkit_engine::event::{Event, EventRecord, EventSink, LogStream};

use super::{
    milestone::{Detail, Tally, describe, log_line},
    output_lines::OutputLines,
    told::Told,
};
use crate::{
    output,
    style::{FAINT, paint},
};

/// Writes events to stderr as lines.
pub(super) struct Lines {
    writer: Mutex<LineWriter>,
    told: Told,
}

impl Lines {
    /// Begins a run.
    pub(super) fn new(is_verbose: bool, told: Told) -> Self {
        let detail = if is_verbose {
            Detail::More
        } else {
            Detail::Usual
        };
        Self {
            writer: Mutex::new(LineWriter::new(detail)),
            told,
        }
    }
}

impl EventSink for Lines {
    fn receive(&self, record: &EventRecord) {
        if let Some(source) = source_of_output(&record.event) {
            self.told.note(source);
        }
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        for line in writer.lines_of(&record.event) {
            output::note(&line);
        }
    }
}

/// Gives whose output an event is.
fn source_of_output(event: &Event) -> Option<&str> {
    match event {
        Event::CommandOutput { node_path, .. } => node_path.as_deref(),
        Event::LogOutput {
            node_path, stream, ..
        } if *stream != LogStream::Debug => Some(node_path),
        _ => None,
    }
}

/// Writes the events of a past run as lines, each with its time.
pub(crate) fn log_lines(records: &[EventRecord], zone: &TimeZone) -> Vec<String> {
    let mut writer = LineWriter::new(Detail::Everything);
    let mut lines = Vec::new();
    for record in records {
        let time = record
            .time
            .to_zoned(zone.clone())
            .strftime("%H:%M:%S%.3f")
            .to_string();
        let told = writer.lines_of(&record.event);
        lines.extend(
            told.iter()
                .map(|line| format!("{}  {line}", paint(FAINT, &time))),
        );
    }
    lines
}

/// Turns events into lines.
struct LineWriter {
    detail: Detail,
    tally: Tally,
    running: HashSet<String>,
    output: OutputLines,
}

impl LineWriter {
    fn new(detail: Detail) -> Self {
        Self {
            detail,
            tally: Tally::default(),
            running: HashSet::new(),
            output: OutputLines::default(),
        }
    }

    fn lines_of(&mut self, event: &Event) -> Vec<String> {
        self.tally.count(event);
        match event {
            Event::CommandOutput {
                node_path,
                stream,
                data,
                ..
            } => {
                let source = node_path.as_deref().unwrap_or_default();
                let lines = self.output.push(source, *stream, data);
                self.prefixed(source, lines)
            }
            Event::LogOutput { stream, .. }
                if *stream == LogStream::Debug && self.detail == Detail::Usual =>
            {
                Vec::new()
            }
            Event::LogOutput {
                node_path,
                stream,
                label,
                data,
            } => {
                let lines = data
                    .lines()
                    .map(|line| log_line(*stream, label.as_deref(), line));
                self.prefixed(node_path, lines.collect())
            }
            event => self.milestone(event),
        }
    }

    fn milestone(&mut self, event: &Event) -> Vec<String> {
        let mut lines = Vec::new();
        match event {
            Event::NodeStarted { node_path } => {
                self.running.insert(node_path.clone());
                lines.push(format!("{} {node_path}", paint(FAINT, "▸")));
            }
            Event::CommandCompleted {
                node_path: Some(node_path),
                ..
            }
            | Event::NodeCompleted { node_path, .. }
            | Event::NodeFailed { node_path, .. } => {
                let rest = self.output.finish(node_path);
                lines = self.prefixed(node_path, rest);
            }
            _ => {}
        }
        lines.extend(describe(event, self.detail, self.tally));
        lines
    }

    /// Says which task a line is from. An operation is alone and its output what was asked
    /// for, so that stays as it is.
    fn prefixed(&self, source: &str, lines: Vec<String>) -> Vec<String> {
        if !self.running.contains(source) && self.detail < Detail::Everything {
            return lines;
        }
        let prefix = paint(FAINT, format_args!("{source} |"));
        lines
            .into_iter()
            .map(|line| format!("{prefix} {line}"))
            .collect()
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
