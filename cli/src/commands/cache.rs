//! `rig cache`: looks at stored runs, explains them, or throws them out.

use jiff::Timestamp;
use rigkit_engine::{
    CachedRun, CachedRunStatus, ComponentChange, ComponentStatus, Engine, TaskExplanation,
    state::{FailedTask, InvalidatedRun},
    wording::{
        failure::phrase as failed,
        reason::phrase,
        time::{age, duration},
    },
};
use serde::Serialize;

use crate::{
    arguments::CacheCommand,
    confirmation::confirm,
    context::Context,
    failure::{Exit, Failure},
    missing_name::Missing,
    output,
    plan_text::{followers, node_lines, shortened},
    prompt,
    style::{BAD, FAINT, GOOD, NAME, NEW, OLD, PENDING, paint},
    styled_text::{Line, styled},
    table,
    workflow_choice::with_workflow,
};

#[derive(Serialize)]
struct RunsDocument {
    runs: Vec<CachedRun>,
    failures: Vec<FailedTask>,
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
        CacheCommand::Invalidate { tasks, all } => invalidate(tasks, *all, context)?,
        CacheCommand::Clear { yes } => clear(*yes, context)?,
    }
    Ok(Exit::Done)
}

fn list(context: &Context) -> Result<(), Failure> {
    let engine = context.engine_of_workflow()?;
    let workflow = context.options.workflow.as_deref();
    let runs = engine.cached_runs(workflow)?;
    let failures = engine.failed_tasks(workflow)?;
    if context.options.json {
        return output::document(&RunsDocument { runs, failures });
    }
    let now = Timestamp::now();
    if runs.is_empty() {
        output::note("nothing is stored yet; `rig apply` runs the tasks");
    } else {
        let is_shown = |run: &&CachedRun| run.current || context.options.verbose > 0;
        output::lines(&runs_table(runs.iter().filter(is_shown), now))?;
    }
    let failures = failures.iter().map(|task| failed_task(task, now));
    output::lines(&failures.collect::<Vec<Line>>())
}

fn failed_task(task: &FailedTask, now: Timestamp) -> Line {
    let how = failed(&task.failure, now);
    let path = Line::from(paint(NAME, &task.node_path)).into_column();
    let of = format!(" of {}  ", task.workflow);
    styled![path, of, paint(BAD, how)]
}

fn runs_table<'a>(runs: impl Iterator<Item = &'a CachedRun>, now: Timestamp) -> Vec<Line> {
    let rows = runs.map(|run| {
        [
            paint(NAME, &run.node_path).into(),
            (&run.workflow).into(),
            status(run.status),
            age(run.created_at, now).into(),
            duration(run.duration_ms).into(),
            paint(FAINT, &run.id).into(),
        ]
    });
    table::of(["TASK", "WORKFLOW", "STATUS", "AGE", "TOOK", "RUN"], rows)
}

fn status(status: CachedRunStatus) -> Line {
    let (style, word) = match status {
        CachedRunStatus::Valid => (GOOD, "valid"),
        CachedRunStatus::Stale => (PENDING, "stale"),
        CachedRunStatus::Invalidated => (PENDING, "invalidated"),
        CachedRunStatus::Superseded => (FAINT, "superseded"),
        CachedRunStatus::Orphaned => (FAINT, "orphaned"),
    };
    paint(style, word).into()
}

fn explain(task: Option<&str>, context: &Context) -> Result<(), Failure> {
    let engine = context.engine()?;
    let tasks = with_workflow(context.options.workflow.as_deref(), |workflow| {
        engine.explain(workflow.as_deref(), task)
    })?;
    if context.options.json {
        return output::document(&ExplanationsDocument { tasks });
    }
    let now = Timestamp::now();
    let texts = tasks.iter().map(|task| explanation(task, now));
    let texts: Vec<Vec<Line>> = texts.collect();
    output::lines(&texts.join(&styled![]))
}

fn explanation(task: &TaskExplanation, now: Timestamp) -> Vec<Line> {
    let mut lines = vec![Line::from(paint(NAME, &task.workflow))];
    lines.extend(node_lines(&task.node, 0, now));
    for cause in &task.causes {
        let why = phrase(&cause.node.reason, now);
        lines.push(format!("  because of `{}`: {why}", cause.node.path).into());
        lines.extend(followers(cause.pending_after, cause.conditional_after));
    }
    lines.extend(task.components.iter().map(component));
    if !task.history.is_empty() {
        lines.push("  its last runs:".into());
        let table = runs_table(task.history.iter(), now).into_iter();
        lines.extend(table.map(|line| styled!["    ", line]));
    }
    lines
}

fn component(component: &ComponentChange) -> Line {
    let told = match component.status {
        ComponentStatus::Same => paint(FAINT, "the same").into(),
        ComponentStatus::New => paint(FAINT, "nothing to compare with").into(),
        ComponentStatus::Unknown => paint(FAINT, "known once the tasks before it have run").into(),
        ComponentStatus::Changed => changed(component.old.as_deref(), component.new.as_deref()),
    };
    let name = styled![&*component.name].into_column().padded(10);
    styled!["    ", name, "  ", told]
}

/// Shows both values where they can be read beside each other; of longer ones the reason
/// above tells what matters.
fn changed(old: Option<&str>, new: Option<&str>) -> Line {
    let fits = |value: Option<&str>| value.is_none_or(|value| shortened(value) == value);
    if (old, new) == (None, None) || !fits(old) || !fits(new) {
        return paint(PENDING, "changed").into();
    }
    let none = || paint(FAINT, "none");
    let old = old.map_or_else(none, |old| paint(OLD, old));
    let new = new.map_or_else(none, |new| paint(NEW, new));
    styled![old, " → ", new]
}

fn invalidate(tasks: &[String], all: bool, context: &Context) -> Result<(), Failure> {
    let engine = context.engine_of_workflow()?;
    let workflow = context.options.workflow.as_deref();
    let invalidated = match tasks {
        [] if all => engine.invalidate_all(workflow)?,
        [] => invalidate_chosen(&engine, workflow)?,
        tasks => with_workflow(workflow, |workflow| {
            engine.invalidate(workflow.as_deref(), tasks)
        })?,
    };
    if context.options.json {
        return output::document(&InvalidatedDocument { invalidated });
    }
    if !context.options.quiet {
        output::note(invalidated_text(&invalidated));
    }
    Ok(())
}

/// Invalidates the tasks that a person chooses of those that have been run; without a person that is an error that
/// names what to type.
fn invalidate_chosen(
    engine: &Engine,
    workflow: Option<&str>,
) -> Result<Vec<InvalidatedRun>, Failure> {
    let mut runs = engine.cached_runs(workflow)?;
    runs.retain(|run| run.current && run.status != CachedRunStatus::Orphaned);
    let paths: Vec<&str> = runs.iter().map(|run| run.node_path.as_str()).collect();
    let missing = Missing {
        what: "TASK that is to run again",
        line: "rig cache invalidate",
        type_instead: "name it: rig cache invalidate TASK, or all of them: rig cache invalidate --all",
        known: &paths,
    };
    missing.require_person()?;
    if runs.is_empty() {
        return Ok(Vec::new());
    }
    let label = |run: &CachedRun| format!("{} of {}", run.node_path, run.workflow);
    let labels: Vec<String> = runs.iter().map(label).collect();
    let mut invalidated = Vec::new();
    for index in prompt::select_several("Which tasks are to run again?", &labels)? {
        let Some(run) = runs.get(index) else {
            continue;
        };
        let task = std::slice::from_ref(&run.node_path);
        invalidated.extend(engine.invalidate(Some(&run.workflow), task)?);
    }
    Ok(invalidated)
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

fn clear(is_confirmed: bool, context: &Context) -> Result<(), Failure> {
    let engine = context.engine_of_workflow()?;
    let workflow = context.options.workflow.as_deref();
    let stored = engine.cached_runs(workflow)?.len();
    if stored > 0 && !is_confirmed {
        confirm("deleting", "Delete", &counted(stored))?;
    }
    let cleared = engine.clear_cache(workflow)?;
    if context.options.json {
        return output::document(&ClearedDocument { cleared });
    }
    if !context.options.quiet {
        output::note(format!("deleted {}", counted(cleared)));
    }
    Ok(())
}

fn counted(runs: usize) -> String {
    format!("{runs} stored {}", if runs == 1 { "run" } else { "runs" })
}
