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
        of_others, read_keys, unspread_contexts,
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
    let mut read = files.read_code(&[task.handler], |_, file, tree, function| {
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
    let last = last_handlers(workflow);
    let (outputs, keys) = facts_of(files, workflow, &last);
    let mut reads = reads_after(workflow, task, &keys);
    reads.extend(reads_at_end(workflow, &last, &keys));
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

/// Lists the handlers that start from what all tasks leave, and see it.
fn last_handlers(workflow: &Workflow) -> Vec<OwnedHandler<'_>> {
    of_others(workflow)
        .filter(|owned| owned.sight.kind == HandlerKind::Workspace)
        .collect()
}

/// Finds out what each task leaves as context, and which keys of it each handler reads: those of
/// the tasks, then the last ones.
fn facts_of(
    files: &ProjectFiles<'_>,
    workflow: &Workflow,
    last: &[OwnedHandler<'_>],
) -> (Vec<Output>, Vec<Vec<String>>) {
    let count = workflow.tasks.len();
    let tasks = workflow.tasks.iter().map(|task| task.handler);
    let last = last.iter().map(|owned| owned.code);
    let code: Vec<HandlerRef> = tasks.chain(last).collect();
    let facts = files.read_code(&code, |index, _, tree, function| {
        let kind = if index < count {
            HandlerKind::Task
        } else {
            HandlerKind::Workspace
        };
        (Output::of(tree, function), read_keys(tree, function, kind))
    });
    let unknown = || (Output::unknown(), Vec::new());
    let facts = facts.into_iter();
    let (mut outputs, keys): (Vec<Output>, Vec<Vec<String>>) =
        facts.map(|facts| facts.unwrap_or_else(unknown)).unzip();
    outputs.truncate(count);
    (outputs, keys)
}

/// Lists what the tasks read that come after one.
fn reads_after(workflow: &Workflow, task: TaskIndex, keys: &[Vec<String>]) -> Vec<Read> {
    let later = workflow.later_tasks(task).into_iter();
    let reads = later.flat_map(|index| {
        let task = workflow.task(index);
        keys[index.0].iter().map(|key| Read {
            key: key.clone(),
            reader: format!("`{}`", task.path),
            at: task.after,
        })
    });
    reads.collect()
}

/// Lists what the last handlers read.
fn reads_at_end(workflow: &Workflow, last: &[OwnedHandler<'_>], keys: &[Vec<String>]) -> Vec<Read> {
    let keys = &keys[workflow.tasks.len()..];
    let reads = keys.iter().zip(last).flat_map(|(keys, owned)| {
        keys.iter().map(|key| Read {
            key: key.clone(),
            reader: match owned.owner {
                HandlerOwner::Operation(operation) => format!("`{}`", operation.id),
                HandlerOwner::Task(_) | HandlerOwner::Workspace => "the workspace".to_owned(),
            },
            at: workflow.end,
        })
    });
    reads.collect()
}
