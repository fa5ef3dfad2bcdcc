//! Calls of `invalidate` that name no task that runs before them. They would only fail when the
//! handler gets there.

use std::{ops::Range, sync::Arc};

use rigkit_engine::definition::{Task, by_nearness};
use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{Diagnostic, DiagnosticSeverity};

use super::diagnostic;
use crate::{
    analysis::Standing,
    document::{Document, SyntaxNode, SyntaxTree, size},
    documentation::Documentation,
    sites::{PlannedTask, TaskSite, all_tasks, tasks_in},
    view::ProjectView,
};

/// The code of such a call.
pub(crate) const UNKNOWN_TARGET: &str = "unknown-invalidate-target";

const METHOD: &str = "invalidate";

/// Is a target that names no earlier task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UnknownTarget {
    /// Where the text is that names it, without its quotes, in bytes.
    pub(crate) bytes: Range<u32>,
    /// What it says.
    pub(crate) target: String,
    /// The tasks that may be named, by path.
    pub(crate) known: Vec<String>,
}

/// Tells which calls name no earlier task.
pub(super) fn of_document(
    view: &ProjectView,
    document: &Arc<Document>,
    documentation: &Documentation,
) -> Vec<Diagnostic> {
    // An earlier definition does not say what may be named now.
    if view.snapshot.standing != Standing::Current {
        return Vec::new();
    }
    unknown_targets(view, document, &(0..document.text.len()))
        .iter()
        .map(|unknown| told(view, document, unknown, documentation))
        .collect()
}

/// Tells that a call names no earlier task.
pub(crate) fn told(
    view: &ProjectView,
    document: &Document,
    unknown: &UnknownTarget,
    documentation: &Documentation,
) -> Diagnostic {
    let range = document.text.range(&unknown.bytes, view.editor.encoding());
    diagnostic(
        range,
        DiagnosticSeverity::WARNING,
        UNKNOWN_TARGET,
        message(unknown),
        documentation,
    )
}

fn message(unknown: &UnknownTarget) -> String {
    let target = &unknown.target;
    match unknown.known.first() {
        Some(nearest) => {
            format!("no task `{target}` runs before this one\nhelp: did you mean `{nearest}`?")
        }
        None => format!("no task `{target}` runs before this one; none does"),
    }
}

/// Finds the calls in a stretch of a document that name no earlier task.
pub(crate) fn unknown_targets(
    view: &ProjectView,
    document: &Document,
    within: &Range<u32>,
) -> Vec<UnknownTarget> {
    let targets = targets(document, within);
    if targets.is_empty() {
        return Vec::new();
    }
    let sites = tasks_in(&view.snapshot, &document.path);
    let calls: Vec<(Range<u32>, &TaskSite<'_>)> = sites
        .iter()
        .map(|site| (view.current_bytes(&document.path, &site.site.call), site))
        .collect();
    let unknown = targets.into_iter().filter_map(|(bytes, target)| {
        let around: Vec<&PlannedTask<'_>> = calls
            .iter()
            .filter(|(call, _)| call.contains(&bytes.start))
            .flat_map(|(_, site)| &site.tasks)
            .collect();
        unknown(view, &around, bytes, target)
    });
    unknown.collect()
}

/// Lists the targets in a stretch of a document that are named with a plain text, and where.
fn targets(document: &Document, within: &Range<u32>) -> Vec<(Range<u32>, String)> {
    let matches = document.text.slice(within).match_indices(METHOD);
    let places: Vec<Range<u32>> = matches
        .map(|(offset, found)| {
            let start = within.start + size(offset);
            start..start + size(found.len())
        })
        .collect();
    let mut targets = Vec::new();
    if places.is_empty() {
        return targets;
    }
    if let Some(tree) = document.syntax.tree() {
        tree.visit_around(&places, |node| targets.extend(target_of_call(tree, node)));
    }
    targets
}

/// Reads the target, if a node is a call of a method of this name with a plain text.
fn target_of_call(tree: &SyntaxTree, node: SyntaxNode<'_>) -> Option<(Range<u32>, String)> {
    if node.kind() != "call_expression" {
        return None;
    }
    let method = node.child_by_field_name("function")?;
    let method = method.child_by_field_name("property")?;
    if tree.text_of(method) != METHOD {
        return None;
    }
    let argument = node.child_by_field_name("arguments")?.named_child(0)?;
    text_of(tree, argument)
}

fn text_of(tree: &SyntaxTree, argument: SyntaxNode<'_>) -> Option<(Range<u32>, String)> {
    if argument.kind() != "string" || argument.has_error() {
        return None;
    }
    let quoted = argument.byte_range();
    let bytes = size(quoted.start + 1)..size(quoted.end.saturating_sub(1));
    let text = tree.text_of(argument);
    Some((bytes, text.get(1..text.len().checked_sub(1)?)?.to_owned()))
}

fn unknown(
    view: &ProjectView,
    around: &[&PlannedTask<'_>],
    bytes: Range<u32>,
    target: String,
) -> Option<UnknownTarget> {
    let known: Vec<&Task> = match around {
        // A helper may be called from any task.
        [] => all_tasks(&view.snapshot).map(|task| task.task).collect(),
        around => around.iter().flat_map(|user| tasks_before(user)).collect(),
    };
    if known
        .iter()
        .any(|task| *task.name == *target || *task.path == *target)
    {
        return None;
    }
    let mut known: Vec<String> = known.iter().map(|task| task.path.to_string()).collect();
    by_nearness(&target, &mut known);
    known.dedup();
    Some(UnknownTarget {
        bytes,
        target,
        known,
    })
}

fn tasks_before<'a>(user: &PlannedTask<'a>) -> impl Iterator<Item = &'a Task> {
    let workflow = user.workflow;
    let earlier = workflow.earlier_tasks(user.task.after).into_iter();
    earlier.map(|task| workflow.task(task))
}
