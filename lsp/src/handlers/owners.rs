//! Which handlers a definition has, and which function in the code is whose.

use std::collections::{BTreeMap, HashMap};

use rigkit_engine::{
    definition::{Definition, HandlerRef, Operation, Place, TaskIndex, Workflow},
    modules::ModuleId,
};

use super::{
    file::{ProjectFile, Version, carried},
    functions::{given_to_call, is_function},
    sights::{HandlerKind, Sight},
};
use crate::{
    document::{SyntaxNode, size},
    sites::{CallKey, OwnedOperation},
    view::ProjectView,
};

/// Is a handler with where it belongs.
#[derive(Clone, Copy)]
pub(crate) struct OwnedHandler<'a> {
    /// What it sees.
    pub(crate) sight: Sight<'a>,
    /// The call that it is given to.
    pub(crate) place: &'a Place,
    /// Its code.
    pub(crate) code: HandlerRef,
    /// What it is called for.
    pub(crate) owner: HandlerOwner<'a>,
}

/// Says what a handler is called for.
#[derive(Clone, Copy)]
pub(crate) enum HandlerOwner<'a> {
    /// A task.
    Task(TaskIndex),
    /// Making or removing a workspace.
    Workspace,
    /// An operation.
    Operation(&'a Operation),
}

impl OwnedHandler<'_> {
    /// Gives the task whose work it does, if it does that of one.
    pub(crate) fn task(&self) -> Option<TaskIndex> {
        match self.owner {
            HandlerOwner::Task(task) => Some(task),
            HandlerOwner::Workspace | HandlerOwner::Operation(_) => None,
        }
    }
}

/// Lists every handler of a definition.
pub(crate) fn all_handlers(definition: &Definition) -> impl Iterator<Item = OwnedHandler<'_>> {
    let workflows = definition.workflows.iter();
    workflows.flat_map(|workflow| of_tasks(workflow).chain(of_others(workflow)))
}

/// Lists the handlers of tasks, in their order.
fn of_tasks(workflow: &Workflow) -> impl Iterator<Item = OwnedHandler<'_>> {
    let tasks = workflow.tasks.iter().enumerate();
    tasks.map(move |(index, task)| OwnedHandler {
        sight: Sight::of_task(workflow, task),
        place: &task.place,
        code: task.handler,
        owner: HandlerOwner::Task(TaskIndex(index)),
    })
}

/// Lists the handlers that start from what all tasks leave.
pub(crate) fn of_others(workflow: &Workflow) -> impl Iterator<Item = OwnedHandler<'_>> {
    let hooks = workflow.workspace.iter().flat_map(move |workspace| {
        let scope = Some(workflow.scope(workspace.scope));
        [workspace.create, workspace.remove].map(|code| OwnedHandler {
            sight: Sight::at_end(workflow, scope, HandlerKind::Workspace),
            place: &workspace.place,
            code,
            owner: HandlerOwner::Workspace,
        })
    });
    let operations = OwnedOperation::all_of(workflow).map(|owned| OwnedHandler {
        sight: Sight::of_operation(&owned),
        place: &owned.operation.place,
        code: owned.operation.run,
        owner: HandlerOwner::Operation(owned.operation),
    });
    hooks.chain(operations)
}

/// Knows the handlers by where their code begins.
pub(crate) struct HandlersByCode<'a> {
    handlers: HashMap<(ModuleId, Version, u32), Vec<OwnedHandler<'a>>>,
}

impl<'a> HandlersByCode<'a> {
    /// Goes through the handlers of a definition.
    pub(crate) fn new(view: &ProjectView, definition: &'a Definition) -> Self {
        let mut handlers: HashMap<_, Vec<OwnedHandler<'a>>> = HashMap::new();
        for owned in all_handlers(definition) {
            let Some((id, bytes)) = definition.fingerprints.code(owned.code.fingerprint) else {
                continue;
            };
            let Some(module) = definition.graph.get(id) else {
                continue;
            };
            for version in [Version::Current, Version::Evaluated] {
                let start = carried(view, module, version, bytes).start;
                handlers
                    .entry((id, version, start))
                    .or_default()
                    .push(owned);
            }
        }
        Self { handlers }
    }

    /// Finds the innermost function among the nodes around a place that is the code of handlers.
    pub(crate) fn around(
        &self,
        (id, version): (ModuleId, Version),
        nodes: &[SyntaxNode<'_>],
    ) -> Option<(usize, &[OwnedHandler<'a>])> {
        let mut functions = (0..nodes.len()).rev();
        functions.find_map(|depth| {
            let start = code_start(nodes[depth])?;
            let found = self.handlers.get(&(id, version, start))?;
            Some((depth, found.as_slice()))
        })
    }
}

/// Finds the innermost function among the nodes around a place that is the code of handlers, for
/// who asks but once.
pub(super) fn declared_around<'a>(
    view: &ProjectView,
    definition: &'a Definition,
    (id, version): (ModuleId, Version),
    nodes: &[SyntaxNode<'_>],
) -> Option<(usize, Vec<OwnedHandler<'a>>)> {
    let functions = nodes.iter().enumerate();
    let functions: Vec<(usize, u32)> = functions
        .filter_map(|(depth, node)| Some((depth, code_start(*node)?)))
        .collect();
    let module = definition.graph.get(id).filter(|_| !functions.is_empty())?;
    let mut found: BTreeMap<usize, Vec<OwnedHandler<'a>>> = BTreeMap::new();
    for owned in all_handlers(definition) {
        let code = definition.fingerprints.code(owned.code.fingerprint);
        let Some((_, bytes)) = code.filter(|(found, _)| *found == id) else {
            continue;
        };
        let start = carried(view, module, version, bytes).start;
        let function = functions.iter().find(|(_, begin)| *begin == start);
        if let Some((depth, _)) = function {
            found.entry(*depth).or_default().push(owned);
        }
    }
    found.pop_last()
}

/// Says where the code of a function begins for the engine; nothing for what is no function.
pub(super) fn code_start(node: SyntaxNode<'_>) -> Option<u32> {
    let begins_with = match node.kind() {
        // Its name is a property's, and no part of the function.
        "method_definition" => node.child_by_field_name("parameters")?,
        _ if is_function(node) => node,
        _ => return None,
    };
    Some(size(begins_with.start_byte()))
}

/// Is the handler around a place.
pub(crate) struct Handler<'a> {
    /// Which of the nodes around the place is its function.
    pub(crate) depth: usize,
    /// What it is called for.
    pub(crate) uses: Vec<OwnedHandler<'a>>,
}

/// Finds the handler around a place: a function that is written in the call of a builder, or one
/// that is declared elsewhere and named there.
pub(crate) fn handler_around<'a, 'view: 'a>(
    file: &ProjectFile<'_>,
    of_call: impl Fn(CallKey) -> Option<&'a [OwnedHandler<'view>]>,
    by_code: impl FnOnce() -> &'a HandlersByCode<'view>,
    nodes: &[SyntaxNode<'_>],
) -> Option<Handler<'view>> {
    let of_node = |call: SyntaxNode<'_>| of_call(file.call(call)?);
    let tree = file.tree()?;
    if let Some((call, depth)) = given_to_call(tree, nodes, |call| of_node(call).is_some()) {
        let uses = of_node(nodes[call])?.to_vec();
        return Some(Handler { depth, uses });
    }
    if !nodes.iter().any(|node| is_function(*node)) {
        return None;
    }
    let (depth, uses) = by_code().around((file.id, file.version), nodes)?;
    let uses = uses.to_vec();
    Some(Handler { depth, uses })
}
