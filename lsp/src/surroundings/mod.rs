//! Which handlers a place may be in, and what they see: the context they start from and the
//! providers in scope.

mod calls;
pub(crate) mod functions;

use std::ops::Range;

use rigkit_engine::{
    definition::{Definition, Place, PointId, Scope, Workflow},
    modules::{CallSite, Module, PropertySite},
};

use self::calls::{Call, calls_in};
use crate::{
    document::{Document, SyntaxTree},
    sites::{OwnedOperation, PlannedTask, all_operations, all_tasks},
    view::ProjectView,
};

/// Is what a handler sees.
#[derive(Clone, Copy)]
pub(crate) struct Sight<'a> {
    /// The workflow it is part of.
    pub(crate) workflow: &'a Workflow,
    /// The state whose context it sees.
    pub(crate) point: PointId,
    /// What is in scope; nothing where nobody knows who calls it.
    pub(crate) scope: Option<&'a Scope>,
    /// What kind of handler it is.
    pub(crate) kind: HandlerKind,
}

/// Says what a handler does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandlerKind {
    /// It is the work of a task.
    Task,
    /// It makes, removes or works on a workspace.
    Workspace,
    /// It is a command of the project.
    Operation,
    /// It is called from any of them.
    Helper,
}

impl HandlerKind {
    /// Tells the kind by the builder that takes the handler.
    fn of_builder(method: &str) -> Option<Self> {
        match method {
            "task" | "step" => Some(Self::Task),
            "workspace" | "workspaceOperation" => Some(Self::Workspace),
            "operation" => Some(Self::Operation),
            _ => None,
        }
    }
}

/// Finds what the handlers around a place see: several where a loop, a factory or a shared part
/// makes several handlers of one piece of code.
pub(crate) fn sights<'a>(
    view: &'a ProjectView,
    document: &Document,
    offset: u32,
) -> Vec<Sight<'a>> {
    let calls = calls_in(view, &document.path);
    let holding = calls.iter().filter(|call| call.bytes.contains(&offset));
    let innermost = holding
        .filter(|call| call.made.has_handler())
        .min_by_key(|call| call.bytes.len());
    if let Some(call) = innermost {
        return call.made.sights();
    }
    let Some(tree) = document.syntax.tree() else {
        return Vec::new();
    };
    let functions = functions::around(tree, offset);
    let names: Vec<&str> = functions
        .filter_map(|function| functions::name(tree, function))
        .collect();
    let passed = passed_by_name(view, &names);
    if !passed.is_empty() {
        return passed;
    }
    not_evaluated(&calls, tree, offset).unwrap_or_else(|| anywhere(view))
}

/// Finds what the handler sees whose parameters a place is in; nothing in other functions.
pub(crate) fn sights_of_parameter<'a>(
    view: &'a ProjectView,
    document: &Document,
    offset: u32,
) -> Vec<Sight<'a>> {
    let Some(tree) = document.syntax.tree() else {
        return Vec::new();
    };
    match functions::with_parameter(tree, offset) {
        Some(function) if functions::is_given_to_builder(tree, function) => {
            sights(view, document, offset)
        }
        Some(function) => {
            let name = functions::name(tree, function);
            passed_by_name(view, name.as_slice())
        }
        None => Vec::new(),
    }
}

fn of_task<'a>(planned: &PlannedTask<'a>) -> Sight<'a> {
    Sight {
        workflow: planned.workflow,
        point: planned.task.after,
        scope: Some(planned.workflow.scope(planned.task.scope)),
        kind: HandlerKind::Task,
    }
}

fn of_operation<'a>(owned: &OwnedOperation<'a>) -> Sight<'a> {
    let kind = if owned.is_on_workspace {
        HandlerKind::Workspace
    } else {
        HandlerKind::Operation
    };
    let scope = owned.workflow.scope(owned.operation.scope);
    at_end(owned.workflow, Some(scope), kind)
}

fn at_end<'a>(workflow: &'a Workflow, scope: Option<&'a Scope>, kind: HandlerKind) -> Sight<'a> {
    Sight {
        workflow,
        point: workflow.end,
        scope,
        kind,
    }
}

/// Finds the users of a handler that has a name of its own and is passed by it.
fn passed_by_name<'a>(view: &'a ProjectView, names: &[&str]) -> Vec<Sight<'a>> {
    let definition = view.snapshot.definition.as_ref();
    let Some(definition) = definition.filter(|_| !names.is_empty()) else {
        return Vec::new();
    };
    let takes = |place: &Place| takes_one_of(definition, place, names);
    let tasks = all_tasks(&view.snapshot).filter(|planned| takes(&planned.task.place));
    let operations = all_operations(&view.snapshot);
    let operations = operations.filter(|owned| takes(&owned.operation.place));
    let workspaces = definition.workflows.iter().filter_map(|workflow| {
        let workspace = workflow.workspace.as_ref()?;
        let scope = Some(workflow.scope(workspace.scope));
        takes(&workspace.place).then(|| at_end(workflow, scope, HandlerKind::Workspace))
    });
    tasks
        .map(|planned| of_task(&planned))
        .chain(operations.map(|owned| of_operation(&owned)))
        .chain(workspaces)
        .collect()
}

/// Says whether a call is given something by one of these names.
fn takes_one_of(definition: &Definition, place: &Place, names: &[&str]) -> bool {
    let Some((module, call)) = place.call_site(&definition.graph) else {
        return false;
    };
    given(call).any(|bytes| names.contains(&text_at(module, bytes)))
}

fn given(call: &CallSite) -> impl Iterator<Item = &Range<u32>> {
    call.arguments.iter().flat_map(|argument| {
        let properties = argument.properties.iter();
        let values = properties.map(|property: &PropertySite| &property.value);
        std::iter::once(&argument.span).chain(values)
    })
}

fn text_at<'a>(module: &'a Module, bytes: &Range<u32>) -> &'a str {
    let bytes = bytes.start as usize..bytes.end as usize;
    module.text.get(bytes).unwrap_or_default()
}

/// Finds what a handler would see whose call was not evaluated yet.
fn not_evaluated<'a>(calls: &[Call<'a>], tree: &SyntaxTree, offset: u32) -> Option<Vec<Sight<'a>>> {
    if let Some((kind, owner)) = functions::builder_call_around(tree, offset) {
        let call = functions::callees_before(owner)
            .into_iter()
            .find_map(|start| calls.iter().find(|call| call.bytes.start == start))?;
        return Some(call.made.next_sights(kind));
    }
    // What does not parse mostly belongs to what is written before it.
    let before = calls.iter().filter(|call| call.bytes.end <= offset);
    let nearest = before.max_by_key(|call| call.bytes.end)?;
    tree.root()
        .has_error()
        .then(|| nearest.made.next_sights(HandlerKind::Helper))
}

/// A helper may be called from any handler.
fn anywhere(view: &ProjectView) -> Vec<Sight<'_>> {
    let workflows = view.snapshot.workflows();
    workflows
        .map(|(workflow, _)| at_end(workflow, None, HandlerKind::Helper))
        .collect()
}
