//! The environment's variables, by their names only.

use tower_lsp::ls_types::CompletionItemKind;

use super::{Insertion, Proposal};
use crate::view::ProjectView;

/// Lists the variables that are set; none where nobody trusts the project.
pub(super) fn proposals(view: &ProjectView) -> Vec<Proposal> {
    if !view.engine_options.trust.is_trusted() {
        return Vec::new();
    }
    let names = view.snapshot.environment.variables.keys();
    let proposals = names.map(|name| Proposal {
        label: name.clone(),
        kind: CompletionItemKind::CONSTANT,
        detail: Some("set in the environment".to_owned()),
        documentation: None,
        insertion: Insertion::Label,
    });
    proposals.collect()
}
