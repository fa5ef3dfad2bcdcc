//! Where what a definition defines is written: the calls that made it, file by file.

use std::{collections::BTreeMap, ops::Range, path::Path};

use rigkit_engine::{
    definition::{Definition, Operation, Place, Task, Workflow, WorkspaceDefinition},
    modules::{Module, ModuleGraph, ModuleId, ModuleOrigin},
    plan::PlanNode,
};

use crate::analysis::Snapshot;

/// Is the call that made something, in the text that was evaluated.
#[derive(Debug, Clone)]
pub(crate) struct Site<'a> {
    /// The module it is written in.
    pub(crate) module: &'a Module,
    /// The whole call: for `a.b("x")` from `b` to the closing parenthesis.
    pub(crate) call: Range<u32>,
    /// What a person points at: the name that is given, or the called function.
    pub(crate) name: Range<u32>,
}

/// Names a call of a builder, in the text that was evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct CallKey {
    /// The module it is written in.
    pub(crate) module: ModuleId,
    /// Where the name of the called function begins.
    pub(crate) start: u32,
}

impl CallKey {
    /// Finds the call at a place.
    pub(crate) fn of(place: &Place, graph: &ModuleGraph) -> Option<Self> {
        let (_, call) = place.call_site(graph)?;
        Some(Self {
            module: place.module(graph)?,
            start: call.span.start,
        })
    }
}

/// Is a task with how it stands.
#[derive(Clone, Copy)]
pub(crate) struct PlannedTask<'a> {
    /// The workflow it is part of.
    pub(crate) workflow: &'a Workflow,
    /// The task.
    pub(crate) task: &'a Task,
    /// How it stands, where that is known.
    pub(crate) node: Option<&'a PlanNode>,
}

/// Is what one call made: several tasks where it is in a loop, a factory, or a part that several
/// workflows share.
pub(crate) struct TaskSite<'a> {
    /// The call.
    pub(crate) site: Site<'a>,
    /// The tasks, at least one.
    pub(crate) tasks: Vec<PlannedTask<'a>>,
}

/// Finds the call at a place, if it is one of the project's own files.
pub(crate) fn site<'a>(definition: &'a Definition, place: &Place) -> Option<Site<'a>> {
    let module = definition.graph.get(place.module(&definition.graph)?)?;
    if module.origin != ModuleOrigin::Project {
        return None;
    }
    let Some((_, call)) = place.call_site(&definition.graph) else {
        let range = place.range(&definition.graph)?;
        return Some(Site {
            module,
            call: range.bytes.clone(),
            name: range.bytes,
        });
    };
    let first = call.arguments.first();
    let name = first.filter(|argument| is_text(module, &argument.span));
    Some(Site {
        module,
        call: call.span.clone(),
        name: name.map_or(call.callee.clone(), |argument| argument.span.clone()),
    })
}

fn is_text(module: &Module, bytes: &Range<u32>) -> bool {
    let text = module.text.get(bytes.start as usize..bytes.end as usize);
    text.is_some_and(|text| text.starts_with(['"', '\'', '`']))
}

/// Lists the tasks written in a file, in its order.
pub(crate) fn tasks_in<'a>(snapshot: &'a Snapshot, path: &Path) -> Vec<TaskSite<'a>> {
    let Some(definition) = &snapshot.definition else {
        return Vec::new();
    };
    let Some(file) = definition.graph.find(path) else {
        return Vec::new();
    };
    let mut sites: BTreeMap<(u32, u32), TaskSite<'a>> = BTreeMap::new();
    for planned in
        all_tasks(snapshot).filter(|planned| is_in(definition, &planned.task.place, file))
    {
        let Some(site) = site(definition, &planned.task.place) else {
            continue;
        };
        let key = (site.call.start, site.call.end);
        let entry = sites.entry(key).or_insert_with(|| TaskSite {
            site,
            tasks: Vec::new(),
        });
        entry.tasks.push(planned);
    }
    sites.into_values().collect()
}

/// Lists every task of a definition.
pub(crate) fn all_tasks(snapshot: &Snapshot) -> impl Iterator<Item = PlannedTask<'_>> {
    snapshot.workflows().flat_map(|(workflow, plan)| {
        Snapshot::tasks(workflow, plan).map(move |(_, task, node)| PlannedTask {
            workflow,
            task,
            node,
        })
    })
}

/// Lists the workflows written in a file.
pub(crate) fn workflows_in<'a>(
    snapshot: &'a Snapshot,
    path: &Path,
) -> Vec<(Site<'a>, &'a Workflow)> {
    let workflows = snapshot.workflows().map(|(workflow, _)| workflow);
    written_in(
        snapshot,
        path,
        workflows.map(|workflow| (&workflow.place, workflow)),
    )
}

/// Lists the workspace definitions written in a file.
pub(crate) fn workspaces_in<'a>(
    snapshot: &'a Snapshot,
    path: &Path,
) -> Vec<(Site<'a>, (&'a Workflow, &'a WorkspaceDefinition))> {
    let definitions = snapshot.workflows().filter_map(|(workflow, _)| {
        let definition = workflow.workspace.as_ref()?;
        Some((&definition.place, (workflow, definition)))
    });
    written_in(snapshot, path, definitions)
}

/// Is an operation with where it belongs.
#[derive(Clone, Copy)]
pub(crate) struct OwnedOperation<'a> {
    /// The workflow that has it.
    pub(crate) workflow: &'a Workflow,
    /// The operation.
    pub(crate) operation: &'a Operation,
    /// Whether it works on a workspace.
    pub(crate) is_on_workspace: bool,
}

impl<'a> OwnedOperation<'a> {
    /// Lists the operations of a workflow.
    pub(crate) fn all_of(workflow: &'a Workflow) -> impl Iterator<Item = Self> {
        let owned = move |is_on_workspace| {
            move |operation| Self {
                workflow,
                operation,
                is_on_workspace,
            }
        };
        let of_project = workflow.operations.iter().map(owned(false));
        of_project.chain(workflow.workspace_operations.iter().map(owned(true)))
    }
}

/// Lists the operations written in a file.
pub(crate) fn operations_in<'a>(
    snapshot: &'a Snapshot,
    path: &Path,
) -> Vec<(Site<'a>, OwnedOperation<'a>)> {
    let workflows = snapshot.workflows();
    let operations = workflows.flat_map(|(workflow, _)| OwnedOperation::all_of(workflow));
    written_in(
        snapshot,
        path,
        operations.map(|owned| (&owned.operation.place, owned)),
    )
}

fn written_in<'a, T>(
    snapshot: &'a Snapshot,
    path: &Path,
    items: impl Iterator<Item = (&'a Place, T)>,
) -> Vec<(Site<'a>, T)> {
    let Some(definition) = &snapshot.definition else {
        return Vec::new();
    };
    let Some(file) = definition.graph.find(path) else {
        return Vec::new();
    };
    items
        .filter(|(place, _)| is_in(definition, place, file))
        .filter_map(|(place, item)| Some((site(definition, place)?, item)))
        .collect()
}

fn is_in(definition: &Definition, place: &Place, file: ModuleId) -> bool {
    place.module(&definition.graph) == Some(file)
}
