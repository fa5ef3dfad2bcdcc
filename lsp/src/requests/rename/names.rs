//! Which names something may be given.

use std::{collections::HashSet, sync::Arc};

use rigkit_engine::definition::{
    Outline, PathPart, PathPartKind, PointId, RESERVED_OPERATION_IDS, RESERVED_PROVIDER_NAMES,
    Renaming,
};

use super::{Refusal, plan::RenamePlan};
use crate::{
    sites::CallKey,
    symbols::{ProjectNames, Symbol},
};

/// Refuses a name that cannot be, or would be something else's as well.
pub(super) fn check(
    names: &ProjectNames<'_>,
    plan: &RenamePlan,
    name: &str,
) -> Result<(), Refusal> {
    if name.is_empty() {
        return Err("a name cannot be empty".to_owned());
    }
    if name == plan.occurrence.name {
        return Ok(());
    }
    let new_name: Arc<str> = Arc::from(name);
    plan.symbols.iter().try_for_each(|symbol| match symbol {
        Symbol::Task(_) | Symbol::Sequence(_) => check_paths(names, plan, &new_name),
        Symbol::Branch(call, _) => {
            check_branch(names, *call, name)?;
            check_paths(names, plan, &new_name)
        }
        Symbol::Operation(call) => check_operation(names, *call, name),
        Symbol::Provider(call, old) => check_provider(names, *call, old, name),
        Symbol::ContextKey(..) => check_key(names, plan, name),
    })
}

/// Lists the parts of paths that get another name.
pub(super) fn renamed_parts(names: &ProjectNames<'_>, plan: &RenamePlan) -> Vec<PathPart> {
    let part = |symbol: &Symbol| {
        Some(PathPart {
            name: Arc::from(&*plan.occurrence.name),
            kind: part_kind(symbol)?,
            place: names.place(symbol.call())?,
        })
    };
    plan.symbols.iter().filter_map(part).collect()
}

fn part_kind(symbol: &Symbol) -> Option<PathPartKind> {
    match symbol {
        Symbol::Task(_) => Some(PathPartKind::Task),
        Symbol::Sequence(_) => Some(PathPartKind::Sequence),
        Symbol::Branch(..) => Some(PathPartKind::Branch),
        Symbol::Operation(_) | Symbol::Provider(..) | Symbol::ContextKey(..) => None,
    }
}

fn check_paths(
    names: &ProjectNames<'_>,
    plan: &RenamePlan,
    name: &Arc<str>,
) -> Result<(), Refusal> {
    let parts = renamed_parts(names, plan);
    let renaming = Renaming {
        parts: &parts,
        name,
    };
    for workflow in &names.definition.workflows {
        let mut seen = HashSet::new();
        for path in workflow.path_parts(Some(renaming)) {
            let path = joined(&path);
            if !seen.insert(path.clone()) {
                return Err(format!("two tasks would have the path `{path}`"));
            }
        }
    }
    Ok(())
}

/// Writes a path.
pub(super) fn joined(path: &[PathPart]) -> String {
    let names: Vec<&str> = path.iter().map(|part| &*part.name).collect();
    names.join(".")
}

fn check_branch(names: &ProjectNames<'_>, call: CallKey, name: &str) -> Result<(), Refusal> {
    let workflows = names.definition.workflows.iter();
    let mut outlines: Vec<&Outline> = workflows.map(|workflow| &workflow.outline).collect();
    while let Some(outline) = outlines.pop() {
        match outline {
            Outline::Task(_) => {}
            Outline::Sequence { children, .. } => outlines.extend(children),
            Outline::Parallel { place, branches } => {
                let is_it = CallKey::of(place, &names.definition.graph) == Some(call);
                if is_it && branches.iter().any(|(branch, _)| **branch == *name) {
                    return Err(format!("there is a branch `{name}` already"));
                }
                outlines.extend(branches.iter().map(|(_, branch)| branch));
            }
        }
    }
    Ok(())
}

fn check_operation(names: &ProjectNames<'_>, call: CallKey, id: &str) -> Result<(), Refusal> {
    if RESERVED_OPERATION_IDS.contains(&id) {
        return Err(format!(
            "`{id}` cannot be the id of an operation: it is a command of rig"
        ));
    }
    let graph = &names.definition.graph;
    for workflow in &names.definition.workflows {
        for (operations, is_on_workspace) in [
            (&workflow.operations, false),
            (&workflow.workspace_operations, true),
        ] {
            let mut own = operations
                .iter()
                .filter(|operation| CallKey::of(&operation.place, graph) == Some(call));
            if own.next().is_none() {
                continue;
            }
            if is_on_workspace && id.contains('/') {
                return Err(format!(
                    "the id of a workspace operation cannot have a `/`: `{id}`"
                ));
            }
            if operations.iter().any(|operation| *operation.id == *id) {
                return Err(format!("there is an operation `{id}` already"));
            }
        }
    }
    Ok(())
}

fn check_provider(
    names: &ProjectNames<'_>,
    call: CallKey,
    old: &str,
    name: &str,
) -> Result<(), Refusal> {
    if RESERVED_PROVIDER_NAMES.contains(&name) {
        return Err(format!(
            "a provider cannot be named `{name}`: handlers receive something else under it"
        ));
    }
    let graph = &names.definition.graph;
    let workflows = names.definition.workflows.iter();
    let mut scopes = workflows.flat_map(|workflow| &workflow.scopes);
    let is_taken = scopes.any(|scope| {
        let named_at = scope.provider_places.get(old);
        let sees_it = named_at.and_then(|place| CallKey::of(place, graph)) == Some(call);
        sees_it && scope.providers.contains_key(name)
    });
    if is_taken {
        return Err(format!("there is a provider `{name}` already"));
    }
    Ok(())
}

/// Where both are in the context, one would hide the other.
fn check_key(names: &ProjectNames<'_>, plan: &RenamePlan, key: &str) -> Result<(), Refusal> {
    let old_key = &plan.occurrence.name;
    let [old, new] = [old_key, key].map(|key| [key.to_owned()]);
    for workflow in &names.definition.workflows {
        for point in (0..workflow.points.len()).map(PointId) {
            let maker = names.maker(workflow, point, &old);
            let has_old = maker.is_some_and(|symbol| plan.symbols.contains(&symbol));
            if has_old && names.maker(workflow, point, &new).is_some() {
                return Err(format!(
                    "there is a key `{key}` in the context already, beside `{old_key}`"
                ));
            }
        }
    }
    Ok(())
}
