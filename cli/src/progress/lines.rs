//! Progress as lines that stay: for logs of build servers, and for reading a run later.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use jiff::tz::TimeZone;
use rigkit_engine::{
    display_text::cut,
    event::{Event, EventRecord, EventSink, LogStream, OutputStream},
    wording::concurrent_commands::ConcurrentCommands,
};

use super::{
    milestone::{self, Detail, MOST_OF_A_PREFIX, Tally, describe},
    output_lines::{OutputOfAll, Writer, pieces},
    told::Told,
};
use crate::{
    failure::Failure,
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
        let mut lines = writer.lines_of(&record.event);
        if let Some(failure) = record.event.failure() {
            lines.extend(self.told.report(&failure));
        }
        output::notes(&lines);
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

/// Takes the lines of a run as they are made.
pub(crate) type TakeLine<'a> = dyn FnMut(Line) -> Result<(), Failure> + 'a;

/// Turns the events of a past run into lines, each with its time.
pub(crate) struct PastLines {
    writer: LineWriter,
    zone: TimeZone,
}

impl PastLines {
    /// Begins a run whose times are told in a zone.
    pub(crate) fn new(zone: TimeZone) -> Self {
        Self {
            writer: LineWriter::new(Detail::Everything),
            zone,
        }
    }

    /// Hands over the lines of the next event.
    pub(crate) fn tell(
        &mut self,
        record: &EventRecord,
        take: &mut TakeLine<'_>,
    ) -> Result<(), Failure> {
        let time = record.time.to_zoned(self.zone.clone());
        let time = time.strftime("%H:%M:%S%.3f").to_string();
        let time = styled![paint(FAINT, time), "  "];
        self.writer
            .tell(&record.event, &mut |line| take(styled![time.clone(), line]))
    }
}

/// Turns events into lines.
struct LineWriter {
    detail: Detail,
    tally: Tally,
    running: HashSet<String>,
    commands: ConcurrentCommands,
    output: OutputOfAll,
}

impl LineWriter {
    fn new(detail: Detail) -> Self {
        Self {
            detail,
            tally: Tally::default(),
            running: HashSet::new(),
            commands: ConcurrentCommands::default(),
            output: OutputOfAll::default(),
        }
    }

    fn lines_of(&mut self, event: &Event) -> Vec<Line> {
        let mut lines = Vec::new();
        // A list takes every line.
        let _ = self.tell(event, &mut |line| {
            lines.push(line);
            Ok(())
        });
        lines
    }

    fn tell(&mut self, event: &Event, take: &mut TakeLine<'_>) -> Result<(), Failure> {
        self.tally.count(event);
        match event {
            Event::CommandOutput {
                node_path,
                command_id,
                stream,
                data,
                ..
            } => {
                let writer = Writer::new(node_path.as_ref(), *command_id);
                self.output_of(&writer, *stream, data, take)
            }
            Event::LogOutput { stream, .. }
                if *stream == LogStream::Debug && self.detail == Detail::Usual =>
            {
                Ok(())
            }
            Event::LogOutput {
                node_path,
                stream,
                label,
                data,
            } => {
                let lines = milestone::log_lines(*stream, label.as_deref(), data);
                self.prefixed(&Writer::new(Some(node_path), None), lines, take)
            }
            event => self.milestone(event, take),
        }
    }

    fn output_of(
        &mut self,
        writer: &Writer,
        stream: OutputStream,
        data: &str,
        take: &mut TakeLine<'_>,
    ) -> Result<(), Failure> {
        if let Some((other, rest)) = self.output.make_room(writer, stream) {
            self.prefixed(&other, rest, take)?;
        }
        for piece in pieces(data) {
            let lines = self.output.push(writer, stream, piece);
            self.prefixed(writer, lines, take)?;
        }
        Ok(())
    }

    /// Tells the lines that nobody ended.
    fn rest_of(&mut self, writer: &Writer, take: &mut TakeLine<'_>) -> Result<(), Failure> {
        let rest = self.output.finish(writer);
        self.prefixed(writer, rest, take)
    }

    fn milestone(&mut self, event: &Event, take: &mut TakeLine<'_>) -> Result<(), Failure> {
        match event {
            Event::NodeStarted { node_path } => {
                // Where everything is told, every line says whose it is.
                if self.detail < Detail::Everything {
                    self.running.insert(node_path.clone());
                }
                take(styled![
                    paint(FAINT, "▸"),
                    " ",
                    Line::from(node_path).into_column()
                ])?;
            }
            Event::CommandCompleted {
                node_path,
                command_id,
                ..
            } => self.rest_of(&Writer::new(node_path.as_ref(), *command_id), take)?,
            Event::NodeCompleted { node_path, .. } | Event::NodeFailed { node_path, .. } => {
                for writer in self.output.writers_of(node_path) {
                    self.rest_of(&writer, take)?;
                }
            }
            _ => {}
        }
        self.commands.note(event);
        describe(event, self.detail, self.tally)
            .into_iter()
            .try_for_each(take)
    }

    /// Says which task a line is from, and which of its commands where several run at once. An
    /// operation is alone and its output what was asked for, so that stays as it is.
    fn prefixed(
        &self,
        writer: &Writer,
        lines: impl IntoIterator<Item = Line>,
        take: &mut TakeLine<'_>,
    ) -> Result<(), Failure> {
        let mut lines = lines.into_iter();
        let names_node = self.running.contains(&writer.node) || self.detail == Detail::Everything;
        let node = names_node.then_some(writer.node.as_str());
        match line_prefix(node, self.commands.label(writer.command).as_deref()) {
            None => lines.try_for_each(take),
            Some(prefix) => lines.try_for_each(|line| take(styled![prefix.clone(), line])),
        }
    }
}

/// Returns what stands before the lines of a writer.
pub(super) fn line_prefix(node: Option<&str>, command: Option<&str>) -> Option<Line> {
    let names = [node, command].into_iter().flatten();
    let names: Vec<_> = names.map(|name| cut(name, MOST_OF_A_PREFIX)).collect();
    if names.is_empty() {
        return None;
    }
    let prefix = Line::from(paint(FAINT, format_args!("{} |", names.join(" "))));
    Some(styled![prefix.into_column(), " "])
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
