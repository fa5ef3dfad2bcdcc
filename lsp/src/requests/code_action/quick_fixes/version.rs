//! A capture that cannot be seen: a `version` that takes its place.

use std::{ops::Range, sync::Arc};

use rigkit_engine::{
    definition::{Definition, Task},
    modules::{CallSite, Module},
};

use super::{Fix, Found};
use crate::{
    document::Text,
    requests::code_action::{
        Place,
        edit::FileEdit,
        object::{FirstMember, with_first_member},
    },
    view::ProjectView,
};

/// How many tasks are offered a version.
const MOST: usize = 5;

/// Adds a version to the tasks that reach what cannot be seen, each for itself.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>) -> Vec<Fix> {
    let (Some(definition), Some(range)) = (&place.view.snapshot.definition, &found.problem.range)
    else {
        return Vec::new();
    };
    let mut written: Vec<&Task> = Vec::new();
    for (_, task) in definition.tasks_warned_of(range) {
        // A loop or a shared part makes several tasks of one call.
        if !written.iter().any(|known| known.place == task.place) {
            written.push(task);
        }
    }
    let is_preferred = written.len() == 1;
    let offered = written.into_iter().take(MOST);
    offered
        .filter_map(|task| fix(place.view, definition, task, is_preferred))
        .collect()
}

fn fix(
    view: &ProjectView,
    definition: &Definition,
    task: &Task,
    is_preferred: bool,
) -> Option<Fix> {
    let (module, call) = task.place.call_site(&definition.graph)?;
    Some(Fix {
        title: format!("Add a `version` to `{}`", task.name),
        is_preferred,
        edits: vec![edit(view, module, call)?],
    })
}

fn edit(view: &ProjectView, module: &Module, call: &CallSite) -> Option<FileEdit> {
    let text = match view.document(&module.path) {
        Some(document) => Arc::clone(&document.text),
        None => Arc::new(Text::new(Arc::clone(&module.text))),
    };
    let evaluated = |bytes: &Range<u32>| module.text.get(bytes.start as usize..bytes.end as usize);
    let now = |bytes: &Range<u32>| view.current_bytes(&module.path, bytes);
    // What was edited since may be anything.
    if Some(text.slice(&now(&call.span))) != evaluated(&call.span) {
        return None;
    }
    let member = format!(
        "version: {}",
        one(evaluated(&call.arguments.first()?.span)?)
    );
    let second = now(&call.arguments.get(1)?.span);
    let FirstMember { bytes, new_text } = match call.arguments.len() {
        2 => FirstMember {
            bytes: second.start..second.start,
            new_text: format!("{{ {member} }}, "),
        },
        _ => in_options(&text, &second, &member),
    };
    Some(FileEdit {
        path: module.path.clone(),
        text,
        bytes,
        new_text,
    })
}

/// Adds a member to options, which may be written elsewhere.
fn in_options(text: &Text, options: &Range<u32>, member: &str) -> FirstMember {
    let written = text.slice(options);
    if written.starts_with('{') {
        return with_first_member(text, options, member);
    }
    FirstMember {
        bytes: options.clone(),
        new_text: format!("{{ ...{written}, {member} }}"),
    }
}

/// Writes the first version, between quotes as those of the task's name.
fn one(name: &str) -> String {
    let quote = if name.starts_with('\'') { '\'' } else { '"' };
    format!("{quote}1{quote}")
}
