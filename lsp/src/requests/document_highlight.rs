//! `textDocument/documentHighlight`: the places of a document that name what the cursor is on.

use std::sync::Arc;

use tower_lsp::ls_types::{DocumentHighlight, DocumentHighlightKind, Position};

use crate::{
    document::Document,
    symbols::{ProjectNames, Role},
    view::ProjectView,
};

/// Lists the places of a document that name what is at a position. Variables are highlighted by
/// the server of the language.
pub(crate) fn highlights(
    view: &ProjectView,
    document: &Arc<Document>,
    position: Position,
) -> Option<Vec<DocumentHighlight>> {
    let names = ProjectNames::new(view)?;
    let encoding = view.editor.encoding();
    let place = document.text.offset(position, encoding);
    let occurrence = names.at(&document.path, place)?;
    if occurrence.is_variable() {
        return None;
    }
    let places = names
        .search(&occurrence.name, Some(&document.path))
        .into_iter();
    let places = places.filter(|found| found.names_one_of(&occurrence.symbols));
    let highlights = places.map(|found| DocumentHighlight {
        range: document.text.range(&found.bytes, encoding),
        kind: Some(match found.role {
            Role::Definition => DocumentHighlightKind::WRITE,
            Role::Use | Role::Target => DocumentHighlightKind::READ,
        }),
    });
    Some(highlights.collect())
}
