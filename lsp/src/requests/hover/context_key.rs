//! What is said of a key of a context: its last value, and the task it comes from.

use jiff::Timestamp;
use rigkit_engine::{definition::TaskIndex, wording::time::age};

use crate::{
    context_keys::{ContextKey, Origin},
    handlers::Sight,
    markdown::{code, short_json},
    view::ProjectView,
};

/// How many handlers are told apart.
const TOLD: usize = 5;

/// Tells what a key held last.
pub(super) fn text(
    view: &ProjectView,
    name: &str,
    found: &[(Sight<'_>, ContextKey)],
) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    for (sight, key) in found {
        let line = line(view, sight, key);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let told: Vec<&str> = lines.iter().take(TOLD).map(String::as_str).collect();
    let rest = lines.len() - told.len();
    match told.as_slice() {
        [] => None,
        [only] => Some(format!("{}: {only}", code(name))),
        several if rest == 0 => Some(format!("{}:\n- {}", code(name), several.join("\n- "))),
        several => {
            let list = several.join("\n- ");
            Some(format!("{}:\n- {list}\n- and {rest} more", code(name)))
        }
    }
}

fn line(view: &ProjectView, sight: &Sight<'_>, key: &ContextKey) -> String {
    let value = key.value.as_ref().map(|value| code(&short_json(value)));
    match (value, origin(view, sight, key)) {
        (Some(value), Some(origin)) => format!("{value} from {origin}"),
        (Some(value), None) => value,
        (None, Some(origin)) => format!("no value yet, will come from {origin}"),
        (None, None) => "no value yet".to_owned(),
    }
}

/// Says where a key comes from, and since when it has its value.
pub(crate) fn origin(view: &ProjectView, sight: &Sight<'_>, key: &ContextKey) -> Option<String> {
    match key.origin? {
        Origin::Task(task) => Some(task_origin(view, sight, key, task)),
        Origin::Branch { .. } => Some(format!("the branch {}", code(&key.name))),
        Origin::Workspace(index) => {
            let workspace = view.snapshot.workspaces.get(index)?;
            Some(format!("the workspace {}", code(&workspace.name)))
        }
    }
}

fn task_origin(view: &ProjectView, sight: &Sight<'_>, key: &ContextKey, task: TaskIndex) -> String {
    let plan = view.snapshot.plan(&sight.workflow.name);
    let node = plan.and_then(|plan| plan.nodes.get(task.0));
    let made = node.and_then(|node| node.created_at);
    let path = code(&sight.workflow.task(task).path);
    match made.filter(|_| key.value.is_some()) {
        Some(made) => format!("{path}, {} ago", age(made, Timestamp::now())),
        None => path,
    }
}
