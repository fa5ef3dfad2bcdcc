//! What is written at a place: a name in the call of a builder, or a name in a handler that
//! stands for something the handler is given.

use std::ops::Range;

use super::schema::task_of_schema_key;
use crate::{
    document::{SyntaxNode, SyntaxTree, bytes_of, size},
    handlers::{Handler, ProjectFile, Reader, Value, callee_name, is_returned_context},
    sites::CallKey,
};

/// Says how a name is written, which decides how another one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// Inside of quotes.
    Text,
    /// Behind a dot, after an object that ends here.
    Member {
        /// Where the object ends.
        object_end: u32,
        /// Whether the dot is one of `?.`.
        is_optional: bool,
    },
    /// Before a colon.
    Key,
    /// In quotes before a colon.
    QuotedKey,
    /// As a variable that an object takes in.
    ShorthandKey,
    /// As a variable that is taken out of an object.
    ShorthandPattern,
}

/// Is a name as it is written.
pub(super) struct Written {
    /// Where it is, without quotes.
    pub(super) bytes: Range<u32>,
    /// The name.
    pub(super) name: String,
    /// How it is written.
    pub(super) spelling: Spelling,
}

/// Says what a name in a call of a builder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallPart {
    /// The first argument of a call that makes something with a handler.
    Handled,
    /// The name of a sequence.
    Sequence,
    /// The name of a provider that is added.
    AddedProvider,
    /// The name of a provider that is removed.
    RemovedProvider,
    /// The name of a provider in `providers`.
    ListedProvider,
    /// The name of a branch.
    Branch,
    /// A key of the context in the schema of a task's output.
    SchemaKey,
}

/// Is what a name in a handler is for.
pub(super) enum HandlerPart {
    /// It takes a provider.
    Provider,
    /// It reads the context, under these keys.
    ContextRead(Vec<String>),
    /// It puts something into the context.
    ContextMade,
    /// It names a task to invalidate.
    Target,
}

/// Reads the name that the last of the nodes around a place is, or is part of.
pub(super) fn written_at(tree: &SyntaxTree, nodes: &[SyntaxNode<'_>]) -> Option<Written> {
    let (leaf, around) = nodes.split_last()?;
    let parent = *around.last()?;
    let spelling = match leaf.kind() {
        "property_identifier" if parent.kind() == "member_expression" => member(parent)?,
        "property_identifier" => Spelling::Key,
        "shorthand_property_identifier" => Spelling::ShorthandKey,
        "shorthand_property_identifier_pattern" => Spelling::ShorthandPattern,
        "string_fragment" => {
            let name = tree.plain_text(parent)?.to_owned();
            let is_key = around.iter().nth_back(1)?.child_by_field_name("key") == Some(parent);
            return Some(Written {
                bytes: bytes_of(*leaf),
                name,
                spelling: if is_key {
                    Spelling::QuotedKey
                } else {
                    Spelling::Text
                },
            });
        }
        _ => return None,
    };
    Some(Written {
        bytes: bytes_of(*leaf),
        name: tree.text_of(*leaf).to_owned(),
        spelling,
    })
}

fn member(expression: SyntaxNode<'_>) -> Option<Spelling> {
    Some(Spelling::Member {
        object_end: size(expression.child_by_field_name("object")?.end_byte()),
        is_optional: expression.child_by_field_name("optional_chain").is_some(),
    })
}

/// Leaves out the node inside of quotes, so that names are handled alike with and without them.
fn unquoted<'a, 'tree>(nodes: &'a [SyntaxNode<'tree>]) -> &'a [SyntaxNode<'tree>] {
    match nodes.split_last() {
        Some((leaf, around)) if leaf.kind() == "string_fragment" => around,
        _ => nodes,
    }
}

/// Says what a name is for that stands in the call of a builder, outside of handlers.
pub(super) fn call_part(
    file: &ProjectFile<'_>,
    nodes: &[SyntaxNode<'_>],
) -> Option<(CallKey, CallPart)> {
    let tree = file.tree()?;
    let nodes = unquoted(nodes);
    let (leaf, around) = nodes.split_last()?;
    if let [.., call, arguments] = around
        && arguments.kind() == "arguments"
        && arguments.named_child(0) == Some(*leaf)
    {
        return Some((file.call(*call)?, first_argument(tree, *call)?));
    }
    key_in_call(file, tree, *leaf, around).or_else(|| {
        let call = task_of_schema_key(tree, nodes)?;
        Some((file.call(call)?, CallPart::SchemaKey))
    })
}

fn first_argument(tree: &SyntaxTree, call: SyntaxNode<'_>) -> Option<CallPart> {
    match tree.text_of(callee_name(call)?) {
        "task" | "step" | "operation" | "workspaceOperation" => Some(CallPart::Handled),
        "sequence" => Some(CallPart::Sequence),
        "addProvider" => Some(CallPart::AddedProvider),
        "removeProvider" => Some(CallPart::RemovedProvider),
        _ => None,
    }
}

fn key_in_call(
    file: &ProjectFile<'_>,
    tree: &SyntaxTree,
    leaf: SyntaxNode<'_>,
    around: &[SyntaxNode<'_>],
) -> Option<(CallKey, CallPart)> {
    let around = outside_of_pair(leaf, around)?;
    let (object, around) = around.split_last()?;
    if object.kind() != "object" {
        return None;
    }
    match around {
        [.., call, arguments] if arguments.kind() == "arguments" => {
            let is_parallel = tree.text_of(callee_name(*call)?) == "parallel";
            is_parallel.then_some((file.call(*call)?, CallPart::Branch))
        }
        [.., call, arguments, options, pair]
            if arguments.kind() == "arguments" && options.kind() == "object" =>
        {
            let key = tree.key(pair.child_by_field_name("key")?)?;
            let takes_providers = matches!(
                tree.text_of(callee_name(*call)?),
                "workflow" | "defineConfig"
            );
            let is_listed = key == "providers" && takes_providers;
            is_listed.then_some((file.call(*call)?, CallPart::ListedProvider))
        }
        _ => None,
    }
}

/// Leaves out the pair that a key is part of.
fn outside_of_pair<'a, 'tree>(
    leaf: SyntaxNode<'tree>,
    around: &'a [SyntaxNode<'tree>],
) -> Option<&'a [SyntaxNode<'tree>]> {
    let (parent, outside) = around.split_last()?;
    match parent.kind() {
        "pair" => (parent.child_by_field_name("key") == Some(leaf)).then_some(outside),
        "object" if leaf.kind() == "shorthand_property_identifier" => Some(around),
        _ => None,
    }
}

/// Says what a name in a handler is for.
pub(super) fn handler_part(
    tree: &SyntaxTree,
    nodes: &[SyntaxNode<'_>],
    handler: &Handler<'_>,
) -> Option<HandlerPart> {
    let nodes = unquoted(nodes);
    let (leaf, around) = nodes.split_last()?;
    let kind = handler.uses.first()?.sight.kind;
    let reader = Reader::new(tree, nodes, handler.depth, kind);
    if around.last()?.kind() == "arguments" {
        return target(&reader, around, *leaf);
    }
    if let Some(object) = outside_of_pair(*leaf, around) {
        return is_returned_context(tree, object, handler.depth)
            .then_some(HandlerPart::ContextMade);
    }
    match reader.named()? {
        Value::Provider(_) => Some(HandlerPart::Provider),
        Value::Context(keys) => Some(HandlerPart::ContextRead(keys)),
        _ => None,
    }
}

fn target<'tree>(
    reader: &Reader<'_, 'tree>,
    around: &[SyntaxNode<'tree>],
    leaf: SyntaxNode<'tree>,
) -> Option<HandlerPart> {
    let [.., call, arguments] = around else {
        return None;
    };
    if arguments.named_child(0) != Some(leaf) {
        return None;
    }
    let function = call.child_by_field_name("function")?;
    (reader.value(function)? == Value::Invalidate).then_some(HandlerPart::Target)
}

/// Gives the arguments of a call and the first of them, where that is a text.
pub(super) fn first_text(call: SyntaxNode<'_>) -> Option<(SyntaxNode<'_>, SyntaxNode<'_>)> {
    let arguments = call.child_by_field_name("arguments")?;
    let first = arguments.named_child(0)?;
    matches!(first.kind(), "string" | "template_string").then_some((arguments, first))
}
