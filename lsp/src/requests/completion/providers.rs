//! The providers in scope of a handler.

use rigkit_engine::definition::{Definition, ProviderIndex};
use tower_lsp::ls_types::CompletionItemKind;

use super::{Insertion, Proposal};
use crate::{handlers::Sight, view::ProjectView};

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

/// Lists the providers of all scopes of the definition.
pub(super) fn all(view: &ProjectView) -> Vec<Proposal> {
    let Some(definition) = &view.snapshot.definition else {
        return Vec::new();
    };
    let mut proposals: Vec<Proposal> = Vec::new();
    let scopes = definition
        .workflows
        .iter()
        .flat_map(|workflow| &workflow.scopes);
    for (name, provider) in scopes.flat_map(|scope| &scope.providers) {
        if proposals.iter().all(|known| known.label != **name) {
            proposals.push(proposal(definition, name, *provider));
        }
    }
    proposals
}

/// Proposes a provider of which only the name is known.
pub(super) fn unevaluated(name: &str) -> Proposal {
    Proposal {
        label: name.to_owned(),
        kind: CompletionItemKind::VARIABLE,
        detail: Some("provider".to_owned()),
        documentation: None,
        insertion: Insertion::Label,
    }
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
