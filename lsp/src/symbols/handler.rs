//! Which handler a place is in: a function that is written in the call of a builder, or one that
//! is declared elsewhere and named there.

use std::collections::HashMap;

use rigkit_engine::{
    definition::Definition,
    modules::{CallSite, Module, ModuleId},
};

use super::{
    file::ProjectFile,
    index::{HandlerRole, HandlerUse, Index},
};
use crate::document::SyntaxNode;

/// The properties that hold a handler.
const HANDLER_PROPERTIES: &[&str] = &["create", "remove", "run"];

/// Is the handler around a place.
pub(super) struct Handler<'view> {
    /// Which of the nodes around the place is its function.
    pub(super) depth: usize,
    /// What it is called for.
    pub(super) uses: Vec<HandlerUse<'view>>,
}

/// Knows the handlers that are declared in one place and named in another.
pub(super) struct NamedHandlers<'view> {
    uses: HashMap<(ModuleId, String), Vec<HandlerUse<'view>>>,
}

impl<'view> NamedHandlers<'view> {
    /// Goes through the calls of a definition.
    pub(super) fn new(definition: &Definition, index: &Index<'view>) -> Self {
        let mut named = Self {
            uses: HashMap::new(),
        };
        for user in index.all_uses() {
            let Some((module, call)) = user.place.call_site(&definition.graph) else {
                continue;
            };
            for name in names_in(module, call, user.role) {
                let declared_in = imported_from(module, &name).unwrap_or(user.call.module);
                named
                    .uses
                    .entry((declared_in, name))
                    .or_default()
                    .push(*user);
            }
        }
        named
    }
}

/// Lists the names that stand where handlers do.
fn names_in(module: &Module, call: &CallSite, role: HandlerRole) -> Vec<String> {
    let spans = match role {
        HandlerRole::Task(_) => call
            .arguments
            .last()
            .map(|argument| &argument.span)
            .into_iter()
            .collect(),
        HandlerRole::Workspace | HandlerRole::Operation => HANDLER_PROPERTIES
            .iter()
            .filter_map(|name| Some(&call.property(&[name])?.value))
            .collect::<Vec<_>>(),
    };
    let texts = spans
        .into_iter()
        .filter_map(|span| module.text.get(span.start as usize..span.end as usize));
    texts
        .filter(|text| is_identifier(text))
        .map(ToOwned::to_owned)
        .collect()
}

/// Says whether a text can be a name in the language.
pub(crate) fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    let is_first = |first: char| first.is_alphabetic() || matches!(first, '_' | '$');
    let is_later = |later: char| later.is_alphanumeric() || matches!(later, '_' | '$');
    characters.next().is_some_and(is_first) && characters.all(is_later)
}

fn imported_from(module: &Module, name: &str) -> Option<ModuleId> {
    let import = module
        .imports
        .iter()
        .find(|import| import.names.iter().any(|(imported, _)| imported == name))?;
    module.link(&import.specifier)
}

/// Finds the handler around a place.
pub(super) fn handler_around<'a, 'view: 'a>(
    file: &ProjectFile<'_>,
    index: &Index<'view>,
    named: impl FnOnce() -> &'a NamedHandlers<'view>,
    nodes: &[SyntaxNode<'_>],
) -> Option<Handler<'view>> {
    written_in_call(file, index, nodes).or_else(|| declared(file, named, nodes))
}

fn written_in_call<'view>(
    file: &ProjectFile<'_>,
    index: &Index<'view>,
    nodes: &[SyntaxNode<'_>],
) -> Option<Handler<'view>> {
    (1..nodes.len()).rev().find_map(|depth| {
        if nodes[depth].kind() != "arguments" {
            return None;
        }
        let uses = index.handler_uses(file.call(nodes[depth - 1])?)?;
        Some(Handler {
            depth: function_below(file, nodes, depth + 1)?,
            uses: uses.to_vec(),
        })
    })
}

/// Finds the function of a handler among the nodes of an argument.
fn function_below(file: &ProjectFile<'_>, nodes: &[SyntaxNode<'_>], depth: usize) -> Option<usize> {
    let inside = nodes.get(depth..)?.iter().position(|node| {
        !matches!(
            node.kind(),
            "parenthesized_expression" | "as_expression" | "satisfies_expression"
        )
    })?;
    let depth = depth + inside;
    if nodes[depth].kind() == "object" {
        return function_of_property(file, nodes, depth + 1);
    }
    is_function_node(nodes[depth]).then_some(depth)
}

fn function_of_property(
    file: &ProjectFile<'_>,
    nodes: &[SyntaxNode<'_>],
    depth: usize,
) -> Option<usize> {
    let property = nodes.get(depth)?;
    let (field, function) = match property.kind() {
        "pair" => ("key", depth + 1),
        "method_definition" => ("name", depth),
        _ => return None,
    };
    let name = property.child_by_field_name(field)?;
    let is_handler = HANDLER_PROPERTIES.contains(&file.tree()?.text_of(name));
    let is_function = is_function_node(*nodes.get(function)?);
    (is_handler && is_function).then_some(function)
}

fn declared<'a, 'view: 'a>(
    file: &ProjectFile<'_>,
    named: impl FnOnce() -> &'a NamedHandlers<'view>,
    nodes: &[SyntaxNode<'_>],
) -> Option<Handler<'view>> {
    let depth = nodes.iter().position(|node| is_function_node(*node))?;
    let name = match nodes[depth].kind() {
        "function_declaration" => nodes[depth].child_by_field_name("name"),
        _ => nodes[..depth]
            .last()
            .filter(|around| around.kind() == "variable_declarator")
            .and_then(|declarator| declarator.child_by_field_name("name")),
    }?;
    let name = file.tree()?.text_of(name).to_owned();
    let uses = named().uses.get(&(file.id(), name))?.clone();
    Some(Handler { depth, uses })
}

/// Says whether a node is a function.
pub(super) fn is_function_node(node: SyntaxNode<'_>) -> bool {
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
