//! The functions around a place, and the builders they are given to, as the syntax shows them.

use super::HandlerKind;
use crate::document::{SyntaxNode, SyntaxTree, children, size};

/// Gives the functions around a place, innermost first.
pub(crate) fn around(tree: &SyntaxTree, offset: u32) -> impl Iterator<Item = SyntaxNode<'_>> {
    tree.ancestors(offset).filter(|node| is_function(*node))
}

/// Finds the function whose parameters a place is in.
pub(super) fn with_parameter(tree: &SyntaxTree, offset: u32) -> Option<SyntaxNode<'_>> {
    let function = around(tree, offset).next()?;
    let parameters = function.child_by_field_name("parameters")?;
    let is_inside = parameters.byte_range().contains(&(offset as usize));
    is_inside.then_some(function)
}

/// Says whether a function is given to a builder as a handler, by itself or as a property.
pub(super) fn is_given_to_builder(tree: &SyntaxTree, function: SyntaxNode<'_>) -> bool {
    let mut next = Some(function);
    while let Some(node) = next {
        match node.kind() {
            "pair" | "method_definition" if !is_handler_property(tree, node) => return false,
            "call_expression" => return is_builder(tree, node),
            "object" | "arguments" | "pair" => {}
            _ if is_function(node) && node == function => {}
            _ => return false,
        }
        next = node.parent();
    }
    false
}

/// Says whether a property holds a handler; the others hold schemas and the like.
fn is_handler_property(tree: &SyntaxTree, property: SyntaxNode<'_>) -> bool {
    let key = property.child_by_field_name("key");
    let name = key.or_else(|| property.child_by_field_name("name"));
    name.is_some_and(|name| matches!(tree.unquoted(name), "create" | "remove" | "run"))
}

fn is_builder(tree: &SyntaxTree, call: SyntaxNode<'_>) -> bool {
    let called = match called_member(call) {
        Some(member) => member.child_by_field_name("property"),
        None => call.child_by_field_name("function"),
    };
    called.is_some_and(|name| HandlerKind::of_builder(tree.text_of(name)).is_some())
}

/// Says whether a node is a function.
pub(crate) fn is_function(node: SyntaxNode<'_>) -> bool {
    matches!(
        node.kind(),
        "arrow_function" | "function_expression" | "function_declaration" | "method_definition"
    )
}

/// Gives the name of a function that has one: its own, or that of the constant it is.
pub(super) fn name<'a>(tree: &'a SyntaxTree, node: SyntaxNode<'_>) -> Option<&'a str> {
    let name = match node.kind() {
        "function_declaration" => node.child_by_field_name("name")?,
        "arrow_function" | "function_expression" => {
            let declarator = node.parent()?;
            let is_constant = declarator.kind() == "variable_declarator";
            declarator
                .child_by_field_name("name")
                .filter(|_| is_constant)?
        }
        _ => return None,
    };
    (name.kind() == "identifier").then(|| tree.text_of(name))
}

/// Finds the call of a builder that takes handlers around a place: the kind of handler, and what
/// its method is called on.
pub(super) fn builder_call_around(
    tree: &SyntaxTree,
    offset: u32,
) -> Option<(HandlerKind, SyntaxNode<'_>)> {
    let is_inside = |call: SyntaxNode<'_>| {
        let arguments = call.child_by_field_name("arguments");
        arguments.is_some_and(|arguments| arguments.byte_range().contains(&(offset as usize)))
    };
    tree.ancestors(offset)
        .filter(|call| is_inside(*call))
        .find_map(|call| {
            let member = called_member(call)?;
            let method = member.child_by_field_name("property")?;
            let kind = HandlerKind::of_builder(tree.text_of(method))?;
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

/// Says whether a function takes something of this name out of what it is given.
pub(crate) fn takes(tree: &SyntaxTree, function: SyntaxNode<'_>, name: &str) -> bool {
    let Some(parameters) = function.child_by_field_name("parameters") else {
        return false;
    };
    let patterns =
        children(parameters).filter_map(|parameter| parameter.child_by_field_name("pattern"));
    let mut taken = patterns.flat_map(children);
    taken.any(|part| {
        part.kind() == "shorthand_property_identifier_pattern" && tree.text_of(part) == name
    })
}

/// Finds the pattern around a place by which a function takes apart what it is given.
pub(crate) fn pattern_around(tree: &SyntaxTree, offset: u32) -> Option<SyntaxNode<'_>> {
    let mut within = tree
        .ancestors(offset)
        .take_while(|node| !is_function(*node));
    let pattern = within.find(|node| node.kind() == "object_pattern")?;
    let is_at_colon = tree
        .ancestors(offset)
        .take_while(|node| *node != pattern)
        .any(|node| node.kind() == "pair_pattern");
    let is_outermost = pattern.parent().is_some_and(is_parameter);
    (is_outermost && !is_at_colon).then_some(pattern)
}

fn is_parameter(node: SyntaxNode<'_>) -> bool {
    matches!(node.kind(), "required_parameter" | "optional_parameter")
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
    let names = children(pattern).filter(is_elsewhere).map(|part| {
        let name = part.child_by_field_name("key").unwrap_or(part);
        tree.text_of(name)
    });
    names.collect()
}
