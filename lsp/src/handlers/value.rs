//! What an expression in a handler stands for, as far as it is something a handler is given:
//! `step.ctx` is the context, and so is `ctx` after `const { ctx } = step`.

use super::{
    HandlerKind,
    functions::{is_function, parameters},
};
use crate::document::{SyntaxNode, SyntaxTree, children};

/// How many members and variables are followed: a text that is being typed may go round in
/// circles, and no text may be too deep for the stack.
const MOST_STEPS: usize = 64;

/// The method of a step that invalidates a task.
pub(crate) const INVALIDATE: &str = "invalidate";

/// Is something a handler is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// All it is given.
    Argument(HandlerKind),
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
    /// The workspace that a handler works on.
    Workspace,
    /// The context of that workspace, or what is in it under these keys.
    WorkspaceContext(Vec<String>),
    /// The method that invalidates a task.
    Invalidate,
}

impl Value {
    /// Gives what a member of it is.
    pub(crate) fn member(self, name: &str) -> Option<Self> {
        let below = |mut keys: Vec<String>| {
            keys.push(name.to_owned());
            keys
        };
        match self {
            Self::Argument(kind) => argument_member(kind, name),
            Self::Providers => Some(Self::Provider(name.to_owned())),
            Self::Step if name == INVALIDATE => Some(Self::Invalidate),
            Self::Step | Self::Workflow if name == "ctx" => Some(Self::Context(Vec::new())),
            Self::Workspace if name == "ctx" => Some(Self::WorkspaceContext(Vec::new())),
            Self::Context(keys) => Some(Self::Context(below(keys))),
            Self::WorkspaceContext(keys) => Some(Self::WorkspaceContext(below(keys))),
            _ => None,
        }
    }
}

fn argument_member(kind: HandlerKind, name: &str) -> Option<Value> {
    match (name, kind) {
        ("providers", _) => Some(Value::Providers),
        ("step", HandlerKind::Task) => Some(Value::Step),
        ("workflow", HandlerKind::Workspace) => Some(Value::Workflow),
        ("workspace", HandlerKind::Workspace) => Some(Value::Workspace),
        // An operation of the project belongs to no run, and sees no context.
        ("config" | "ctx" | "runtime" | "step", _)
        | (
            "workflow" | "workspace" | "input" | "local",
            HandlerKind::Workspace | HandlerKind::Operation,
        ) => None,
        _ => Some(Value::Provider(name.to_owned())),
    }
}

/// Reads the expressions of one handler.
pub(crate) struct Reader<'a, 'tree> {
    tree: &'a SyntaxTree,
    nodes: &'a [SyntaxNode<'tree>],
    depth: usize,
    kind: HandlerKind,
}

impl<'a, 'tree> Reader<'a, 'tree> {
    /// Prepares for expressions around a place, where one of the nodes is the handler's function.
    pub(crate) fn new(
        tree: &'a SyntaxTree,
        nodes: &'a [SyntaxNode<'tree>],
        depth: usize,
        kind: HandlerKind,
    ) -> Self {
        Self {
            tree,
            nodes,
            depth,
            kind,
        }
    }

    /// Says what the name stands for that the last of the nodes is.
    pub(crate) fn named(&self) -> Option<Value> {
        let (leaf, around) = self.nodes.split_last()?;
        let parent = around.last()?;
        match parent.kind() {
            "member_expression" | "subscript_expression" => {
                let object = parent.child_by_field_name("object")?;
                if object == *leaf {
                    return self.value(object);
                }
                self.value(object)?.member(self.tree.key(*leaf)?)
            }
            "object_pattern" | "object_assignment_pattern" | "pair_pattern" => {
                self.taken_out(self.tree.key(*leaf)?)
            }
            _ => self.value(*leaf),
        }
    }

    /// Says what a chain of names stands for.
    pub(crate) fn path(&self, names: &[&str]) -> Option<Value> {
        let (first, members) = names.split_first()?;
        let value = self.variable(first, self.nodes.len(), MOST_STEPS)?;
        follow(value, members)
    }

    /// Says what an expression stands for that is, or is in, one of the nodes around the place.
    pub(crate) fn value(&self, expression: SyntaxNode<'tree>) -> Option<Value> {
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
                let index = self
                    .tree
                    .plain_text(expression.child_by_field_name("index")?)?;
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
            if is_function(node) {
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
        follow(Value::Argument(self.kind), keys)
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
                children(block).find_map(|statement| self.declared_by(statement, name))
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
        children(statement).find_map(|declarator| {
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
                let key = self.tree.key(pattern.child_by_field_name("key")?)?;
                Some(std::iter::once(key.to_owned()).chain(inner).collect())
            }
            "object_pattern" | "rest_pattern" => {
                children(pattern).find_map(|part| self.keys_within(part, name, steps))
            }
            _ => None,
        }
    }

    /// Says what the key of a pattern, which is the last of the nodes, takes out.
    fn taken_out(&self, key: &str) -> Option<Value> {
        let mut keys = vec![key.to_owned()];
        for depth in (self.depth..self.nodes.len() - 1).rev() {
            let (node, below) = (self.nodes[depth], self.nodes[depth + 1]);
            match node.kind() {
                "object_pattern" | "object_assignment_pattern" | "assignment_pattern" => {}
                "pair_pattern" => {
                    let written = node.child_by_field_name("key")?;
                    if written != below {
                        keys.insert(0, self.tree.key(written)?.to_owned());
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

fn follow(value: Value, keys: &[impl AsRef<str>]) -> Option<Value> {
    let mut keys = keys.iter();
    keys.try_fold(value, |value, key| value.member(key.as_ref()))
}
