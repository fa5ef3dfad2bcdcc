//! What happened, in one line a person reads: for lines that stay and for logs.

use rigkit_engine::{
    event::{Event, LogStream, RunOutcome},
    wording::time::duration,
};

use crate::{
    failure::warning_text,
    style::{BAD, FAINT, GOOD, NAME, PENDING, paint},
};

/// Says how much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Detail {
    /// What a person who waits wants to see.
    Usual,
    /// Also what is cached and what runs.
    More,
    /// Everything, for reading later.
    Everything,
}

/// Counts what became of the tasks of an apply.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    cached: usize,
    ran: usize,
    failed: usize,
}

impl Tally {
    /// Takes an event into account.
    pub(super) fn count(&mut self, event: &Event) {
        match event {
            Event::ApplyStarted { .. } => *self = Self::default(),
            Event::NodeCached { .. } => self.cached += 1,
            Event::NodeCompleted { .. } => self.ran += 1,
            Event::NodeFailed { .. } => self.failed += 1,
            _ => {}
        }
    }

    fn describe(self) -> String {
        let counts = [
            (self.ran, "ran"),
            (self.failed, "failed"),
            (self.cached, "cached"),
        ];
        let told = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"));
        told.collect::<Vec<String>>().join(", ")
    }
}

/// Writes an event that is not output; nothing where it is not worth a line.
pub(super) fn describe(event: &Event, detail: Detail, tally: Tally) -> Option<String> {
    match event {
        Event::DefinitionWarning { warning } => Some(warning_text(warning)),
        Event::ApplyWaiting { workflow, holder } => Some(paint(
            PENDING,
            format!("waiting for another apply of `{workflow}`: {holder}"),
        )),
        Event::CheckUnanswered {
            node_path,
            waited_ms,
            ..
        } => Some(format!(
            "{} {node_path}  no answer in {}",
            paint(PENDING, "!"),
            duration(*waited_ms)
        )),
        Event::PlanCreated {
            workflow,
            cached_node_count,
            node_count,
        } => Some(standing(workflow, *cached_node_count, *node_count)),
        Event::NodeCached { node_path, .. } if detail > Detail::Usual => Some(format!(
            "{} {node_path}  {}",
            paint(GOOD, "✓"),
            paint(FAINT, "cached")
        )),
        Event::NodeCompleted {
            node_path,
            duration_ms,
            ..
        } => Some(format!(
            "{} {node_path}  {}",
            paint(GOOD, "✓"),
            paint(FAINT, duration(*duration_ms))
        )),
        Event::NodeFailed {
            node_path,
            message,
            duration_ms,
        } => {
            // While the run is watched, the message follows with its place once the run ends.
            let why = if detail == Detail::Everything {
                format!(": {message}")
            } else {
                String::new()
            };
            Some(format!(
                "{} {node_path}  failed after {}{why}",
                paint(BAD, "✗"),
                duration(*duration_ms)
            ))
        }
        Event::NodeInvalidated { node_path, by, .. } => Some(format!(
            "{} {node_path}  invalidated by `{by}`",
            paint(PENDING, "↺")
        )),
        Event::ApplyRestarted { attempt, .. } => Some(format!(
            "{} starting again, attempt {attempt}",
            paint(PENDING, "↺")
        )),
        Event::ApplyCompleted {
            workflow,
            outcome,
            duration_ms,
            ..
        } => Some(end_of_apply(workflow, *outcome, *duration_ms, tally)),
        Event::WorkspaceCreateStarted { workspace_id } => {
            Some(format!("creating the workspace `{workspace_id}`"))
        }
        Event::WorkspaceReady { workspace_id } => {
            Some(format!("the workspace `{workspace_id}` is ready"))
        }
        Event::WorkspaceRemoveStarted { workspace_id } => {
            Some(format!("removing the workspace `{workspace_id}`"))
        }
        Event::WorkspaceRemoved {
            workspace_id,
            failure: None,
        } => Some(format!("the workspace `{workspace_id}` is removed")),
        Event::WorkspaceRemoved { .. } => warning(event),
        Event::InteractionCompleted { title, .. } => Some(format!("{title}: done")),
        event if detail > Detail::Usual => describe_detail(event),
        _ => None,
    }
}

/// Writes what a person has to know however little they want to see.
pub(super) fn warning(event: &Event) -> Option<String> {
    let Event::WorkspaceRemoved {
        workspace_id,
        failure: Some(failure),
    } = event
    else {
        return None;
    };
    Some(format!(
        "{} the `remove` hook of the workspace `{workspace_id}` failed: {failure}\n\
         its record is removed all the same; what the hook was to remove may be left behind",
        paint(PENDING, "warning:")
    ))
}

fn describe_detail(event: &Event) -> Option<String> {
    let of = |path: &Option<String>| {
        path.as_ref()
            .map(|path| format!("{path} "))
            .unwrap_or_default()
    };
    match event {
        Event::CommandStarted {
            node_path, command, ..
        } => Some(paint(FAINT, format!("{}$ {command}", of(node_path)))),
        Event::CommandCompleted {
            node_path,
            command_name,
            exit_code,
        } => Some(paint(
            FAINT,
            format!("{}{command_name} exited with {exit_code}", of(node_path)),
        )),
        Event::ArtifactCreated {
            node_path,
            provider_id,
            kind,
            ..
        } => Some(paint(
            FAINT,
            format!("{node_path} made the {kind} artifact of {provider_id}"),
        )),
        Event::InteractionAwaitingUser { title, url, .. } => Some(format!("{title}: {url}")),
        Event::OperationStarted { operation } => {
            Some(paint(FAINT, format!("running `{operation}`")))
        }
        Event::OperationCompleted {
            operation,
            outcome,
            duration_ms,
            ..
        } => Some(paint(
            FAINT,
            format!(
                "`{operation}` {} in {}",
                outcome_word(*outcome),
                duration(*duration_ms)
            ),
        )),
        _ => None,
    }
}

/// Writes how a workflow stands: `web  3 of 5 cached`.
pub(crate) fn standing(workflow: &str, cached: usize, all: usize) -> String {
    let style = if cached == all { GOOD } else { PENDING };
    format!(
        "{}  {}",
        paint(NAME, workflow),
        paint(style, format_args!("{cached} of {all} cached"))
    )
}

fn end_of_apply(workflow: &str, outcome: RunOutcome, milliseconds: u64, tally: Tally) -> String {
    let style = match outcome {
        RunOutcome::Succeeded => GOOD,
        RunOutcome::Failed => BAD,
        RunOutcome::Cancelled => PENDING,
    };
    let end = format!("{} in {}", outcome_word(outcome), duration(milliseconds));
    let counts = Some(tally.describe()).filter(|counts| !counts.is_empty());
    let counts = counts
        .map(|counts| format!(": {counts}"))
        .unwrap_or_default();
    format!("{}  {}{counts}", paint(NAME, workflow), paint(style, end))
}

fn outcome_word(outcome: RunOutcome) -> &'static str {
    match outcome {
        RunOutcome::Succeeded => "done",
        RunOutcome::Failed => "failed",
        RunOutcome::Cancelled => "cancelled",
    }
}

/// Writes one line of a handler's log.
pub(super) fn log_line(stream: LogStream, label: Option<&str>, line: &str) -> String {
    let label = label
        .map(|label| format!("{}: ", paint(FAINT, label)))
        .unwrap_or_default();
    let line = match stream {
        LogStream::Error => paint(BAD, line),
        LogStream::Warn => paint(PENDING, line),
        LogStream::Debug => paint(FAINT, line),
        LogStream::Info | LogStream::Stdout | LogStream::Stderr => line.to_owned(),
    };
    format!("{label}{line}")
}
