//! `textDocument/foldingRange`: workflows and what they are made of. Everything else is folded by
//! the server of the language.

use std::{collections::BTreeMap, sync::Arc};

use tower_lsp::ls_types::FoldingRange;

use crate::{
    document::Document,
    outline::{Entry, EntryKind, of_document},
    view::ProjectView,
};

/// Lists what of a document can be folded.
pub(crate) fn ranges(view: &ProjectView, document: &Arc<Document>) -> Option<Vec<FoldingRange>> {
    if view.snapshot.definition.is_none() {
        document.syntax.tree()?;
    }
    let mut folds = BTreeMap::new();
    for entry in of_document(view, document) {
        add(view, document, &entry, &mut folds);
    }
    let ranges = folds
        .into_iter()
        .map(|(start_line, end_line)| FoldingRange {
            start_line,
            end_line,
            ..FoldingRange::default()
        });
    Some(ranges.collect())
}

/// Adds an entry and what belongs to it; of those that begin in one line, the longest counts.
fn add(view: &ProjectView, document: &Document, entry: &Entry, folds: &mut BTreeMap<u32, u32>) {
    let range = document.text.range(&entry.bytes, view.editor.encoding());
    let start = range.start.line;
    let end = match entry.kind {
        EntryKind::Workflow | EntryKind::Sequence | EntryKind::Branch => range.end.line,
        // The line that closes the call stays in sight.
        EntryKind::Parallel | EntryKind::Task | EntryKind::Workspace | EntryKind::Operation => {
            range.end.line.saturating_sub(1)
        }
    };
    if start < end {
        let fold = folds.entry(start).or_insert(end);
        *fold = end.max(*fold);
    }
    for child in &entry.children {
        add(view, document, child, folds);
    }
}
