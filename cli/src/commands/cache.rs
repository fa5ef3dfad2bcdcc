//! `rig cache`: looks at stored runs, explains them, or throws them out.

use jiff::Timestamp;
use rigkit_engine::{
    CachedRun, CachedRunStatus, ComponentChange, ComponentStatus, TaskExplanation,
    state::InvalidatedRun,
    wording::{
        reason::phrase,
        time::{age, duration},
    },
};
use serde::Serialize;

use crate::{
    arguments::CacheCommand,
    context::Context,
    failure::{Exit, Failure},
    output,
    plan_text::{node_lines, shortened},
    style::{FAINT, GOOD, NAME, NEW, OLD, PENDING, paint},
    table,
    workflow_choice::with_workflow,
};

#[derive(Serialize)]
struct RunsDocument {
    runs: Vec<CachedRun>,
}

#[derive(Serialize)]
struct ExplanationsDocument {
    tasks: Vec<TaskExplanation>,
}

#[derive(Serialize)]
struct InvalidatedDocument {
    invalidated: Vec<InvalidatedRun>,
}

#[derive(Serialize)]
struct ClearedDocument {
    cleared: usize,
}

/// Does what `rig cache` was told.
pub(super) fn run(command: &CacheCommand, context: &Context) -> Result<Exit, Failure> {
    match command {
        CacheCommand::Ls => list(context)?,
        CacheCommand::Explain { task } => explain(task.as_deref(), context)?,
        CacheCommand::Invalidate { tasks, .. } => invalidate(tasks, context)?,
        CacheCommand::Clear => clear(context)?,
    }
    Ok(Exit::Done)
}

fn list(context: &Context) -> Result<(), Failure> {
    let runs = context
        .engine_of_workflow()?
        .cached_runs(context.options.workflow.as_deref())?;
    if context.options.json {
        return output::document(&RunsDocument { runs });
    }
    if runs.is_empty() {
        output::note("nothing is stored yet; `rig apply` runs the tasks");
        return Ok(());
    }
    let now = Timestamp::now();
    let is_shown = |run: &&CachedRun| run.current || context.options.verbose > 0;
    output::text(&runs_table(runs.iter().filter(is_shown), now))
}

fn runs_table<'a>(runs: impl Iterator<Item = &'a CachedRun>, now: Timestamp) -> String {
    let rows = runs.map(|run| {
        [
            paint(NAME, &run.node_path),
            run.workflow.clone(),
            status(run.status),
            age(run.created_at, now),
            duration(run.duration_ms),
            paint(FAINT, &run.id),
        ]
    });
    table::of(["TASK", "WORKFLOW", "STATUS", "AGE", "TOOK", "RUN"], rows)
}

fn status(status: CachedRunStatus) -> String {
    match status {
        CachedRunStatus::Valid => paint(GOOD, "valid"),
        CachedRunStatus::Stale => paint(PENDING, "stale"),
        CachedRunStatus::Invalidated => paint(PENDING, "invalidated"),
        CachedRunStatus::Superseded => paint(FAINT, "superseded"),
        CachedRunStatus::Orphaned => paint(FAINT, "orphaned"),
    }
}

fn explain(task: Option<&str>, context: &Context) -> Result<(), Failure> {
    let engine = context.engine()?;
    let tasks = with_workflow(context.options.workflow.as_deref(), |workflow| {
        engine.explain(workflow.as_deref(), task)
    })?;
    if context.options.json {
        return output::document(&ExplanationsDocument { tasks });
    }
    if tasks.is_empty() {
        output::note("every task is cached; name one to see what its identity is made of");
    }
    let now = Timestamp::now();
    let texts: Vec<String> = tasks.iter().map(|task| explanation(task, now)).collect();
    output::text(&texts.join("\n"))
}

fn explanation(task: &TaskExplanation, now: Timestamp) -> String {
    let mut lines = vec![paint(NAME, &task.workflow)];
    lines.extend(node_lines(&task.node, 0, now));
    if let Some(cause) = &task.cause {
        lines.push(format!(
            "  because of `{}`: {}",
            cause.path,
            phrase(&cause.reason, now)
        ));
    }
    lines.extend(task.components.iter().map(component));
    if !task.history.is_empty() {
        lines.push("  its last runs:".to_owned());
        let table = runs_table(task.history.iter(), now);
        lines.extend(table.lines().map(|line| format!("    {line}")));
    }
    output::lines(&lines)
}

fn component(component: &ComponentChange) -> String {
    let told = match component.status {
        ComponentStatus::Same => paint(FAINT, "the same"),
        ComponentStatus::New => paint(FAINT, "nothing to compare with"),
        ComponentStatus::Unknown => paint(FAINT, "known once the tasks before it have run"),
        ComponentStatus::Changed => changed(component.old.as_deref(), component.new.as_deref()),
    };
    format!("    {:10}  {told}", component.name)
}

/// Shows both values where they can be read beside each other; of longer ones the reason
/// above tells what matters.
fn changed(old: Option<&str>, new: Option<&str>) -> String {
    let fits = |value: Option<&str>| value.is_none_or(|value| shortened(value) == value);
    if (old, new) == (None, None) || !fits(old) || !fits(new) {
        return paint(PENDING, "changed");
    }
    let none = || paint(FAINT, "none");
    let old = old.map_or_else(none, |old| paint(OLD, old));
    let new = new.map_or_else(none, |new| paint(NEW, new));
    format!("{old} → {new}")
}

fn invalidate(tasks: &[String], context: &Context) -> Result<(), Failure> {
    let engine = context.engine_of_workflow()?;
    let invalidated = with_workflow(
        context.options.workflow.as_deref(),
        |workflow| match tasks {
            [] => engine.invalidate_all(workflow.as_deref()),
            tasks => engine.invalidate(workflow.as_deref(), tasks),
        },
    )?;
    if context.options.json {
        return output::document(&InvalidatedDocument { invalidated });
    }
    if !context.options.quiet {
        output::note(&invalidated_text(&invalidated));
    }
    Ok(())
}

/// More names than this say less than their number.
const SHOWN_PATHS: usize = 8;

fn invalidated_text(invalidated: &[InvalidatedRun]) -> String {
    let mut paths: Vec<&str> = invalidated
        .iter()
        .map(|run| run.node_path.as_str())
        .collect();
    paths.dedup();
    match paths.as_slice() {
        [] => "nothing was valid, so nothing is invalidated".to_owned(),
        paths if paths.len() <= SHOWN_PATHS => format!("invalidated: {}", paths.join(", ")),
        paths => {
            let (shown, rest) = paths.split_at(SHOWN_PATHS);
            format!("invalidated: {} and {} more", shown.join(", "), rest.len())
        }
    }
}

fn clear(context: &Context) -> Result<(), Failure> {
    let cleared = context
        .engine_of_workflow()?
        .clear_cache(context.options.workflow.as_deref())?;
    if context.options.json {
        return output::document(&ClearedDocument { cleared });
    }
    if !context.options.quiet {
        let runs = if cleared == 1 { "run" } else { "runs" };
        output::note(&format!("deleted {cleared} stored {runs}"));
    }
    Ok(())
}
