//! Functions and the builders they are given to, as the syntax shows them.

use super::HandlerKind;
use crate::document::{SyntaxNode, SyntaxTree, children, is_wrapper, member_key, size};

/// The properties that hold a handler; the others hold schemas and the like.
const HANDLER_PROPERTIES: &[&str] = &["create", "remove", "run"];

/// Says whether a node is a function.
pub(crate) fn is_function(node: SyntaxNode<'_>) -> bool {
    matches!(
        node.kind(),
        "arrow_function"
            | "function_expression"
            | "function_declaration"
            | "method_definition"
            | "generator_function"
            | "generator_function_declaration"
    )
}

/// Gives the name of the called function or method.
pub(crate) fn callee_name(call: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    let function = call.child_by_field_name("function")?;
    match function.kind() {
        "identifier" => Some(function),
        "member_expression" => function.child_by_field_name("property"),
        _ => None,
    }
}

/// Lists the patterns of a function's parameters.
pub(super) fn parameters(function: SyntaxNode<'_>) -> Vec<SyntaxNode<'_>> {
    if let Some(only) = function.child_by_field_name("parameter") {
        return vec![only];
    }
    let list = function.child_by_field_name("parameters");
    let list = list.into_iter().flat_map(children);
    list.filter_map(|parameter| parameter.child_by_field_name("pattern"))
        .collect()
}

/// Finds the innermost function among the nodes around a place that is given to a call as a
/// handler, by itself or as a property: which nodes the call and the function are.
pub(super) fn given_to_call(
    tree: &SyntaxTree,
    nodes: &[SyntaxNode<'_>],
    is_meant: impl Fn(SyntaxNode<'_>) -> bool,
) -> Option<(usize, usize)> {
    let functions = (0..nodes.len()).rev();
    let functions = functions.filter(|depth| is_function(nodes[*depth]));
    functions
        .filter_map(|function| Some((call_around(tree, nodes, function)?, function)))
        .find(|(call, _)| is_meant(nodes[*call]))
}

fn call_around(tree: &SyntaxTree, nodes: &[SyntaxNode<'_>], function: usize) -> Option<usize> {
    let is_method = nodes[function].kind() == "method_definition";
    let value = if is_method { function + 1 } else { function };
    let mut outside = outside_of_wrappers(nodes, value)?;
    if matches!(nodes[outside].kind(), "pair" | "method_definition") {
        let name = tree.key(member_key(nodes[outside])?)?;
        let object = outside.checked_sub(1)?;
        let is_handler = HANDLER_PROPERTIES.contains(&name) && nodes[object].kind() == "object";
        outside = outside_of_wrappers(nodes, object).filter(|_| is_handler)?;
    }
    let is_argument = nodes[outside].kind() == "arguments";
    let call = outside.checked_sub(1).filter(|_| is_argument)?;
    (nodes[call].kind() == "call_expression").then_some(call)
}

/// Gives the node around one that does more than to put parentheses or a type around it.
fn outside_of_wrappers(nodes: &[SyntaxNode<'_>], depth: usize) -> Option<usize> {
    nodes
        .get(..depth)?
        .iter()
        .rposition(|node| !is_wrapper(*node))
}

/// Tells the kind of handlers that a call takes, by the name of the builder.
pub(super) fn kind_taken_by(tree: &SyntaxTree, call: SyntaxNode<'_>) -> Option<HandlerKind> {
    HandlerKind::of_builder(tree.text_of(callee_name(call)?))
}

/// Finds the call of a builder that takes handlers around a place: the kind of handler, and what
/// its method is called on.
pub(super) fn builder_call_around<'tree>(
    tree: &SyntaxTree,
    nodes: &[SyntaxNode<'tree>],
) -> Option<(HandlerKind, SyntaxNode<'tree>)> {
    let calls = nodes.windows(2).rev();
    let mut calls = calls.filter(|pair| pair[1].kind() == "arguments");
    calls.find_map(|pair| {
        let member = called_member(pair[0])?;
        let kind = kind_taken_by(tree, pair[0])?;
        Some((kind, member.child_by_field_name("object")?))
    })
}

/// Gives where the called names of a chain begin, last call first.
pub(super) fn callees_before(chain: SyntaxNode<'_>) -> Vec<u32> {
    let mut starts = Vec::new();
    let mut next = Some(chain);
    while let Some(call) = next.filter(|node| node.kind() == "call_expression") {
        let Some(member) = called_member(call) else {
            starts.push(size(call.start_byte()));
            break;
        };
        starts.extend(
            member
                .child_by_field_name("property")
                .map(|name| size(name.start_byte())),
        );
        next = member.child_by_field_name("object");
    }
    starts
}

/// Gives the member that a call calls.
fn called_member(call: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    let is_call = call.kind() == "call_expression";
    let called = call.child_by_field_name("function").filter(|_| is_call)?;
    (called.kind() == "member_expression").then_some(called)
}

/// Finds the innermost pattern around a place by which something is taken apart: what a function is given,
/// what a variable is made from, or a part of either.
pub(crate) fn pattern_around(tree: &SyntaxTree, offset: u32) -> Option<SyntaxNode<'_>> {
    let mut within = tree
        .ancestors(offset)
        .take_while(|node| !is_function(*node));
    let pattern = within.find(|node| node.kind() == "object_pattern")?;
    let is_at_colon = tree
        .ancestors(offset)
        .take_while(|node| *node != pattern)
        .any(|node| node.kind() == "pair_pattern");
    (!is_at_colon).then_some(pattern)
}

/// Lists the names that a pattern takes, but for the one at a place.
pub(crate) fn taken_elsewhere<'a>(
    tree: &'a SyntaxTree,
    pattern: SyntaxNode<'_>,
    offset: u32,
) -> Vec<&'a str> {
    let is_elsewhere = |part: &SyntaxNode<'_>| {
        let bytes = part.byte_range();
        !(bytes.start..=bytes.end).contains(&(offset as usize))
    };
    let names = children(pattern)
        .filter(is_elsewhere)
        .map(|part| tree.text_of(member_key(part).unwrap_or(part)));
    names.collect()
}
