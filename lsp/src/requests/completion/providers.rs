//! The providers in scope of a handler.

use rigkit_engine::definition::{Definition, ProviderIndex};
use tower_lsp::ls_types::CompletionItemKind;

use super::{Insertion, Place, Proposal};
use crate::{
    surroundings::{Sight, functions, sights, sights_of_parameter},
    view::ProjectView,
};

/// Lists the providers that a handler may take out of what it is given; nothing anywhere else.
pub(super) fn of_parameter(place: &Place<'_>) -> Option<Vec<Proposal>> {
    let taken = functions::pattern_around(place.tree, place.offset)?;
    let sights = sights_of_parameter(place.view, place.document, place.offset);
    let mut proposals = in_scope(place.view, &sights);
    let before = functions::taken_elsewhere(place.tree, taken, place.offset);
    proposals.retain(|proposal| !before.contains(&proposal.label.as_str()));
    Some(proposals)
}

/// Lists the providers that the handler around a place sees.
pub(super) fn of_handler(place: &Place<'_>) -> Vec<Proposal> {
    let sights = sights(place.view, place.document, place.offset);
    in_scope(place.view, &sights)
}

fn in_scope(view: &ProjectView, sights: &[Sight<'_>]) -> Vec<Proposal> {
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
