//! What an expression in a handler stands for, as far as it is something a handler is given:
//! `step.ctx` is the context, and so is `ctx` after `const { ctx } = step`.

use super::{
    handler::{Handler, is_function_node},
    index::HandlerRole,
};
use crate::document::{SyntaxNode, SyntaxTree};

/// How many members and variables are followed: a text that is being typed may go round in
/// circles, and no text may be too deep for the stack.
const MOST_STEPS: usize = 64;

/// Is something a handler is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// All it is given.
    Argument(HandlerRole),
    /// The providers by name.
    Providers,
    /// One provider.
    Provider(String),
    /// What a task knows of its run.
    Step,
    /// The workflow, as workspaces and operations see it.
    Workflow,
    /// The context, or what is in it under these keys.
    Context(Vec<String>),
    /// The method that invalidates a task.
    Invalidate,
}

impl Value {
    /// Gives what a member of it is.
    pub(super) fn member(self, name: &str) -> Option<Self> {
        match self {
            Self::Argument(role) => Some(argument_member(role, name)?),
            Self::Providers => Some(Self::Provider(name.to_owned())),
            Self::Step if name == "invalidate" => Some(Self::Invalidate),
            Self::Step | Self::Workflow if name == "ctx" => Some(Self::Context(Vec::new())),
            Self::Context(mut keys) => {
                keys.push(name.to_owned());
                Some(Self::Context(keys))
            }
            _ => None,
        }
    }
}

fn argument_member(role: HandlerRole, name: &str) -> Option<Value> {
    let is_task = matches!(role, HandlerRole::Task(_));
    match name {
        "providers" => Some(Value::Providers),
        "step" if is_task => Some(Value::Step),
        "config" | "ctx" | "runtime" | "step" => None,
        "workflow" if !is_task => Some(Value::Workflow),
        "workspace" | "input" | "local" if !is_task => None,
        _ => Some(Value::Provider(name.to_owned())),
    }
}

/// Reads the expressions of one handler.
pub(super) struct Reader<'a, 'tree> {
    tree: &'a SyntaxTree,
    nodes: &'a [SyntaxNode<'tree>],
    depth: usize,
    role: HandlerRole,
}

impl<'a, 'tree> Reader<'a, 'tree> {
    /// Prepares for expressions around a place.
    pub(super) fn new(
        tree: &'a SyntaxTree,
        nodes: &'a [SyntaxNode<'tree>],
        handler: &Handler<'_>,
    ) -> Option<Self> {
        Some(Self {
            tree,
            nodes,
            depth: handler.depth,
            role: handler.uses.first()?.role,
        })
    }

    /// Says what an expression stands for that is, or is in, one of the nodes around the place.
    pub(super) fn value(&self, expression: SyntaxNode<'tree>) -> Option<Value> {
        self.value_within(expression, self.nodes.len(), MOST_STEPS)
    }

    fn value_within(
        &self,
        expression: SyntaxNode<'tree>,
        scopes: usize,
        steps: usize,
    ) -> Option<Value> {
        let steps = steps.checked_sub(1)?;
        let inner =
            |field| self.value_within(expression.child_by_field_name(field)?, scopes, steps);
        match expression.kind() {
            "identifier" => self.variable(self.tree.text_of(expression), scopes, steps),
            "member_expression" => {
                let property = expression.child_by_field_name("property")?;
                inner("object")?.member(self.tree.text_of(property))
            }
            "subscript_expression" => {
                let index = text_in_quotes(self.tree, expression.child_by_field_name("index")?)?;
                inner("object")?.member(index)
            }
            "parenthesized_expression"
            | "non_null_expression"
            | "await_expression"
            | "as_expression"
            | "satisfies_expression" => {
                self.value_within(expression.named_child(0)?, scopes, steps)
            }
            _ => None,
        }
    }

    /// Looks a variable up in the scopes around the place, from the inside.
    fn variable(&self, name: &str, scopes: usize, steps: usize) -> Option<Value> {
        for depth in (self.depth..scopes).rev() {
            let node = self.nodes[depth];
            if is_function_node(node) {
                if let Some((is_first, keys)) = self.parameter(node, name) {
                    let is_given = is_first && depth == self.depth;
                    return is_given.then(|| self.argument(&keys))?;
                }
            } else if let Some((value, keys)) = self.declaration(node, name) {
                return follow(self.value_within(value?, depth + 1, steps)?, &keys);
            }
        }
        None
    }

    /// Gives what the handler's argument holds under some keys.
    fn argument(&self, keys: &[String]) -> Option<Value> {
        follow(Value::Argument(self.role), keys)
    }

    fn parameter(&self, function: SyntaxNode<'tree>, name: &str) -> Option<(bool, Vec<String>)> {
        parameters(function)
            .into_iter()
            .enumerate()
            .find_map(|(index, pattern)| Some((index == 0, self.keys_to(pattern, name)?)))
    }

    /// Finds the declaration of a variable among the statements of a block; its value is left out
    /// where that is nothing a handler is given.
    fn declaration(
        &self,
        block: SyntaxNode<'tree>,
        name: &str,
    ) -> Option<(Option<SyntaxNode<'tree>>, Vec<String>)> {
        match block.kind() {
            "for_in_statement" => {
                let keys = self.keys_to(block.child_by_field_name("left")?, name)?;
                Some((None, keys))
            }
            "catch_clause" => {
                let keys = self.keys_to(block.child_by_field_name("parameter")?, name)?;
                Some((None, keys))
            }
            "statement_block" | "switch_case" | "for_statement" => {
                let mut cursor = block.walk();
                let statements: Vec<_> = block.named_children(&mut cursor).collect();
                statements
                    .into_iter()
                    .find_map(|statement| self.declared_by(statement, name))
            }
            _ => None,
        }
    }

    fn declared_by(
        &self,
        statement: SyntaxNode<'tree>,
        name: &str,
    ) -> Option<(Option<SyntaxNode<'tree>>, Vec<String>)> {
        if statement.kind() == "function_declaration" {
            let declared = statement.child_by_field_name("name")?;
            return (self.tree.text_of(declared) == name).then(|| (None, Vec::new()));
        }
        if !matches!(
            statement.kind(),
            "lexical_declaration" | "variable_declaration"
        ) {
            return None;
        }
        let mut cursor = statement.walk();
        let declarators: Vec<_> = statement.named_children(&mut cursor).collect();
        declarators.into_iter().find_map(|declarator| {
            let pattern = declarator.child_by_field_name("name")?;
            let keys = self.keys_to(pattern, name)?;
            Some((declarator.child_by_field_name("value"), keys))
        })
    }

    /// Gives the keys under which a pattern finds what it calls by a name.
    fn keys_to(&self, pattern: SyntaxNode<'tree>, name: &str) -> Option<Vec<String>> {
        self.keys_within(pattern, name, MOST_STEPS)
    }

    fn keys_within(
        &self,
        pattern: SyntaxNode<'tree>,
        name: &str,
        steps: usize,
    ) -> Option<Vec<String>> {
        let steps = steps.checked_sub(1)?;
        match pattern.kind() {
            "identifier" => (self.tree.text_of(pattern) == name).then(Vec::new),
            "shorthand_property_identifier_pattern" => {
                (self.tree.text_of(pattern) == name).then(|| vec![name.to_owned()])
            }
            "object_assignment_pattern" | "assignment_pattern" => {
                self.keys_within(pattern.child_by_field_name("left")?, name, steps)
            }
            "pair_pattern" => {
                let inner = self.keys_within(pattern.child_by_field_name("value")?, name, steps)?;
                let key = key_text(self.tree, pattern.child_by_field_name("key")?)?;
                Some(std::iter::once(key.to_owned()).chain(inner).collect())
            }
            "object_pattern" | "rest_pattern" => {
                let mut cursor = pattern.walk();
                let parts: Vec<_> = pattern.named_children(&mut cursor).collect();
                parts
                    .into_iter()
                    .find_map(|part| self.keys_within(part, name, steps))
            }
            _ => None,
        }
    }

    /// Says what the key of a pattern, which is the last of the nodes, takes out.
    pub(super) fn taken_out(&self, key: &str) -> Option<Value> {
        let mut keys = vec![key.to_owned()];
        for depth in (self.depth..self.nodes.len() - 1).rev() {
            let (node, below) = (self.nodes[depth], self.nodes[depth + 1]);
            match node.kind() {
                "object_pattern" | "object_assignment_pattern" | "assignment_pattern" => {}
                "pair_pattern" => {
                    let written = node.child_by_field_name("key")?;
                    if written != below {
                        keys.insert(0, key_text(self.tree, written)?.to_owned());
                    }
                }
                "required_parameter" | "optional_parameter" => {
                    let function = *self.nodes.get(depth.checked_sub(2)?)?;
                    let is_first = parameters(function).first() == Some(&below);
                    let is_given = is_first && depth - 2 == self.depth;
                    return is_given.then(|| self.argument(&keys))?;
                }
                "variable_declarator" => {
                    let value = node.child_by_field_name("value")?;
                    let value = self.value_within(value, depth, MOST_STEPS)?;
                    return follow(value, &keys);
                }
                _ => return None,
            }
        }
        None
    }
}

fn follow(value: Value, keys: &[String]) -> Option<Value> {
    keys.iter().try_fold(value, |value, key| value.member(key))
}

/// Lists the patterns of a function's parameters.
fn parameters(function: SyntaxNode<'_>) -> Vec<SyntaxNode<'_>> {
    if let Some(only) = function.child_by_field_name("parameter") {
        return vec![only];
    }
    let Some(list) = function.child_by_field_name("parameters") else {
        return Vec::new();
    };
    let mut cursor = list.walk();
    list.named_children(&mut cursor)
        .filter_map(|parameter| parameter.child_by_field_name("pattern"))
        .collect()
}

/// Reads the name of a property, with or without quotes.
pub(super) fn key_text<'a>(tree: &'a SyntaxTree, key: SyntaxNode<'_>) -> Option<&'a str> {
    match key.kind() {
        "property_identifier" => Some(tree.text_of(key)),
        _ => text_in_quotes(tree, key),
    }
}

/// Reads a text in quotes that is written as it is.
pub(super) fn text_in_quotes<'a>(tree: &'a SyntaxTree, node: SyntaxNode<'_>) -> Option<&'a str> {
    let is_plain = matches!(node.kind(), "string" | "template_string")
        && node.named_child_count() <= 1
        && !node.has_error();
    let inside = tree.text_of(node).get(1..)?;
    let inside = inside.get(..inside.len().checked_sub(1)?)?;
    (is_plain && !inside.contains(['\\', '$'])).then_some(inside)
}
