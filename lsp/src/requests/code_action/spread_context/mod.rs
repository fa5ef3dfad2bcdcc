//! A task that drops from the context what a later one reads: the context, spread.

mod facts;
mod flow;
mod handler;
mod output;
mod parameter;

use std::collections::HashSet;

use rigkit_engine::definition::{Definition, HandlerRef, PointId, Task, TaskIndex, Workflow};
use tower_lsp::ls_types::CodeAction;

use self::{
    facts::{HandlerFacts, facts_of},
    flow::{Doubt, Flow},
    handler::{ParsedFile, place_of},
    output::{Output, unspread_contexts},
    parameter::{ContextName, context_name},
};
use super::{
    Place,
    edit::FileEdit,
    object::with_first_member,
    quick_fixes::{Fix, action},
};
use crate::{
    document::{SyntaxNode, size},
    sites::{TaskSite, tasks_in},
    view::ProjectView,
};

/// How many tasks of a selection are looked at.
const MOST: usize = 5;

/// Offers to keep the context where the task at a place drops something that is read later.
pub(super) fn actions(place: &Place<'_>) -> Vec<CodeAction> {
    let snapshot = &place.view.snapshot;
    let Some(definition) = &snapshot.definition else {
        return Vec::new();
    };
    let sites = tasks_in(snapshot, &place.document.path);
    let near = sites.iter().filter(|site| {
        let call = &site.site.call;
        place.touches(&place.view.current_bytes(&place.document.path, call))
    });
    near.take(MOST)
        .filter_map(|site| action(place, of_site(place, definition, site)?, None))
        .collect()
}

fn of_site(place: &Place<'_>, definition: &Definition, site: &TaskSite<'_>) -> Option<Fix> {
    let planned = site.tasks.first()?;
    let (path, bytes) = place_of(place.view, definition, planned.task.handler)?;
    let file = ParsedFile::of(place.view, definition, &path)?;
    let handler = file.function(&bytes)?;
    let contexts = unspread_contexts(handler);
    let own = Output::of(handler);
    let is_near = contexts
        .iter()
        .any(|context| is_near(place, &file, *context));
    if own.keeps || own.is_open || !is_near {
        return None;
    }
    let workflow = planned.workflow;
    let of_path = |(_, task): &(_, &Task)| task.path == planned.task.path;
    let (task, _) = workflow.find_tasks(&planned.task.path).find(of_path)?;
    let lost = lost_key(place.view, definition, workflow, task, &own)?;
    let ContextName { expression, edit } = context_name(&file, handler)?;
    let spreads = contexts
        .iter()
        .map(|context| spread(&file, *context, &expression));
    Some(Fix {
        title: format!(
            "Keep the context with `...{expression}`: {} reads `{}`",
            lost.reader, lost.key
        ),
        is_preferred: false,
        edits: edit.into_iter().chain(spreads).collect(),
    })
}

/// Anywhere in a task is near for a person who asks; an editor that asks by itself has its cursor
/// on what would be changed.
fn is_near(place: &Place<'_>, file: &ParsedFile, context: SyntaxNode<'_>) -> bool {
    let bytes = size(context.start_byte())..size(context.end_byte());
    let is_here = file.path == place.document.path && place.touches(&bytes);
    place.is_asked_by_person || is_here
}

fn spread(file: &ParsedFile, context: SyntaxNode<'_>, expression: &str) -> FileEdit {
    let bytes = size(context.start_byte())..size(context.end_byte());
    let member = with_first_member(&file.text, &bytes, &format!("...{expression}"));
    file.replacement(member.bytes, member.new_text)
}

/// Is a key that is read after a task has dropped it.
struct LostKey {
    key: String,
    reader: String,
}

/// Is a key of the context that somebody reads.
struct Read {
    key: String,
    reader: String,
    at: PointId,
}

/// Finds a key that the tasks before made, that a later one reads, and that is there for it only
/// if a task keeps the context.
fn lost_key(
    view: &ProjectView,
    definition: &Definition,
    workflow: &Workflow,
    task: TaskIndex,
    own: &Output,
) -> Option<LostKey> {
    let tasks = workflow.tasks.iter().map(|task| task.handler);
    let last = last_readers(workflow);
    let handlers: Vec<HandlerRef> = tasks
        .chain(last.iter().map(|(_, handler)| *handler))
        .collect();
    let facts = facts_of(view, definition, &handlers);
    let mut reads = reads_after(workflow, task, &facts, &last);
    reads.retain(|read| !own.keys.contains(&read.key));
    let flow = Flow {
        outputs: facts.into_iter().map(|facts| facts.output).collect(),
        workflow,
    };
    let before = workflow.task(task).after;
    // Where nothing can be read, nothing was recorded.
    let recorded = view.engine().recorded_context(workflow, before);
    let recorded = recorded.unwrap_or_default();
    let is_made = |key: &str| {
        recorded.contains_key(key) || flow.presence(key, None, Doubt::SetsNot)[before.0]
    };
    first_lost(&flow, task, &reads, is_made)
}

fn first_lost(
    flow: &Flow<'_>,
    task: TaskIndex,
    reads: &[Read],
    is_made: impl Fn(&str) -> bool,
) -> Option<LostKey> {
    let before = Some(flow.workflow.task(task).after);
    let mut outputs = flow.outputs.clone();
    outputs[task.0].keeps = true;
    let mended = Flow {
        workflow: flow.workflow,
        outputs,
    };
    let mut seen = HashSet::new();
    let keys = reads.iter().map(|read| &*read.key);
    let mut keys = keys.filter(|key| seen.insert(*key) && is_made(key));
    keys.find_map(|key| {
        let is_there_now = flow.presence(key, before, Doubt::Sets);
        let would_be_there = mended.presence(key, before, Doubt::Sets);
        let lost = reads.iter().find(|read| {
            read.key == key && !is_there_now[read.at.0] && would_be_there[read.at.0]
        })?;
        Some(LostKey {
            key: key.to_owned(),
            reader: lost.reader.clone(),
        })
    })
}

/// Lists what those read who come after a task.
fn reads_after(
    workflow: &Workflow,
    task: TaskIndex,
    facts: &[HandlerFacts],
    last: &[(String, HandlerRef)],
) -> Vec<Read> {
    let later = workflow.later_tasks(task).into_iter();
    let tasks = later.map(|index| {
        let later = workflow.task(index);
        (format!("`{}`", later.path), later.after, &facts[index.0])
    });
    let last = last
        .iter()
        .zip(&facts[workflow.tasks.len()..])
        .map(|((name, _), facts)| (name.clone(), workflow.end, facts));
    let reads = tasks.chain(last).flat_map(|(reader, at, facts)| {
        facts.reads.iter().map(move |key| Read {
            key: key.clone(),
            reader: reader.clone(),
            at,
        })
    });
    reads.collect()
}

/// Lists the handlers that start from what all tasks leave.
fn last_readers(workflow: &Workflow) -> Vec<(String, HandlerRef)> {
    let hooks = workflow
        .workspace
        .iter()
        .flat_map(|workspace| [workspace.create, workspace.remove])
        .map(|hook| ("the workspace".to_owned(), hook));
    let operations = workflow.operations.iter();
    let operations = operations
        .chain(&workflow.workspace_operations)
        .map(|operation| (format!("`{}`", operation.id), operation.run));
    hooks.chain(operations).collect()
}
