//! What is said of a task: how it stands and why, its last run, and what is around it.

use jiff::Timestamp;
use rigkit_engine::{
    CachedRun, TaskExplanation,
    definition::{CacheTtl, Task, TaskIndex, Workflow},
    plan::{PlanNode, last_tasks},
    state::StoredArtifact,
    wording::{
        reason::{changes, phrase},
        time::{age, duration, words},
    },
};
use serde_json::Value;

use crate::{
    activity::TaskActivity,
    markdown::{code, json_block, short_json},
    sites::PlannedTask,
    task_state::task_state,
    view::ProjectView,
};

/// How many tasks are told of that one call makes, and how many around a task.
const TOLD: usize = 8;

/// Tells all that is known of a task, or how several stand.
pub(super) fn text(view: &ProjectView, tasks: &[PlannedTask<'_>]) -> Option<String> {
    match tasks {
        [] => None,
        [task] => Some(of_one(view, task)),
        several => Some(of_several(view, several)),
    }
}

/// Says how the tasks stand that one call makes.
fn of_several(view: &ProjectView, tasks: &[PlannedTask<'_>]) -> String {
    let now = Timestamp::now();
    let mut lines = vec![format!("{} tasks:", tasks.len())];
    lines.extend(tasks.iter().take(TOLD).map(|task| {
        let path = code(&task.task.path);
        let workflow = code(&task.workflow.name);
        format!("- {path} of {workflow}: {}", task_state(view, task, now))
    }));
    if tasks.len() > TOLD {
        lines.push(format!("- and {} more", tasks.len() - TOLD));
    }
    lines.join("\n")
}

fn of_one(view: &ProjectView, planned: &PlannedTask<'_>) -> String {
    let now = Timestamp::now();
    let path = code(&planned.task.path);
    let mut sections = vec![format!("**{path}** {}", task_state(view, planned, now))];
    sections.extend(failure(view, planned));
    let explained = explained(view, planned);
    if let Some(explained) = &explained {
        sections.extend(reason(explained, now));
    }
    let run = explained
        .as_ref()
        .and_then(|explained| explained.history.first());
    sections.extend(run.map(|run| last_run(run, planned.task, now)));
    sections.extend(neighbours(planned));
    sections.extend(run.and_then(left_behind));
    sections.join("\n\n")
}

fn failure(view: &ProjectView, planned: &PlannedTask<'_>) -> Option<String> {
    let activity = view
        .activity
        .task(&planned.workflow.name, &planned.task.path);
    match activity? {
        TaskActivity::Failed { failure, .. } => Some(code(&failure.message)),
        TaskActivity::Running { .. } => None,
    }
}

fn explained(view: &ProjectView, planned: &PlannedTask<'_>) -> Option<TaskExplanation> {
    let definition = view.snapshot.definition.as_ref()?;
    let workflow = Some(&*planned.workflow.name);
    let task = Some(&*planned.task.path);
    // What cannot be explained is told of by diagnostics.
    let explained = view.engine().explain_definition(definition, workflow, task);
    explained.ok()?.into_iter().next()
}

/// Lists what changed, in the task itself or in the one it waits for.
fn reason(explained: &TaskExplanation, now: Timestamp) -> Option<String> {
    let mut lines = changed(&explained.node);
    if let Some(cause) = &explained.cause {
        let why = phrase(&cause.reason, now);
        lines.push(format!("- {}: {why}", code(&cause.path)));
        let causes = changed(cause).into_iter();
        lines.extend(causes.map(|line| format!("  {line}")));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn changed(node: &PlanNode) -> Vec<String> {
    changes(&node.reason)
        .iter()
        .map(|change| format!("- {}", code(&change.to_string())))
        .collect()
}

fn last_run(run: &CachedRun, task: &Task, now: Timestamp) -> String {
    let age = age(run.created_at, now);
    let took = duration(run.duration_ms);
    let mut line = format!("last run {age} ago, took {took}");
    if let Some(fresh_for) = task.options.cache_ttl.filter(|ttl| !ttl.is_zero()) {
        line.push_str(&format!(
            ", kept for {}",
            words(CacheTtl::duration(fresh_for))
        ));
    }
    line
}

/// Names the tasks directly before and after.
fn neighbours(planned: &PlannedTask<'_>) -> Option<String> {
    let PlannedTask { workflow, task, .. } = planned;
    let before = last_tasks(workflow, task.after);
    let after = tasks_after(workflow, task);
    let before = (!before.is_empty()).then(|| format!("runs after {}", names(workflow, &before)));
    let after = (!after.is_empty()).then(|| format!("before {}", names(workflow, &after)));
    match (before, after) {
        (Some(before), Some(after)) => Some(format!("{before} and {after}")),
        (None, Some(after)) => Some(format!("runs {after}")),
        (before, None) => before,
    }
}

fn tasks_after(workflow: &Workflow, task: &Task) -> Vec<TaskIndex> {
    let indexed = workflow.tasks.iter().enumerate();
    let follows = indexed.filter(|(_, other)| {
        let before = last_tasks(workflow, other.after);
        before
            .iter()
            .any(|index| workflow.task(*index).path == task.path)
    });
    follows.map(|(index, _)| TaskIndex(index)).collect()
}

fn names(workflow: &Workflow, tasks: &[TaskIndex]) -> String {
    let told = tasks.iter().take(TOLD);
    let mut names: Vec<String> = told
        .map(|index| code(&workflow.task(*index).path))
        .collect();
    if tasks.len() > TOLD {
        names.push(format!("{} more", tasks.len() - TOLD));
    }
    match names.as_slice() {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        names => names.concat(),
    }
}

/// Shows what the last run made: its context, and its artifacts.
fn left_behind(run: &CachedRun) -> Option<String> {
    let artifacts = run.artifacts.iter().map(artifact);
    let mut sections: Vec<String> = Vec::new();
    let artifacts: Vec<String> = artifacts.collect();
    if !artifacts.is_empty() {
        sections.push(format!("artifacts:\n{}", artifacts.join("\n")));
    }
    if !run.output.is_empty() {
        let context = json_block(&Value::Object(run.output.clone()));
        sections.push(format!("context it left:\n{context}"));
    }
    (!sections.is_empty()).then(|| sections.join("\n\n"))
}

fn artifact(artifact: &StoredArtifact) -> String {
    let reference = code(&short_json(&artifact.reference));
    let (kind, provider) = (code(&artifact.kind), code(&artifact.provider_id));
    format!("- {kind} of {provider}: {reference}")
}
