//! Which keys a context has at a point of a workflow, and where they come from: as the latest runs
//! left it and, where tasks have yet to run, as their handlers are written (`trace`); by the code
//! alone (`maker`); and as it would be if the code were another (`presence`).

mod maker;
mod path;
mod presence;
mod trace;

use rigkit_engine::definition::{PointId, TaskIndex, Workflow};
use serde_json::Value;

use self::trace::Trace;
pub(crate) use self::{
    maker::{KeyMakers, TaskOutput},
    path::ContextPath,
    presence::{Doubt, Flow},
};
use crate::{handlers::WrittenMembers, view::ProjectView};

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
    /// The members of what it will hold, as far as code shows them.
    pub(crate) written: WrittenMembers,
}

/// Says where a key of a context comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A task returned it.
    Task(TaskIndex),
    /// It is the context of a parallel branch.
    Branch {
        /// Where the branches come together.
        join: PointId,
        /// Where the branch ended.
        end: PointId,
    },
    /// It belongs to the workspace at this place of the snapshot.
    Workspace(usize),
}

/// Lists the keys at a point, or those below a path of keys.
pub(crate) fn keys_below(
    view: &ProjectView,
    workflow: &Workflow,
    point: PointId,
    path: &[String],
) -> Vec<ContextKey> {
    let Some((last, owners)) = path.split_last() else {
        return Trace::of(view, workflow, point);
    };
    let Some(owner) = key_at(view, workflow, point, owners, last) else {
        return Vec::new();
    };
    match (owner.origin, &owner.value) {
        (Some(Origin::Branch { end, .. }), _) => Trace::of(view, workflow, end),
        (_, Some(Value::Object(members))) => members
            .iter()
            .map(|(name, value)| ContextKey {
                name: name.clone(),
                value: Some(value.clone()),
                ..owner.clone()
            })
            .collect(),
        (_, None) => written_below(&owner),
        _ => Vec::new(),
    }
}

/// Lists the keys below one that never held anything, by the code that makes it.
fn written_below(owner: &ContextKey) -> Vec<ContextKey> {
    let members = owner.written.0.iter();
    let keys = members.map(|(name, written)| ContextKey {
        name: name.clone(),
        written: written.clone(),
        ..owner.clone()
    });
    keys.collect()
}

/// Finds the key that a path leads to.
pub(crate) fn key_at(
    view: &ProjectView,
    workflow: &Workflow,
    point: PointId,
    owners: &[String],
    name: &str,
) -> Option<ContextKey> {
    let keys = keys_below(view, workflow, point, owners);
    keys.into_iter().find(|key| key.name == name)
}
