//! Progress as lines that stay: for logs of build servers, and for reading a run later.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use jiff::tz::TimeZone;
use rigkit_engine::event::{Event, EventRecord, EventSink, LogStream};

use super::{
    milestone::{self, Detail, Tally, describe},
    output_lines::OutputOfAll,
    told::Told,
};
use crate::{
    output,
    style::{FAINT, paint},
    styled_text::{Line, styled},
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
        output::notes(&writer.lines_of(&record.event));
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

/// Returns the events of a past run as lines, each with its time.
pub(crate) fn log_lines(records: &[EventRecord], zone: &TimeZone) -> Vec<Line> {
    let mut writer = LineWriter::new(Detail::Everything);
    let mut lines = Vec::new();
    for record in records {
        let time = record
            .time
            .to_zoned(zone.clone())
            .strftime("%H:%M:%S%.3f")
            .to_string();
        let told = writer.lines_of(&record.event).into_iter();
        lines.extend(told.map(|line| styled![paint(FAINT, &time), "  ", line]));
    }
    lines
}

/// Turns events into lines.
struct LineWriter {
    detail: Detail,
    tally: Tally,
    running: HashSet<String>,
    output: OutputOfAll,
}

impl LineWriter {
    fn new(detail: Detail) -> Self {
        Self {
            detail,
            tally: Tally::default(),
            running: HashSet::new(),
            output: OutputOfAll::default(),
        }
    }

    fn lines_of(&mut self, event: &Event) -> Vec<Line> {
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
                let lines = milestone::log_lines(*stream, label.as_deref(), data);
                self.prefixed(node_path, lines)
            }
            event => self.milestone(event),
        }
    }

    fn milestone(&mut self, event: &Event) -> Vec<Line> {
        let mut lines = Vec::new();
        match event {
            Event::NodeStarted { node_path } => {
                self.running.insert(node_path.clone());
                lines.push(styled![paint(FAINT, "▸"), " ", node_path]);
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
    fn prefixed(&self, source: &str, lines: Vec<Line>) -> Vec<Line> {
        if !self.running.contains(source) && self.detail < Detail::Everything {
            return lines;
        }
        let prefix = styled![paint(FAINT, format_args!("{source} |")), " "];
        lines
            .into_iter()
            .map(|line| styled![prefix.clone(), line])
            .collect()
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
