//! `textDocument/definition`: where a task, a sequence, a branch, a provider, an operation or a
//! key of the context got its name.

use std::sync::Arc;

use tower_lsp::ls_types::{GotoDefinitionResponse, Location, Position};

use crate::{document::Document, symbols::ProjectNames, view::ProjectView};

/// Finds where what is at a position got its name.
pub(crate) fn definition(
    view: &ProjectView,
    document: &Arc<Document>,
    position: Position,
) -> Option<GotoDefinitionResponse> {
    let names = ProjectNames::new(view)?;
    let place = document.text.offset(position, view.editor.encoding());
    let found = names.at(&document.path, place)?;
    let places = found
        .symbols
        .iter()
        .flat_map(|symbol| names.definitions(symbol));
    let locations: Vec<Location> = places
        .filter_map(|(path, bytes)| names.location(&path, &bytes))
        .collect();
    (!locations.is_empty()).then_some(GotoDefinitionResponse::Array(locations))
}
