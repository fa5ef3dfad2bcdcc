//! Keys of a context, with what they held last, which no type says.

use serde_json::Value;
use tower_lsp::ls_types::CompletionItemKind;

use super::{Insertion, Place, Proposal, Written};
use crate::{
    context_keys::{ContextKey, ContextPath},
    document::is_identifier,
    handlers::Sight,
    markdown::{Markdown, json_block, markdown, short_json},
    requests::hover::key_origin,
    view::ProjectView,
};

/// Lists the keys that a path leads to, those of the nearest task first.
pub(super) fn proposals(
    place: &Place<'_>,
    sights: &[Sight<'_>],
    path: &ContextPath,
    written: Written,
) -> Vec<Proposal> {
    let mut keys = path.keys(place.view, sights);
    keys.sort_by_key(|(_, key)| key.distance);
    let mut proposals: Vec<Proposal> = Vec::new();
    for (sight, key) in keys {
        if proposals.iter().all(|known| known.label != key.name) {
            proposals.push(proposal(place.view, &sight, &key, written));
        }
    }
    proposals
}

fn proposal(view: &ProjectView, sight: &Sight<'_>, key: &ContextKey, written: Written) -> Proposal {
    let origin = key_origin(view, sight, key);
    let block = key.value.as_ref().map(json_block);
    let origin_line = origin.map(|origin| markdown!["from ", origin]);
    let documentation: Vec<Markdown> = origin_line.into_iter().chain(block).collect();
    let is_name = written == Written::InQuotes || is_identifier(&key.name);
    Proposal {
        label: key.name.clone(),
        kind: CompletionItemKind::FIELD,
        detail: Some(detail(key.value.as_ref())),
        documentation: (!documentation.is_empty()).then(|| Markdown::join(&documentation, "\n\n")),
        insertion: if is_name {
            Insertion::Label
        } else {
            Insertion::Subscript
        },
    }
}

fn detail(value: Option<&Value>) -> String {
    value.map_or_else(|| "no value yet".to_owned(), short_json)
}
