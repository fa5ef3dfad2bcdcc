//! Calls of `invalidate` that name no task that runs before them. They would only fail when the
//! handler gets there.

use std::{ops::Range, sync::Arc};

use rigkit_engine::definition::by_nearness;
use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{Diagnostic, DiagnosticSeverity};

use super::diagnostic;
use crate::{
    analysis::Standing, document::Document, documentation::Documentation, handlers::INVALIDATE,
    symbols::ProjectNames, view::ProjectView,
};

/// The code of such a call.
pub(crate) const UNKNOWN_TARGET: &str = "unknown-invalidate-target";

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
    if !document.text.slice(within).contains(INVALIDATE) {
        return Vec::new();
    }
    let Some(names) = ProjectNames::new(view) else {
        return Vec::new();
    };
    let targets = names.invalidate_targets_in(&document.path, within);
    let unknown = targets.into_iter().filter(|target| target.tasks.is_empty());
    unknown
        .map(|target| {
            let mut known = names.known_paths(&target);
            by_nearness(&target.text, &mut known);
            known.dedup();
            UnknownTarget {
                bytes: target.bytes,
                target: target.text,
                known,
            }
        })
        .collect()
}
