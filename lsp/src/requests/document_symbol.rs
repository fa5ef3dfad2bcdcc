//! `textDocument/documentSymbol`: the workflows written in a document, as a tree where the client
//! shows one.

use std::sync::Arc;

use tower_lsp::ls_types::{
    DocumentSymbol, DocumentSymbolResponse, Location, Range, SymbolInformation,
};

use crate::{
    document::Document,
    outline::{Entry, of_document},
    view::ProjectView,
};

/// Lists what is written in a document.
pub(crate) fn symbols(
    view: &ProjectView,
    document: &Arc<Document>,
) -> Option<DocumentSymbolResponse> {
    if view.snapshot.definition.is_none() {
        document.syntax.tree()?;
    }
    let entries = of_document(view, document);
    if view.editor.features.symbol_tree {
        let symbols = entries
            .into_iter()
            .map(|entry| symbol(view, document, entry));
        return Some(DocumentSymbolResponse::Nested(symbols.collect()));
    }
    let mut symbols = Vec::new();
    for entry in entries {
        add_flat(view, document, entry, None, &mut symbols);
    }
    Some(DocumentSymbolResponse::Flat(symbols))
}

#[expect(deprecated, reason = "the protocol's type has no other constructor")]
fn symbol(view: &ProjectView, document: &Document, entry: Entry) -> DocumentSymbol {
    let encoding = view.editor.encoding();
    let children = entry.children.into_iter();
    let children: Vec<_> = children
        .map(|child| symbol(view, document, child))
        .collect();
    DocumentSymbol {
        name: entry.name,
        detail: entry.detail,
        kind: entry.kind.symbol(),
        tags: None,
        deprecated: None,
        range: document.text.range(&entry.bytes, encoding),
        selection_range: document.text.range(&entry.selection, encoding),
        children: (!children.is_empty()).then_some(children),
    }
}

#[expect(deprecated, reason = "the protocol's type has no other constructor")]
fn add_flat(
    view: &ProjectView,
    document: &Document,
    entry: Entry,
    container_name: Option<String>,
    symbols: &mut Vec<SymbolInformation>,
) {
    let range: Range = document.text.range(&entry.bytes, view.editor.encoding());
    symbols.push(SymbolInformation {
        name: entry.name.clone(),
        kind: entry.kind.symbol(),
        tags: None,
        deprecated: None,
        location: Location::new(document.uri.clone(), range),
        container_name,
    });
    for child in entry.children {
        add_flat(view, document, child, Some(entry.name.clone()), symbols);
    }
}
