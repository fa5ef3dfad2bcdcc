//! The providers in scope of a handler.

use rigkit_engine::definition::{Definition, ProviderIndex};
use tower_lsp::ls_types::CompletionItemKind;

use super::{Insertion, Place, Proposal};
use crate::{
    handlers::{Sight, pattern_around, taken_elsewhere},
    view::ProjectView,
};

/// Lists the providers that a handler may take out of what it is given; nothing anywhere else.
pub(super) fn of_parameter(place: &Place<'_>) -> Option<Vec<Proposal>> {
    let taken = pattern_around(place.tree, place.offset)?;
    let handlers = place.handlers();
    let mut proposals = if handlers.is_in_parameters() {
        in_scope(place.view, handlers.sights())
    } else {
        Vec::new()
    };
    let before = taken_elsewhere(place.tree, taken, place.offset);
    proposals.retain(|proposal| !before.contains(&proposal.label.as_str()));
    Some(proposals)
}

/// Lists the providers that some handlers see.
pub(super) fn in_scope(view: &ProjectView, sights: &[Sight<'_>]) -> Vec<Proposal> {
    let Some(definition) = &view.snapshot.definition else {
        return Vec::new();
    };
    let mut proposals: Vec<Proposal> = Vec::new();
    let scopes = sights.iter().filter_map(|sight| sight.scope);
    for (name, provider) in scopes.flat_map(|scope| &scope.providers) {
        if proposals.iter().all(|known| known.label != **name) {
            proposals.push(proposal(definition, name, *provider));
        }
    }
    proposals
}

fn proposal(definition: &Definition, name: &str, provider: ProviderIndex) -> Proposal {
    let id = &definition.provider(provider).provider_id;
    Proposal {
        label: name.to_owned(),
        kind: CompletionItemKind::VARIABLE,
        detail: Some(format!("provider with the id {id}")),
        documentation: None,
        insertion: Insertion::Label,
    }
}
