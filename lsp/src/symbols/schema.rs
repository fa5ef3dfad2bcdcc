//! Keys of the context in the `output` schema of a task: `properties` and `required` of a JSON
//! Schema, or what a builder such as `z.object` is given.

use crate::document::{SyntaxNode, SyntaxTree, is_wrapper};

/// How far a key is from its task's call, with room for `as const`.
const DEEPEST: usize = 16;

/// Finds the call of the task in whose schema the last of the nodes is a key.
pub(super) fn task_of_schema_key<'tree>(
    tree: &SyntaxTree,
    nodes: &[SyntaxNode<'tree>],
) -> Option<SyntaxNode<'tree>> {
    let nearest = &nodes[nodes.len().saturating_sub(DEEPEST)..];
    let nodes: Vec<SyntaxNode<'tree>> = nearest
        .iter()
        .copied()
        .filter(|node| !is_wrapper(*node))
        .collect();
    let output = nodes
        .iter()
        .position(|node| is_pair(tree, *node, "output"))?;
    let [.., call, arguments, options] = nodes.get(..output)? else {
        return None;
    };
    let is_option = arguments.kind() == "arguments" && options.kind() == "object";
    let is_key = is_key_of_schema(tree, nodes.get(output + 1..)?);
    (is_option && is_key).then_some(*call)
}

fn is_key_of_schema(tree: &SyntaxTree, nodes: &[SyntaxNode<'_>]) -> bool {
    match nodes {
        [schema, required, list, key] if is_pair(tree, *required, "required") => {
            schema.kind() == "object" && list.kind() == "array" && key.kind() == "string"
        }
        [schema, properties, object, rest @ ..] if is_pair(tree, *properties, "properties") => {
            schema.kind() == "object" && is_key_of(*object, rest)
        }
        [call, arguments, object, rest @ ..] => {
            let is_builder = call.kind() == "call_expression" && arguments.kind() == "arguments";
            is_builder && is_key_of(*object, rest)
        }
        _ => false,
    }
}

fn is_key_of(object: SyntaxNode<'_>, nodes: &[SyntaxNode<'_>]) -> bool {
    let is_key = match nodes {
        [pair, key] => pair.kind() == "pair" && pair.child_by_field_name("key") == Some(*key),
        [key] => key.kind() == "shorthand_property_identifier",
        _ => false,
    };
    object.kind() == "object" && is_key
}

fn is_pair(tree: &SyntaxTree, node: SyntaxNode<'_>, name: &str) -> bool {
    let key = (node.kind() == "pair").then(|| node.child_by_field_name("key"));
    key.flatten().is_some_and(|key| tree.key(key) == Some(name))
}
