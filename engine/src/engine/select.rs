//! Finding what a request names.

use crate::{
    definition::{Definition, Operation, TaskIndex, Workflow, by_nearness},
    error::{EngineError, NameKind},
};

/// Finds the workflow a request names, or the only one.
pub(super) fn workflow<'a>(
    definition: &'a Definition,
    name: Option<&str>,
) -> Result<&'a Workflow, EngineError> {
    let known = || {
        definition
            .workflows
            .iter()
            .map(|workflow| workflow.name.to_string())
    };
    match (name, definition.workflows.as_slice()) {
        (Some(name), _) => definition
            .workflow(name)
            .ok_or_else(|| unknown(NameKind::Workflow, name, known().collect())),
        (None, [only]) => Ok(only),
        (None, _) => Err(EngineError::WorkflowNeeded {
            known: known().collect(),
        }),
    }
}

/// Finds the workflows a request names: that one, or all.
pub(super) fn workflows<'a>(
    definition: &'a Definition,
    name: Option<&str>,
) -> Result<Vec<&'a Workflow>, EngineError> {
    match name {
        Some(name) => Ok(vec![workflow(definition, Some(name))?]),
        None => Ok(definition.workflows.iter().collect()),
    }
}

/// Finds one task by name or path.
pub(super) fn task(workflow: &Workflow, target: &str) -> Result<TaskIndex, EngineError> {
    let mut found: Vec<TaskIndex> = workflow
        .find_tasks(target)
        .map(|(index, _)| index)
        .collect();
    // A path names one task, also where it is the name of another.
    if let Some(exact) = found
        .iter()
        .copied()
        .find(|index| *workflow.task(*index).path == *target)
    {
        found = vec![exact];
    }
    match found.as_slice() {
        [only] => Ok(*only),
        [] => {
            let known = workflow
                .tasks
                .iter()
                .map(|task| task.path.to_string())
                .collect();
            Err(unknown(NameKind::Task, target, known))
        }
        several => Err(EngineError::AmbiguousTask {
            name: target.to_owned(),
            paths: several
                .iter()
                .map(|index| workflow.task(*index).path.to_string())
                .collect(),
        }),
    }
}

/// Finds an operation by its id.
pub(super) fn operation<'a>(
    operations: &'a [Operation],
    id: &str,
    kind: NameKind,
    known: Vec<String>,
) -> Result<&'a Operation, EngineError> {
    operations
        .iter()
        .find(|operation| &*operation.id == id)
        .ok_or_else(|| unknown(kind, id, known))
}

/// Says that a name leads nowhere, and which names there are, nearest first.
pub(super) fn unknown(kind: NameKind, name: &str, mut known: Vec<String>) -> EngineError {
    by_nearness(name, &mut known);
    EngineError::Unknown {
        kind,
        name: name.to_owned(),
        known,
    }
}
