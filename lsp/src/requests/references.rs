//! `textDocument/references`: every place of the project that names what is at a position.

use std::sync::Arc;

use tower_lsp::ls_types::{Location, Position, ReferenceContext};

use crate::{
    document::Document,
    symbols::{ProjectNames, Role},
    view::ProjectView,
};

/// Says whether the places that give a name belong to the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Definitions {
    /// They do.
    Included,
    /// They do not.
    LeftOut,
}

impl Definitions {
    /// Reads what the client asks for.
    pub(crate) fn wanted(context: ReferenceContext) -> Self {
        if context.include_declaration {
            Self::Included
        } else {
            Self::LeftOut
        }
    }
}

/// Lists the places that name what is at a position.
pub(crate) fn references(
    view: &ProjectView,
    document: &Arc<Document>,
    position: Position,
    definitions: Definitions,
) -> Option<Vec<Location>> {
    let names = ProjectNames::new(view)?;
    let place = document.text.offset(position, view.editor.encoding());
    let occurrence = names.at(&document.path, place)?;
    let places = names.search(&occurrence.name, None).into_iter();
    let places = places
        .filter(|found| found.names_one_of(&occurrence.symbols))
        .filter(|found| definitions == Definitions::Included || found.role != Role::Definition);
    let locations = places.filter_map(|found| names.location(&found.path, &found.bytes));
    Some(locations.collect())
}
