//! The providers that `removeProvider` may take out of scope.

use super::{Place, Proposal, providers};
use crate::document::{SyntaxNode, SyntaxTree, children, member_key};

/// Lists the providers that the calls before this one in its chain put in scope; where the chain begins
/// elsewhere, all providers of the definition.
pub(super) fn proposals(place: &Place<'_>) -> Vec<Proposal> {
    let call = place.tree.ancestors(place.offset).find(|node| {
        let name = method(place.tree, *node);
        name == Some("removeProvider")
    });
    let Some(call) = call else {
        return Vec::new();
    };
    let in_chain = Chain::before(place.tree, call);
    let all = providers::all(place.view);
    let is_in_scope = |proposal: &Proposal| in_chain.has(&proposal.label);
    let written = in_chain.added.iter();
    let unknown: Vec<Proposal> = written
        .filter(|name| in_chain.has(name) && all.iter().all(|known| known.label != **name))
        .map(|name| providers::unevaluated(name))
        .collect();
    let mut proposals: Vec<Proposal> = all.into_iter().filter(is_in_scope).collect();
    proposals.extend(unknown);
    proposals
}

/// What a chain of calls says of providers.
#[derive(Default)]
struct Chain {
    added: Vec<String>,
    removed: Vec<String>,
    /// Whether providers may come from where nobody looks.
    is_open: bool,
}

impl Chain {
    fn before(tree: &SyntaxTree, call: SyntaxNode<'_>) -> Self {
        let mut chain = Self::default();
        let mut current = object_of(call);
        while let Some(node) = current {
            if node.kind() != "call_expression" {
                chain.is_open |= node.kind() == "identifier";
                break;
            }
            chain.note(tree, node);
            current = object_of(node);
        }
        chain
    }

    /// Later calls are seen first.
    fn note(&mut self, tree: &SyntaxTree, call: SyntaxNode<'_>) {
        let arguments = call.child_by_field_name("arguments");
        let argument = |index| arguments.and_then(|arguments| arguments.named_child(index));
        let named = argument(0).and_then(|name| tree.plain_text(name));
        match (method(tree, call), named) {
            (Some("addProvider"), Some(name)) if !self.removed.iter().any(|gone| gone == name) => {
                self.added.push(name.to_owned());
            }
            (Some("removeProvider"), Some(name)) => self.removed.push(name.to_owned()),
            (Some("workflow"), _) => {
                let providers = argument(1).into_iter().flat_map(children);
                let providers = providers
                    .filter(|member| {
                        member_key(*member).and_then(|key| tree.key(key)) == Some("providers")
                    })
                    .filter_map(|member| member.child_by_field_name("value"))
                    .flat_map(children);
                let given = providers.filter_map(|provider| tree.key(member_key(provider)?));
                self.added.extend(given.map(str::to_owned));
                // A config may give providers to all of its workflows.
                self.is_open = true;
            }
            _ => {}
        }
    }

    fn has(&self, name: &str) -> bool {
        let is_removed = self.removed.iter().any(|gone| gone == name);
        !is_removed && (self.is_open || self.added.iter().any(|added| added == name))
    }
}

fn object_of(call: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    let function = call.child_by_field_name("function")?;
    match function.kind() {
        "member_expression" => function.child_by_field_name("object"),
        _ => None,
    }
}

fn method<'a>(tree: &'a SyntaxTree, call: SyntaxNode<'_>) -> Option<&'a str> {
    let function = call.child_by_field_name("function")?;
    let name = function.child_by_field_name("property").unwrap_or(function);
    Some(tree.text_of(name))
}
