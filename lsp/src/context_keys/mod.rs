//! Which keys a context has at a point of a workflow: as the latest runs left it, and, where tasks
//! have yet to run, as their handlers are written.

mod path;
mod returned;
mod trace;

use rigkit_engine::definition::{PointId, TaskIndex, Workflow};
use serde_json::Value;

pub(crate) use self::path::ContextPath;
use self::trace::Trace;
use crate::view::ProjectView;

/// Is one key of a context.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ContextKey {
    /// The key.
    pub(crate) name: String,
    /// What it held last; nothing where the task that makes it never ran.
    pub(crate) value: Option<Value>,
    /// Where it comes from, as far as that is known.
    pub(crate) origin: Option<Origin>,
    /// How many tasks before the point it was made, counted from 0.
    pub(crate) distance: usize,
}

/// Says where a key of a context comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A task returned it.
    Task(TaskIndex),
    /// It is what a parallel branch ended with, at this point.
    Branch(PointId),
    /// It belongs to the workspace at this place of the snapshot.
    Workspace(usize),
}

/// Lists the keys at a point, or those below a path of keys.
pub(crate) fn keys_below(
    view: &ProjectView,
    workflow: &Workflow,
    point: PointId,
    path: &[&str],
) -> Vec<ContextKey> {
    let Some((last, owners)) = path.split_last() else {
        return Trace::of(view, workflow, point);
    };
    let Some(owner) = key_at(view, workflow, point, owners, last) else {
        return Vec::new();
    };
    match (owner.origin, &owner.value) {
        (Some(Origin::Branch(end)), _) => Trace::of(view, workflow, end),
        (_, Some(Value::Object(members))) => members
            .iter()
            .map(|(name, value)| ContextKey {
                name: name.clone(),
                value: Some(value.clone()),
                ..owner.clone()
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Finds the key that a path leads to.
pub(crate) fn key_at(
    view: &ProjectView,
    workflow: &Workflow,
    point: PointId,
    owners: &[&str],
    name: &str,
) -> Option<ContextKey> {
    let keys = keys_below(view, workflow, point, owners);
    keys.into_iter().find(|key| key.name == name)
}
