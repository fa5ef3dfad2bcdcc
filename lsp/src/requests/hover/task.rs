//! What is said of a task: how it stands and why, its last run, and what is around it.

use jiff::Timestamp;
use rigkit_engine::{
    CachedRun, TaskExplanation,
    definition::{CacheTtl, Task, TaskIndex, Workflow},
    plan::{PlanNode, last_tasks},
    state::StoredArtifact,
    wording::{
        provisional::provisional,
        reason::{changes, phrase},
        time::{age, duration, words},
    },
};
use serde_json::Value;

use crate::{
    activity::TaskActivity,
    markdown::{Markdown, code, json_block, markdown, short_json, wording},
    sites::PlannedTask,
    task_state::task_state,
    view::ProjectView,
};

/// How many tasks are told of that one call makes, and how many around a task.
const TOLD: usize = 8;

/// Tells all that is known of a task, or how several stand.
pub(super) fn text(view: &ProjectView, tasks: &[PlannedTask<'_>]) -> Option<Markdown> {
    match tasks {
        [] => None,
        [task] => Some(of_one(view, task)),
        several => Some(of_several(view, several)),
    }
}

/// Says how the tasks stand that one call makes.
fn of_several(view: &ProjectView, tasks: &[PlannedTask<'_>]) -> Markdown {
    let now = Timestamp::now();
    let mut lines = vec![format!("{} tasks:", tasks.len()).into()];
    lines.extend(tasks.iter().take(TOLD).map(|task| {
        let path = code(&task.task.path);
        let workflow = code(&task.workflow.name);
        let state = wording(&task_state(view, task, now));
        markdown!["- ", path, " of ", workflow, ": ", state]
    }));
    if tasks.len() > TOLD {
        let rest = format!("and {} more", tasks.len() - TOLD);
        lines.push(markdown!["- ", rest]);
    }
    Markdown::join(&lines, "\n")
}

fn of_one(view: &ProjectView, planned: &PlannedTask<'_>) -> Markdown {
    let now = Timestamp::now();
    let path = code(&planned.task.path);
    let state = wording(&task_state(view, planned, now));
    let mut sections = vec![markdown!["**", path, "** ", state]];
    sections.extend(failure(view, planned));
    let plan = view.snapshot.plan(&planned.workflow.name);
    sections.extend(plan.and_then(provisional).map(|text| wording(&text)));
    let explained = explained(view, planned);
    if let Some(explained) = &explained {
        sections.extend(reason(explained, now));
    }
    let run = explained
        .as_ref()
        .and_then(|explained| explained.history.first());
    sections.extend(run.map(|run| last_run(run, planned.task, now).into()));
    sections.extend(neighbours(planned));
    sections.extend(run.and_then(left_behind));
    Markdown::join(&sections, "\n\n")
}

fn failure(view: &ProjectView, planned: &PlannedTask<'_>) -> Option<Markdown> {
    let activity = view
        .activity
        .task(&planned.workflow.name, &planned.task.path);
    match activity? {
        TaskActivity::Failed { failure, .. } => Some(code(&failure.message)),
        TaskActivity::Running { .. } | TaskActivity::Done { .. } => None,
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

/// Lists what changed, in the task itself or in those it waits for.
fn reason(explained: &TaskExplanation, now: Timestamp) -> Option<Markdown> {
    let mut lines = changed(&explained.node);
    for cause in explained.causes.iter().take(TOLD) {
        let why = wording(&phrase(&cause.node.reason, now));
        lines.push(markdown!["- ", code(&cause.node.path), ": ", why]);
        let changes = changed(&cause.node).into_iter();
        lines.extend(changes.map(|line| markdown!["  ", line]));
    }
    if explained.causes.len() > TOLD {
        let rest = format!("and {} more", explained.causes.len() - TOLD);
        lines.push(markdown!["- ", rest]);
    }
    (!lines.is_empty()).then(|| Markdown::join(&lines, "\n"))
}

fn changed(node: &PlanNode) -> Vec<Markdown> {
    changes(&node.reason)
        .iter()
        .map(|change| markdown!["- ", code(&change.to_string())])
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
fn neighbours(planned: &PlannedTask<'_>) -> Option<Markdown> {
    let PlannedTask { workflow, task, .. } = planned;
    let before = last_tasks(workflow, task.after);
    let after = tasks_after(workflow, task);
    let before = (!before.is_empty()).then(|| markdown!["runs after ", names(workflow, &before)]);
    let after = (!after.is_empty()).then(|| markdown!["before ", names(workflow, &after)]);
    match (before, after) {
        (Some(before), Some(after)) => Some(markdown![before, " and ", after]),
        (None, Some(after)) => Some(markdown!["runs ", after]),
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

fn names(workflow: &Workflow, tasks: &[TaskIndex]) -> Markdown {
    let told = tasks.iter().take(TOLD);
    let mut names: Vec<Markdown> = told
        .map(|index| code(&workflow.task(*index).path))
        .collect();
    if tasks.len() > TOLD {
        names.push(format!("{} more", tasks.len() - TOLD).into());
    }
    match names.as_slice() {
        [rest @ .., last] if !rest.is_empty() => {
            markdown![Markdown::join(rest, ", "), " and ", last.clone()]
        }
        names => Markdown::join(names, ""),
    }
}

/// Shows what the last run made: its context, and its artifacts.
fn left_behind(run: &CachedRun) -> Option<Markdown> {
    let mut sections: Vec<Markdown> = Vec::new();
    let artifacts: Vec<Markdown> = run.artifacts.iter().map(artifact).collect();
    if !artifacts.is_empty() {
        let list = Markdown::join(&artifacts, "\n");
        sections.push(markdown!["artifacts:\n", list]);
    }
    if !run.output.is_empty() {
        let context = json_block(&Value::Object(run.output.clone()));
        sections.push(markdown!["context it left:\n", context]);
    }
    (!sections.is_empty()).then(|| Markdown::join(&sections, "\n\n"))
}

fn artifact(artifact: &StoredArtifact) -> Markdown {
    let reference = code(&short_json(&artifact.reference));
    let (kind, provider) = (code(&artifact.kind), code(&artifact.provider_id));
    markdown!["- ", kind, " of ", provider, ": ", reference]
}
