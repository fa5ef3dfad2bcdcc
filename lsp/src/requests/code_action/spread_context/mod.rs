//! A task that drops from the context what a later one reads: the context, spread.

mod parameter;

use std::{collections::HashSet, ops::Range, path::Path, sync::Arc};

use rigkit_engine::definition::{HandlerRef, PointId, Task, TaskIndex, Workflow};
use tower_lsp::ls_types::CodeAction;

use self::parameter::{ContextName, context_name};
use super::{
    Place,
    edit::FileEdit,
    object::with_first_member,
    quick_fixes::{Fix, action},
};
use crate::{
    context_keys::{Doubt, Flow},
    document::{SyntaxNode, SyntaxTree, Text, bytes_of},
    handlers::{
        HandlerKind, HandlerOwner, Output, OwnedHandler, ProjectFile, ProjectFiles, Version,
        of_others, of_tasks, read_keys, unspread_contexts,
    },
    sites::{PlannedTask, TaskSite, tasks_in},
    view::ProjectView,
};

/// How many tasks of a selection are looked at.
const MOST: usize = 5;

/// Offers to keep the context where the task at a place drops something that is read later.
pub(super) fn actions(place: &Place<'_>) -> Vec<CodeAction> {
    let snapshot = &place.view.snapshot;
    let Some(files) = ProjectFiles::new(place.view) else {
        return Vec::new();
    };
    let sites = tasks_in(snapshot, &place.document.path);
    let near = sites.iter().filter(|site| {
        let call = &site.site.call;
        place.touches(&place.view.current_bytes(&place.document.path, call))
    });
    near.take(MOST)
        .filter_map(|site| action(place, of_site(place, &files, site)?, None))
        .collect()
}

fn of_site(place: &Place<'_>, files: &ProjectFiles<'_>, site: &TaskSite<'_>) -> Option<Fix> {
    let PlannedTask { workflow, task, .. } = site.tasks.first()?;
    let mut read = files.read_code(&[task.handler], |file, tree, function| {
        // What was evaluated before cannot be edited.
        (file.version == Version::Current).then(|| Dropping::read(file, tree, function))
    });
    let dropping = read.pop()???;
    let is_near = dropping
        .contexts
        .iter()
        .any(|context| is_near(place, dropping.path, context));
    if dropping.output.may_have_others() || !is_near {
        return None;
    }
    let of_path = |(_, found): &(_, &Task)| found.path == task.path;
    let (index, _) = workflow.find_tasks(&task.path).find(of_path)?;
    let lost = lost_key(place.view, files, workflow, index, &dropping.output)?;
    let ContextName { expression, edit } = dropping.context_name?;
    let title = format!(
        "Keep the context with `...{expression}`: {} reads `{}`",
        lost.reader, lost.key
    );
    let member = format!("...{expression}");
    let spreads = dropping.contexts.iter();
    let spreads = spreads.map(|context| with_first_member(&dropping.text, context, &member));
    let edits = edit.into_iter().chain(spreads).map(|edit| FileEdit {
        path: dropping.path.to_owned(),
        text: Arc::clone(&dropping.text),
        bytes: edit.bytes,
        new_text: edit.new_text,
    });
    Some(Fix {
        title,
        is_preferred: false,
        edits: edits.collect(),
    })
}

/// Is a handler that may drop the context.
#[derive(Clone)]
struct Dropping<'view> {
    path: &'view Path,
    text: Arc<Text>,
    output: Output,
    /// Where it writes contexts without the one before, in bytes.
    contexts: Vec<Range<u32>>,
    context_name: Option<ContextName>,
}

impl<'view> Dropping<'view> {
    fn read(file: &ProjectFile<'view>, tree: &SyntaxTree, function: SyntaxNode<'_>) -> Self {
        let contexts = unspread_contexts(tree, function).into_iter();
        Self {
            path: &file.module.path,
            text: Arc::clone(&file.text),
            output: Output::of(tree, function),
            contexts: contexts.map(bytes_of).collect(),
            context_name: context_name(&file.text, tree, function),
        }
    }
}

/// Anywhere in a task is near for a person who asks; an editor that asks by itself has its cursor
/// on what would be changed.
fn is_near(place: &Place<'_>, path: &Path, context: &Range<u32>) -> bool {
    let is_here = path == place.document.path && place.touches(context);
    place.is_asked_by_person || is_here
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
    files: &ProjectFiles<'_>,
    workflow: &Workflow,
    task: TaskIndex,
    own: &Output,
) -> Option<LostKey> {
    let tasks: Vec<OwnedHandler<'_>> = of_tasks(workflow).collect();
    let facts = facts_of(files, &tasks, HandlerKind::Task);
    let (outputs, task_reads): (Vec<_>, Vec<_>) = facts.into_iter().unzip();
    let mut reads = reads_after(workflow, task, &task_reads);
    reads.extend(reads_at_end(files, workflow));
    reads.retain(|read| !own.has(&read.key));
    let flow = Flow { workflow, outputs };
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

/// Lists what the tasks read that come after one.
fn reads_after(workflow: &Workflow, task: TaskIndex, reads: &[Vec<String>]) -> Vec<Read> {
    let later = workflow.later_tasks(task).into_iter();
    let reads = later.flat_map(|index| {
        let later = workflow.task(index);
        let keys = reads[index.0].iter();
        keys.map(|key| Read {
            key: key.clone(),
            reader: format!("`{}`", later.path),
            at: later.after,
        })
    });
    reads.collect()
}

/// Lists what those read who start from what all tasks leave.
fn reads_at_end(files: &ProjectFiles<'_>, workflow: &Workflow) -> Vec<Read> {
    let kind = HandlerKind::Workspace;
    let last: Vec<OwnedHandler<'_>> = of_others(workflow)
        .filter(|owned| owned.sight.kind == kind)
        .collect();
    let facts = facts_of(files, &last, kind).into_iter();
    let reads = facts.zip(last).flat_map(|((_, keys), owned)| {
        keys.into_iter().map(move |key| Read {
            key,
            reader: match owned.owner {
                HandlerOwner::Operation(operation) => format!("`{}`", operation.id),
                HandlerOwner::Task(_) | HandlerOwner::Workspace => "the workspace".to_owned(),
            },
            at: workflow.end,
        })
    });
    reads.collect()
}

/// Finds out what each of some handlers leaves as context and which of its keys it reads.
fn facts_of(
    files: &ProjectFiles<'_>,
    handlers: &[OwnedHandler<'_>],
    kind: HandlerKind,
) -> Vec<(Output, Vec<String>)> {
    let code: Vec<HandlerRef> = handlers.iter().map(|owned| owned.code).collect();
    let facts = files.read_code(&code, |_, tree, function| {
        (Output::of(tree, function), read_keys(tree, function, kind))
    });
    let facts = facts.into_iter();
    facts
        .map(|facts| facts.unwrap_or_else(|| (Output::unknown(), Vec::new())))
        .collect()
}
