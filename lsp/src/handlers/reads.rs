//! Which keys of the context a handler reads.

use super::{
    HandlerKind, Reader, Value,
    search::{places_of, visit_places},
};
use crate::document::{Entering, SyntaxNode, SyntaxTree, size, walk};

/// Says what is done with the context where it is named.
enum ContextUse {
    /// This key of it is read, or nothing.
    Read(Option<String>),
    /// It may get another name, under which it is read elsewhere.
    Renamed,
}

/// Lists the keys of the context that a handler reads by name.
pub(crate) fn read_keys(
    tree: &SyntaxTree,
    handler: SyntaxNode<'_>,
    kind: HandlerKind,
) -> Vec<String> {
    let start = size(handler.start_byte());
    let mut places = places_of(tree.text_of(handler), "ctx");
    for place in &mut places {
        *place += start;
    }
    let mut keys = Vec::new();
    let mut is_renamed = false;
    visit_places(handler, &places, |nodes, _| {
        match context_use(tree, nodes, kind) {
            ContextUse::Read(key) => keys.extend(key),
            ContextUse::Renamed => is_renamed = true,
        }
    });
    if is_renamed {
        return read_anywhere(tree, handler, kind);
    }
    keys
}

fn context_use(tree: &SyntaxTree, nodes: &[SyntaxNode<'_>], kind: HandlerKind) -> ContextUse {
    let [.., around, parent, leaf] = nodes else {
        return ContextUse::Renamed;
    };
    match (leaf.kind(), parent.kind()) {
        ("comment", _) | ("property_identifier", "pair") => return ContextUse::Read(None),
        ("property_identifier", "member_expression") => {}
        _ => return ContextUse::Renamed,
    }
    match Reader::new(tree, nodes, 0, kind).named() {
        Some(Value::Context(keys)) if keys.is_empty() => {}
        _ => return ContextUse::Read(None),
    }
    match around.kind() {
        "spread_element" => ContextUse::Read(None),
        "member_expression" => {
            let key = around.child_by_field_name("property");
            ContextUse::Read(key.map(|key| tree.text_of(key).to_owned()))
        }
        _ => ContextUse::Renamed,
    }
}

/// Asks of every name in a handler whether it is a key of the context.
fn read_anywhere(tree: &SyntaxTree, handler: SyntaxNode<'_>, kind: HandlerKind) -> Vec<String> {
    let mut keys = Vec::new();
    let mut nodes: Vec<SyntaxNode<'_>> = Vec::new();
    walk(handler, |node| {
        let is_outside = |around: &SyntaxNode<'_>| around.end_byte() <= node.start_byte();
        while nodes.last().is_some_and(is_outside) {
            nodes.pop();
        }
        nodes.push(node);
        let is_name = matches!(
            node.kind(),
            "property_identifier" | "shorthand_property_identifier_pattern" | "string"
        );
        let value = is_name.then(|| Reader::new(tree, &nodes, 0, kind).named());
        if let Some(Some(Value::Context(read))) = value
            && let [key] = read.as_slice()
        {
            keys.push(key.clone());
        }
        Entering::Into
    });
    keys
}
