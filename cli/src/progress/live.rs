//! Progress on a terminal: a line that moves for each running task.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use rigkit_engine::{
    event::{Event, EventRecord, EventSink, LogStream},
    wording::concurrent_commands::ConcurrentCommands,
};

use super::{
    lines::line_prefix,
    milestone::{Detail, Tally, describe, log_lines},
    output_lines::{OutputOfAll, Writer, last_glimpse},
    screen::{MovingLine, Screen},
    told::Told,
};
use crate::styled_text::{Line, styled};

/// Shows running tasks with their time and the last line of their output, finished ones with
/// their duration, and counts cached ones.
pub(super) struct Live {
    screen: Screen,
    detail: Detail,
    told: Told,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tally: Tally,
    running: HashMap<String, MovingLine>,
    commands: ConcurrentCommands,
    output: OutputOfAll,
}

impl State {
    /// Says which command lines are from where several run at once.
    fn labelled(&self, writer: &Writer, lines: Vec<Line>) -> Vec<Line> {
        match line_prefix(None, self.commands.label(writer.command).as_deref()) {
            None => lines,
            Some(prefix) => lines
                .into_iter()
                .map(|line| styled![prefix.clone(), line])
                .collect(),
        }
    }
}

impl Live {
    /// Begins a run.
    pub(super) fn new(screen: Screen, is_verbose: bool, told: Told) -> Self {
        Self {
            screen,
            detail: if is_verbose {
                Detail::More
            } else {
                Detail::Usual
            },
            told,
            state: Mutex::default(),
        }
    }

    fn start(&self, state: &mut State, path: &str, label: &str) {
        if let Some(line) = self.screen.add(label) {
            state.running.insert(path.to_owned(), line);
        }
    }

    /// Output of a task is glanced at; that of an operation is what was asked for.
    fn output(&self, state: &mut State, event: &Event) {
        match event {
            Event::CommandOutput {
                node_path,
                command_id,
                stream,
                data,
                ..
            } => {
                let writer = Writer::new(node_path.as_ref(), *command_id);
                if !glance(state, &writer.node, data) {
                    self.told.note(&writer.node);
                    let lines = state.output.push(&writer, *stream, data);
                    self.screen.print(&state.labelled(&writer, lines));
                }
            }
            Event::LogOutput {
                node_path,
                stream,
                label,
                data,
            } => {
                let is_wanted = *stream != LogStream::Debug || self.detail > Detail::Usual;
                if is_wanted && !glance(state, node_path, data) {
                    self.told.note(node_path);
                    let lines = log_lines(*stream, label.as_deref(), data);
                    self.screen.print(&lines.collect::<Vec<_>>());
                }
            }
            _ => {}
        }
    }

    fn milestone(&self, state: &mut State, event: &Event) {
        match event {
            Event::NodeStarted { node_path } => self.start(state, node_path, node_path),
            Event::NodeCompleted { node_path, .. } | Event::NodeFailed { node_path, .. } => {
                finish(state, node_path);
            }
            Event::ApplyRestarted { node_path, .. } => finish(state, node_path),
            Event::WorkspaceCreateStarted { workspace_id } => {
                self.start(
                    state,
                    &format!("workspace.{workspace_id}.create"),
                    &format!("creating `{workspace_id}`"),
                );
                return;
            }
            Event::WorkspaceReady { workspace_id } => {
                finish(state, &format!("workspace.{workspace_id}.create"));
            }
            Event::WorkspaceRemoveStarted { workspace_id } => {
                self.start(
                    state,
                    &format!("workspace.{workspace_id}.remove"),
                    &format!("removing `{workspace_id}`"),
                );
                return;
            }
            Event::WorkspaceRemoved { workspace_id, .. } => {
                finish(state, &format!("workspace.{workspace_id}.remove"));
            }
            Event::CommandCompleted {
                node_path,
                command_id,
                ..
            } => {
                let writer = Writer::new(node_path.as_ref(), *command_id);
                let rest = state.output.finish(&writer);
                self.screen.print(&state.labelled(&writer, rest));
            }
            _ => {}
        }
        state.commands.note(event);
        let mut lines = describe(event, self.detail, state.tally);
        if let Some(failure) = event.failure() {
            lines.extend(self.told.report(&failure));
        }
        self.screen.print(&lines);
    }
}

impl EventSink for Live {
    fn receive(&self, record: &EventRecord) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.tally.count(&record.event);
        match &record.event {
            event @ (Event::CommandOutput { .. } | Event::LogOutput { .. }) => {
                self.output(&mut state, event);
            }
            event => self.milestone(&mut state, event),
        }
    }
}

/// Shows the end of some output beside the task that wrote it, if that is on the screen.
fn glance(state: &State, source: &str, data: &str) -> bool {
    let Some(line) = state.running.get(source) else {
        return false;
    };
    if let Some(glimpse) = last_glimpse(data) {
        line.tell(&glimpse);
    }
    true
}

fn finish(state: &mut State, path: &str) {
    if let Some(line) = state.running.remove(path) {
        line.remove();
    }
}
