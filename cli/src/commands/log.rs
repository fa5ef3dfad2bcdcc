//! `rig log`: past applies, and what happened in one.

use jiff::Timestamp;
use rigkit_engine::{
    Engine,
    display_text::{MOST_OF_A_MESSAGE, cut},
    event::{EventRecord, RunOutcome},
    state::ApplyRecord,
    wording::time::{age, duration},
};
use serde::Serialize;

use crate::{
    arguments::LogOptions,
    context::{Context, shown_path},
    failure::{Exit, Failure},
    output, progress,
    style::{BAD, FAINT, GOOD, PENDING, paint},
    styled_text::{Line, paint_lines, styled},
    table, time_zone,
};

/// The word for the newest apply.
const LATEST: &str = "latest";

#[derive(Serialize)]
struct AppliesDocument {
    applies: Vec<ApplyRecord>,
}

#[derive(Serialize)]
struct LogDocument {
    apply: ApplyRecord,
    events: Vec<EventRecord>,
}

/// Lists applies, or shows the log of one.
pub(super) fn run(options: &LogOptions, context: &Context) -> Result<Exit, Failure> {
    let engine = context.engine_of_workflow()?;
    match options.run.as_deref() {
        None => list(&engine, options.limit, context)?,
        Some(LATEST) => {
            let workflow = context.options.workflow.as_deref();
            show(engine.latest_apply_log(workflow)?, context)?;
        }
        Some(run) => show(engine.apply_log(Some(run))?, context)?,
    }
    Ok(Exit::Done)
}

fn list(engine: &Engine, limit: usize, context: &Context) -> Result<(), Failure> {
    let applies = engine.applies_of(context.options.workflow.as_deref(), limit)?;
    if context.options.json {
        return output::document(&AppliesDocument { applies });
    }
    if applies.is_empty() {
        output::note("nothing was applied yet");
        return Ok(());
    }
    let now = Timestamp::now();
    let rows = applies.iter().map(|apply| {
        [
            short_id(apply).into(),
            (&apply.workflow).into(),
            format!("{} ago", age(apply.started_at, now)).into(),
            outcome(apply.outcome),
            took(apply).map(duration).unwrap_or_default().into(),
            counts(apply).into(),
            paint(FAINT, &apply.who).into(),
        ]
    });
    output::lines(&table::of(
        ["RUN", "WORKFLOW", "WHEN", "OUTCOME", "TOOK", "TASKS", "WHO"],
        rows,
    ))
}

fn show(
    (apply, events): (ApplyRecord, Vec<EventRecord>),
    context: &Context,
) -> Result<(), Failure> {
    if context.options.json {
        return output::document(&LogDocument { apply, events });
    }
    let zone = time_zone::local();
    let started = apply.started_at.to_zoned(zone.clone());
    let time = started.strftime("%Y-%m-%d %H:%M:%S %Z");
    let mut lines = vec![
        styled![&apply.workflow, "  ", outcome(apply.outcome)],
        format!("started {time} by {}", apply.who).into(),
    ];
    let message = apply.message.as_deref().unwrap_or_default();
    lines.extend(paint_lines(BAD, &cut(message, MOST_OF_A_MESSAGE)));
    let path = context.log_path(apply.id.as_str());
    lines.extend(path.map(|path| paint(FAINT, shown_path(&path)).into()));
    lines.extend(progress::log_lines(&events, &zone));
    output::lines(&lines)
}

/// Ids made in the same minute begin alike, so the end tells them apart.
fn short_id(apply: &ApplyRecord) -> String {
    let id = apply.id.as_str();
    let start = id
        .char_indices()
        .rev()
        .nth(11)
        .map_or(0, |(start, _)| start);
    id[start..].to_owned()
}

fn outcome(outcome: Option<RunOutcome>) -> Line {
    let (style, word) = match outcome {
        Some(RunOutcome::Succeeded) => (GOOD, "done"),
        Some(RunOutcome::Failed) => (BAD, "failed"),
        Some(RunOutcome::Cancelled) => (PENDING, "cancelled"),
        None => (PENDING, "unfinished"),
    };
    paint(style, word).into()
}

fn took(apply: &ApplyRecord) -> Option<u64> {
    let took = apply.finished_at?.duration_since(apply.started_at);
    u64::try_from(took.as_millis()).ok()
}

fn counts(apply: &ApplyRecord) -> String {
    let counts = &apply.counts;
    let counts = [
        (counts.ran, "ran"),
        (counts.failed, "failed"),
        (counts.cached, "cached"),
    ];
    let told = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"));
    told.collect::<Vec<String>>().join(", ")
}
