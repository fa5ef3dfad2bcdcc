//! What the handlers of tasks put into the context, as far as it is written in them.

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use super::{file::callee_name, handler::is_function_node, mention::bytes_of, value::key_text};
use crate::document::{SyntaxNode, SyntaxTree};

/// Is what a handler leaves as context.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Output {
    /// The file that the handler is written in.
    pub(super) path: PathBuf,
    /// The keys it puts there.
    pub(super) keys: Vec<OutputKey>,
    /// Whether keys that were there before stay.
    pub(super) passes_on: bool,
}

/// Is a key that a handler puts into the context.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OutputKey {
    /// The key.
    pub(super) name: String,
    /// Where it is written, without quotes.
    pub(super) bytes: Range<u32>,
}

impl Output {
    /// Reads what a handler returns.
    pub(super) fn of(tree: &SyntaxTree, path: &Path, handler: SyntaxNode<'_>) -> Self {
        let returned = returned_by(handler);
        let mut output = Self {
            path: path.to_owned(),
            keys: Vec::new(),
            // Who returns nothing keeps the context.
            passes_on: may_end_without_return(handler),
        };
        let mut is_replaced = false;
        for value in returned {
            is_replaced |= output.add(tree, value);
        }
        output.passes_on |= !is_replaced;
        output
    }

    /// Says whether it puts a key there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.keys.iter().any(|key| key.name == name)
    }

    /// Adds what is returned in one place; says whether that is written there as a context.
    fn add(&mut self, tree: &SyntaxTree, returned: SyntaxNode<'_>) -> bool {
        let context = property(tree, unwrapped(returned), "ctx").map(unwrapped);
        match context {
            Some(context) if context.kind() == "object" => {
                self.passes_on |= has_spread(context);
                let keys = properties(tree, context).into_iter();
                self.keys.extend(keys.map(|(name, key)| OutputKey {
                    bytes: within_quotes(key),
                    name,
                }));
                true
            }
            None if is_invalidation(tree, returned) => false,
            _ => {
                // What is not written here may hold anything.
                self.passes_on = true;
                false
            }
        }
    }
}

/// Says whether a handler ends without an output there.
fn is_invalidation(tree: &SyntaxTree, returned: SyntaxNode<'_>) -> bool {
    let name = (returned.kind() == "call_expression")
        .then(|| callee_name(returned))
        .flatten();
    name.is_some_and(|name| tree.text_of(name) == "invalidate")
}

/// Lists what a function returns, but not what functions in it do.
fn returned_by(function: SyntaxNode<'_>) -> Vec<SyntaxNode<'_>> {
    let Some(body) = function.child_by_field_name("body") else {
        return Vec::new();
    };
    if body.kind() != "statement_block" {
        return vec![body];
    }
    let mut returned = Vec::new();
    let mut cursor = body.walk();
    loop {
        let node = cursor.node();
        if node.kind() == "return_statement" {
            returned.extend(node.named_child(0));
        } else if may_hold_statements(node) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return returned;
            }
        }
    }
}

fn may_hold_statements(node: SyntaxNode<'_>) -> bool {
    let kind = node.kind();
    let is_statement = kind.ends_with("_statement") && kind != "expression_statement";
    let is_part = kind.ends_with("_clause") || kind.starts_with("switch_");
    kind == "statement_block" || is_statement || is_part
}

fn may_end_without_return(function: SyntaxNode<'_>) -> bool {
    let body = function.child_by_field_name("body");
    let Some(body) = body.filter(|body| body.kind() == "statement_block") else {
        return false;
    };
    let count = u32::try_from(body.named_child_count()).unwrap_or(u32::MAX);
    let last = count.checked_sub(1).and_then(|last| body.named_child(last));
    !last.is_some_and(|last| matches!(last.kind(), "return_statement" | "throw_statement"))
}

fn unwrapped(mut node: SyntaxNode<'_>) -> SyntaxNode<'_> {
    while is_wrapper(node) {
        match node.named_child(0) {
            Some(inner) => node = inner,
            None => return node,
        }
    }
    node
}

fn is_wrapper(node: SyntaxNode<'_>) -> bool {
    matches!(
        node.kind(),
        "parenthesized_expression" | "as_expression" | "satisfies_expression"
    )
}

fn has_spread(object: SyntaxNode<'_>) -> bool {
    let mut cursor = object.walk();
    object
        .named_children(&mut cursor)
        .any(|property| property.kind() == "spread_element")
}

/// Lists the properties of an object with their keys.
fn properties<'tree>(
    tree: &SyntaxTree,
    object: SyntaxNode<'tree>,
) -> Vec<(String, SyntaxNode<'tree>)> {
    let mut cursor = object.walk();
    object
        .named_children(&mut cursor)
        .filter_map(|property| match property.kind() {
            "pair" => {
                let key = property.child_by_field_name("key")?;
                Some((key_text(tree, key)?.to_owned(), key))
            }
            "shorthand_property_identifier" => Some((tree.text_of(property).to_owned(), property)),
            _ => None,
        })
        .collect()
}

/// Gives the value of a property, where one is written.
fn property<'tree>(
    tree: &SyntaxTree,
    object: SyntaxNode<'tree>,
    name: &str,
) -> Option<SyntaxNode<'tree>> {
    let mut cursor = object.walk();
    let pairs: Vec<_> = object.named_children(&mut cursor).collect();
    pairs.into_iter().find_map(|pair| {
        let key = pair.child_by_field_name("key")?;
        let is_it = pair.kind() == "pair" && key_text(tree, key) == Some(name);
        is_it.then(|| pair.child_by_field_name("value"))?
    })
}

fn within_quotes(key: SyntaxNode<'_>) -> Range<u32> {
    let bytes = bytes_of(key);
    match key.kind() {
        "string" => bytes.start + 1..bytes.end.saturating_sub(1),
        _ => bytes,
    }
}

/// Says whether the last of the nodes is the object that a handler returns as context.
pub(super) fn is_returned_context(
    tree: &SyntaxTree,
    nodes: &[SyntaxNode<'_>],
    handler: usize,
) -> bool {
    returned_context(tree, nodes, handler).is_some()
}

fn returned_context(tree: &SyntaxTree, nodes: &[SyntaxNode<'_>], handler: usize) -> Option<()> {
    let (object, around) = nodes.split_last()?;
    let around = without_wrappers(around);
    let (pair, around) = around.split_last()?;
    let is_context = object.kind() == "object"
        && pair.kind() == "pair"
        && key_text(tree, pair.child_by_field_name("key")?)? == "ctx";
    let (returned, around) = around.split_last().filter(|_| is_context)?;
    let function = around.iter().rposition(|node| is_function_node(*node))?;
    let outside = without_wrappers(around).last()?;
    let is_returned = outside.kind() == "return_statement" || is_function_node(*outside);
    (returned.kind() == "object" && is_returned && function == handler).then_some(())
}

fn without_wrappers<'a, 'tree>(mut nodes: &'a [SyntaxNode<'tree>]) -> &'a [SyntaxNode<'tree>] {
    while let Some((last, around)) = nodes.split_last()
        && is_wrapper(*last)
    {
        nodes = around;
    }
    nodes
}
