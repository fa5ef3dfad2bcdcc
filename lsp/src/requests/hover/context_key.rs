//! What is said of a key of a context: its last value, and the task it comes from.

use jiff::Timestamp;
use rigkit_engine::{definition::TaskIndex, wording::time::age};

use crate::{
    context_keys::{ContextKey, Origin},
    handlers::Sight,
    markdown::{Markdown, code, markdown, short_json},
    view::ProjectView,
};

/// How many handlers are told apart.
const TOLD: usize = 5;

/// Tells what a key held last.
pub(super) fn text(
    view: &ProjectView,
    name: &str,
    found: &[(Sight<'_>, ContextKey)],
) -> Option<Markdown> {
    let mut lines: Vec<Markdown> = Vec::new();
    for (sight, key) in found {
        let line = line(view, sight, key);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let rest = lines.len().saturating_sub(TOLD);
    lines.truncate(TOLD);
    if rest > 0 {
        lines.push(format!("and {rest} more").into());
    }
    match lines.as_slice() {
        [] => None,
        [only] => Some(markdown![code(name), ": ", only.clone()]),
        several => {
            let list = Markdown::join(several, "\n- ");
            Some(markdown![code(name), ":\n- ", list])
        }
    }
}

fn line(view: &ProjectView, sight: &Sight<'_>, key: &ContextKey) -> Markdown {
    let value = key.value.as_ref().map(|value| code(&short_json(value)));
    match (value, origin(view, sight, key)) {
        (Some(value), Some(origin)) => markdown![value, " from ", origin],
        (Some(value), None) => value,
        (None, Some(origin)) => markdown!["no value yet, will come from ", origin],
        (None, None) => Markdown::fixed("no value yet"),
    }
}

/// Says where a key comes from, and since when it has its value.
pub(crate) fn origin(view: &ProjectView, sight: &Sight<'_>, key: &ContextKey) -> Option<Markdown> {
    match key.origin? {
        Origin::Task(task) => Some(task_origin(view, sight, key, task)),
        Origin::Branch { .. } => Some(markdown!["the branch ", code(&key.name)]),
        Origin::Workspace(index) => {
            let workspace = view.snapshot.workspaces.get(index)?;
            Some(markdown!["the workspace ", code(&workspace.name)])
        }
    }
}

fn task_origin(
    view: &ProjectView,
    sight: &Sight<'_>,
    key: &ContextKey,
    task: TaskIndex,
) -> Markdown {
    let plan = view.snapshot.plan(&sight.workflow.name);
    let node = plan.and_then(|plan| plan.nodes.get(task.0));
    let made = node.and_then(|node| node.created_at);
    let path = code(&sight.workflow.task(task).path);
    match made.filter(|_| key.value.is_some()) {
        Some(made) => markdown![path, ", ", age(made, Timestamp::now()), " ago"],
        None => path,
    }
}
