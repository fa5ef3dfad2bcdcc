//! What happened, in one line a person reads: for lines that stay and for logs.

use std::fmt;

use anstyle::Style;
use rigkit_engine::{
    display_text::{MOST_OF_A_MESSAGE, cut},
    error_cause::{ErrorCause, listed},
    event::{Event, LogStream, RunOutcome},
    plan::WorkflowPlan,
    wording::{concurrent_commands::command_label, time::duration},
};

use super::output_lines::lines_of;
use crate::{
    failure::warning_text,
    style::{BAD, FAINT, GOOD, NAME, PENDING, paint},
    styled_text::{Line, hanging, paint_lines, styled},
};

/// The most characters of what stands before each line of an output.
pub(super) const MOST_OF_A_PREFIX: usize = 200;

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

/// Returns the lines of an event that is not output; none where it is not worth one.
pub(super) fn describe(event: &Event, detail: Detail, tally: Tally) -> Vec<Line> {
    match event {
        Event::DefinitionWarning { warning } => warning_text(warning),
        Event::NodeFailed {
            node_path,
            message,
            causes,
            duration_ms,
            ..
        } => {
            let mut lines = failed_node(node_path, message, *duration_ms, detail);
            if detail == Detail::Everything {
                lines.extend(causes_lines(causes));
            }
            lines
        }
        Event::WorkspaceRemoved {
            failure: Some(_), ..
        } => warning(event),
        event => milestone(event, detail, tally).into_iter().collect(),
    }
}

/// While the run is watched, a report with the message and its place follows.
fn failed_node(path: &str, message: &str, duration_ms: u64, detail: Detail) -> Vec<Line> {
    let took = duration(duration_ms);
    let first = styled![paint(BAD, "✗"), " ", column(path), "  failed after ", took];
    if detail != Detail::Everything {
        return vec![first];
    }
    let message = cut(message, MOST_OF_A_MESSAGE);
    let mut lines = message.lines();
    let mut told = vec![styled![first, ": ", lines.next().unwrap_or_default()]];
    told.extend(lines.map(|line| styled!["    ", line]));
    told
}

fn causes_lines(causes: &[ErrorCause]) -> Vec<Line> {
    let texts = listed(causes).into_iter().map(|cause| cause.to_string());
    let cut = texts.map(|text| cut(&text, MOST_OF_A_MESSAGE).into_owned());
    cut.flat_map(|text| {
        let lines = text.lines().map(|line| styled!["    ", line]);
        lines.collect::<Vec<Line>>()
    })
    .collect()
}

fn milestone(event: &Event, detail: Detail, tally: Tally) -> Option<Line> {
    match event {
        Event::ApplyWaiting { workflow, holder } => {
            let text = format!("waiting for another apply of `{workflow}`: {holder}");
            Some(paint(PENDING, text).into())
        }
        Event::CheckUnanswered {
            node_path,
            waited_ms,
            ..
        } => {
            let waited = duration(*waited_ms);
            Some(styled![
                paint(PENDING, "!"),
                " ",
                column(node_path),
                "  no answer in ",
                waited
            ])
        }
        Event::PlanCreated {
            workflow,
            cached_node_count,
            node_count,
            pending_node_count,
            conditional_node_count,
            up_to_date: _,
        } => {
            let pending =
                pending_node_count.unwrap_or_else(|| node_count.saturating_sub(*cached_node_count));
            let counts = Standing {
                all: *node_count,
                pending,
                conditional: *conditional_node_count,
                // What runs each time is about to run.
                is_up_to_date: pending == 0,
            };
            Some(standing(workflow, counts))
        }
        Event::NodeCached { node_path, .. } if detail > Detail::Usual => {
            Some(well_done(node_path, "cached"))
        }
        Event::NodeCompleted {
            node_path,
            duration_ms,
            ..
        } => Some(well_done(node_path, &duration(*duration_ms))),
        Event::NodeInvalidated { node_path, by, .. } => {
            let by = format!("  invalidated by `{by}`");
            Some(styled![paint(PENDING, "↺"), " ", column(node_path), by])
        }
        Event::ApplyRestarted { attempt, .. } => {
            let text = format!(" starting again, attempt {attempt}");
            Some(styled![paint(PENDING, "↺"), text])
        }
        Event::ApplyCompleted {
            workflow,
            outcome,
            duration_ms,
            ..
        } => Some(end_of_apply(workflow, *outcome, *duration_ms, tally)),
        Event::InteractionCompleted { title, .. } => Some(styled![title, ": done"]),
        event => workspace_milestone(event).or_else(|| {
            let is_wanted = detail > Detail::Usual;
            is_wanted.then(|| describe_detail(event)).flatten()
        }),
    }
}

fn well_done(path: &str, how: &str) -> Line {
    styled![paint(GOOD, "✓"), " ", column(path), "  ", paint(FAINT, how)]
}

/// Returns a name that something stands beside.
fn column(name: &str) -> Line {
    Line::from(name).into_column()
}

fn workspace_milestone(event: &Event) -> Option<Line> {
    let text = match event {
        Event::WorkspaceCreateStarted { workspace_id } => {
            format!("creating the workspace `{workspace_id}`")
        }
        Event::WorkspaceReady { workspace_id } => {
            format!("the workspace `{workspace_id}` is ready")
        }
        Event::WorkspaceRemoveStarted { workspace_id } => {
            format!("removing the workspace `{workspace_id}`")
        }
        Event::WorkspaceRemoved { workspace_id, .. } => {
            format!("the workspace `{workspace_id}` is removed")
        }
        _ => return None,
    };
    Some(text.into())
}

/// Returns the lines that a person has to read however little they want to see.
pub(super) fn warning(event: &Event) -> Vec<Line> {
    let Event::WorkspaceRemoved {
        workspace_id,
        failure: Some(failure),
    } = event
    else {
        return Vec::new();
    };
    let failure = cut(failure, MOST_OF_A_MESSAGE);
    let text = format!("the `remove` hook of the workspace `{workspace_id}` failed: {failure}");
    let mut lines = hanging(
        styled![paint(PENDING, "warning:"), " "],
        paint_lines(Style::new(), &text),
    );
    lines.push(
        "its record is removed all the same; what the hook was to remove may be left behind".into(),
    );
    lines
}

fn describe_detail(event: &Event) -> Option<Line> {
    let of = |path: &Option<String>| {
        path.as_ref()
            .map(|path| format!("{path} "))
            .unwrap_or_default()
    };
    let text = match event {
        Event::CommandStarted {
            node_path,
            command_id,
            command_name,
            command,
        } => {
            let label = command_label(command_name, *command_id);
            format!("{}{label} $ {command}", of(node_path))
        }
        Event::CommandDetached {
            node_path,
            command_id,
            command_name,
            pid,
        } => {
            let label = command_label(command_name, Some(*command_id));
            format!("{}{label} stays as process {pid}", of(node_path))
        }
        Event::CommandCompleted {
            node_path,
            command_id,
            command_name,
            exit_code,
        } => {
            let label = command_label(command_name, *command_id);
            format!("{}{label} exited with {exit_code}", of(node_path))
        }
        Event::ArtifactCreated {
            node_path,
            provider_id,
            kind,
            ..
        } => format!("{node_path} made the {kind} artifact of {provider_id}"),
        Event::InteractionAwaitingUser { title, url, .. } => {
            return Some(styled![title, ": ", url]);
        }
        Event::OperationStarted { operation } => format!("running `{operation}`"),
        Event::OperationCompleted {
            operation,
            outcome,
            duration_ms,
            ..
        } => {
            let took = duration(*duration_ms);
            format!("`{operation}` {} in {took}", outcome_word(*outcome))
        }
        _ => return None,
    };
    Some(paint(FAINT, text).into())
}

/// How many tasks of a workflow have to run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    /// How many tasks there are.
    pub(crate) all: usize,
    /// How many have to run.
    pub(crate) pending: usize,
    /// How many may have to run then.
    pub(crate) conditional: usize,
    /// Whether nothing has to run but what runs each time.
    pub(crate) is_up_to_date: bool,
}

impl Standing {
    /// Reads how the workflow of a plan stands.
    pub(crate) fn of(plan: &WorkflowPlan) -> Self {
        Self {
            all: plan.node_count,
            pending: plan.pending_node_count,
            conditional: plan.conditional_node_count,
            is_up_to_date: plan.up_to_date,
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_up_to_date {
            return formatter.write_str("up to date");
        }
        write!(formatter, "{} of {} to run", self.pending, self.all)?;
        match self.conditional {
            0 => Ok(()),
            more => write!(formatter, " ({more} more may follow)"),
        }
    }
}

/// Returns how a workflow stands: `web  up to date`, or `web  3 of 9 to run (2 more may follow)`.
pub(crate) fn standing(workflow: &str, counts: Standing) -> Line {
    let style = if counts.is_up_to_date { GOOD } else { PENDING };
    styled![column(workflow).or_style(NAME), "  ", paint(style, counts)]
}

fn end_of_apply(workflow: &str, outcome: RunOutcome, milliseconds: u64, tally: Tally) -> Line {
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
    styled![
        column(workflow).or_style(NAME),
        "  ",
        paint(style, end),
        counts
    ]
}

fn outcome_word(outcome: RunOutcome) -> &'static str {
    match outcome {
        RunOutcome::Succeeded => "done",
        RunOutcome::Failed => "failed",
        RunOutcome::Cancelled => "cancelled",
    }
}

/// Returns the lines of a handler's log, made as they are asked for: in its own colors, and else in those of
/// its stream.
pub(super) fn log_lines<'a>(
    stream: LogStream,
    label: Option<&str>,
    data: &'a str,
) -> impl Iterator<Item = Line> + use<'a> {
    let style = match stream {
        LogStream::Error => BAD,
        LogStream::Warn => PENDING,
        LogStream::Debug => FAINT,
        LogStream::Info | LogStream::Stdout | LogStream::Stderr => Style::new(),
    };
    let label = label.map(|label| cut(label, MOST_OF_A_PREFIX).into_owned());
    let label = label.map(|label| styled![paint(FAINT, label), ": "]);
    lines_of(data).map(move |line| styled![label.clone().unwrap_or_default(), line.or_style(style)])
}
