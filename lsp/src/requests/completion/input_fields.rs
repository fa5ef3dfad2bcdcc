//! The fields of an operation's input, in the code that receives it.

use serde_json::Value;
use tower_lsp::ls_types::CompletionItemKind;

use super::{Insertion, Place, Proposal};
use crate::{
    document::{SyntaxNode, SyntaxTree, children, member_key, unwrapped},
    sites::operations_in,
};

/// How deep the value that describes an input is looked into.
const MOST_DEPTH: usize = 8;

/// Lists the fields of the operation around a place: as they are written beside it, or as they were last
/// evaluated.
pub(super) fn proposals(place: &Place<'_>) -> Vec<Proposal> {
    let written = input_beside(place.tree, place.offset);
    let written = written.map(|input| written_fields(place.tree, input, MOST_DEPTH));
    let names = match written {
        Some(names) if !names.is_empty() => names,
        _ => evaluated_fields(place),
    };
    names.into_iter().map(proposal).collect()
}

/// Finds the property `input` of the options that a place is in.
fn input_beside(tree: &SyntaxTree, offset: u32) -> Option<SyntaxNode<'_>> {
    let objects = tree
        .ancestors(offset)
        .filter(|node| node.kind() == "object");
    let inputs = objects.filter_map(|object| {
        let is_input = |member: &SyntaxNode<'_>| {
            member_key(*member).and_then(|key| tree.key(key)) == Some("input")
        };
        children(object).find(is_input)
    });
    { inputs }.next()?.child_by_field_name("value")
}

/// Reads the names of fields off what describes an input: an object, what a function makes of one, or the
/// properties of a schema.
fn written_fields(tree: &SyntaxTree, value: SyntaxNode<'_>, depth: usize) -> Vec<String> {
    let value = unwrapped(value);
    let Some(depth) = depth.checked_sub(1) else {
        return Vec::new();
    };
    match value.kind() {
        "arrow_function" => {
            let body = value.child_by_field_name("body");
            body.map_or_else(Vec::new, |body| written_fields(tree, body, depth))
        }
        "call_expression" => {
            let arguments = value.child_by_field_name("arguments");
            let first = arguments.and_then(|arguments| arguments.named_child(0));
            first.map_or_else(Vec::new, |first| written_fields(tree, first, depth))
        }
        "object" => {
            let named = |wanted: &str| {
                let is_wanted = |member: &SyntaxNode<'_>| {
                    member_key(*member).and_then(|key| tree.key(key)) == Some(wanted)
                };
                children(value).find(is_wanted)
            };
            let properties = named("properties").and_then(|pair| pair.child_by_field_name("value"));
            if let Some(properties) = properties.filter(|_| named("type").is_some()) {
                return keys_of(tree, unwrapped(properties));
            }
            keys_of(tree, value)
        }
        _ => Vec::new(),
    }
}

fn keys_of(tree: &SyntaxTree, object: SyntaxNode<'_>) -> Vec<String> {
    let keys = children(object).filter_map(member_key);
    keys.filter_map(|key| tree.key(key).map(str::to_owned))
        .collect()
}

fn evaluated_fields(place: &Place<'_>) -> Vec<String> {
    let operations = operations_in(&place.view.snapshot, &place.document.path);
    let around = operations.into_iter().find(|(site, _)| {
        let call = place.view.current_bytes(&place.document.path, &site.call);
        call.contains(&place.offset)
    });
    let properties = around.as_ref().and_then(|(_, owned)| {
        let properties = owned.operation.input.schema.get("properties");
        properties.and_then(Value::as_object)
    });
    properties
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

fn proposal(label: String) -> Proposal {
    Proposal {
        label,
        kind: CompletionItemKind::FIELD,
        detail: Some("a field of the input".to_owned()),
        documentation: None,
        insertion: Insertion::Label,
    }
}
