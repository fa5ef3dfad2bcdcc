//! `rig log`: past applies, and what happened in one.

use std::cell::RefCell;

use jiff::Timestamp;
use rigkit_engine::{
    Engine, PastLog,
    display_text::{MOST_OF_A_MESSAGE, cut},
    event::RunOutcome,
    state::ApplyRecord,
    wording::time::{age, duration},
};
use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeSeq as _, SerializeStruct as _},
};

use crate::{
    apply_outcome::outcome_word,
    arguments::LogOptions,
    context::{Context, shown_path},
    failure::{Exit, Failure},
    output,
    progress::{PastLines, TakeLine},
    style::{BAD, FAINT, GOOD, PENDING, paint},
    styled_text::{Line, paint_lines, styled},
    table, time_zone,
};

/// The word for the newest apply.
const LATEST: &str = "latest";

/// How many lines of a log are enough for a person.
const MOST_LINES: usize = 2_000_000;

/// The key for how much of a log is not among its events.
const LEFT_OUT: &str = "leftOutBytes";

#[derive(Serialize)]
struct AppliesDocument {
    applies: Vec<ApplyRecord>,
}

/// An apply with its log, which is read while it is written.
struct LogDocument {
    apply: ApplyRecord,
    log: RefCell<PastLog>,
}

impl Serialize for LogDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("LogDocument", 3)?;
        document.serialize_field("apply", &self.apply)?;
        document.serialize_field("events", &Events(&self.log))?;
        match self.log.borrow().left_out_bytes() {
            0 => document.skip_field(LEFT_OUT)?,
            bytes => document.serialize_field(LEFT_OUT, &bytes)?,
        }
        document.end()
    }
}

/// The events of a log, one of them in memory at a time.
struct Events<'a>(&'a RefCell<PastLog>);

impl Serialize for Events<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut events = serializer.serialize_seq(None)?;
        for record in self.0.borrow_mut().by_ref() {
            events.serialize_element(&record.map_err(S::Error::custom)?)?;
        }
        events.end()
    }
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
            apply.id.short().into(),
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

fn show((apply, log): (ApplyRecord, PastLog), context: &Context) -> Result<(), Failure> {
    if context.options.json {
        let log = RefCell::new(log);
        return output::document(&LogDocument { apply, log });
    }
    output::lines_as_made(|take| {
        heading(&apply, context)
            .into_iter()
            .try_for_each(&mut *take)?;
        events(&apply, log, context, take)
    })
}

fn heading(apply: &ApplyRecord, context: &Context) -> Vec<Line> {
    let started = apply.started_at.to_zoned(time_zone::local());
    let time = started.strftime("%Y-%m-%d %H:%M:%S %Z");
    let mut lines = vec![
        styled![
            Line::from(&apply.workflow).into_column(),
            "  ",
            outcome(apply.outcome)
        ],
        format!("started {time} by {}", apply.who).into(),
    ];
    let message = apply.message.as_deref().unwrap_or_default();
    lines.extend(paint_lines(BAD, &cut(message, MOST_OF_A_MESSAGE)));
    let path = context.log_path(apply.id.as_str());
    lines.extend(path.map(|path| paint(FAINT, shown_path(&path)).into()));
    lines
}

fn events(
    apply: &ApplyRecord,
    mut log: PastLog,
    context: &Context,
    take: &mut TakeLine<'_>,
) -> Result<(), Failure> {
    let mut lines = PastLines::new(time_zone::local());
    let mut count = 0;
    for record in log.by_ref() {
        if count >= MOST_LINES {
            let text = format_args!("what follows {count} lines of the log is left out");
            return take(paint(PENDING, text).into());
        }
        let record = record.map_err(|source| Failure::File {
            action: "read the log",
            path: context.log_path(apply.id.as_str()).unwrap_or_default(),
            source,
        })?;
        lines.tell(&record, &mut |line| {
            count += 1;
            take(line)
        })?;
    }
    match log.left_out_bytes() {
        0 => Ok(()),
        bytes => {
            let text = format_args!("{bytes} bytes of the log are left out");
            take(paint(PENDING, text).into())
        }
    }
}

fn outcome(outcome: Option<RunOutcome>) -> Line {
    let style = match outcome {
        Some(RunOutcome::Succeeded) => GOOD,
        Some(RunOutcome::Failed) => BAD,
        Some(RunOutcome::Cancelled) | None => PENDING,
    };
    paint(style, outcome_word(outcome)).into()
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
