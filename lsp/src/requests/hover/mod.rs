//! `textDocument/hover`: what the engine knows of the thing at a place.

mod cache_ttl;
mod context_key;
mod operation;
mod provider;
mod subject;
mod task;
mod variable;

use std::sync::Arc;

use tower_lsp::ls_types::{Hover, HoverContents, Position};

pub(crate) use self::context_key::origin as key_origin;
use self::subject::{Subject, subject_at};
use crate::{document::Document, view::ProjectView};

/// Tells what is known of the thing at a position.
pub(crate) fn hover(
    view: &ProjectView,
    document: &Arc<Document>,
    position: Position,
) -> Option<Hover> {
    let encoding = view.editor.encoding();
    let offset = document.text.offset(position, encoding);
    let (bytes, subject) = subject_at(view, document, offset)?;
    let text = match subject {
        Subject::Tasks(tasks) => task::text(view, &tasks)?,
        Subject::Operation(owned) => operation::text(&owned),
        Subject::Provider { name, sights } => provider::text(view, &name, &sights)?,
        Subject::CacheTtl(fresh_for) => cache_ttl::text(fresh_for).into(),
        Subject::Variable(variable) => variable::text(view, &variable),
        Subject::ContextKey { name, found } => context_key::text(view, &name, &found)?,
    };
    Some(Hover {
        contents: HoverContents::Markup(text.content()),
        range: Some(document.text.range(&bytes, encoding)),
    })
}
