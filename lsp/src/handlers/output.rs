//! What handlers leave as context, as far as it is written in them: `return { ctx: { … } }`.

use std::ops::Range;

use super::{
    INVALIDATE,
    functions::{callee_name, is_function},
};
use crate::document::{
    SyntaxNode, SyntaxTree, bytes_of, children, is_wrapper, member_key, unwrapped,
};

/// How deep the last statements of a handler are looked into: no code may be too deep for the
/// stack.
const MOST_DEPTH: usize = 64;

/// How deep objects in a context are looked into.
const MOST_NESTED: usize = 16;

/// Says what a handler leaves as context.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Output {
    /// The keys it puts there.
    pub(crate) keys: Vec<OutputKey>,
    /// Whether what was in the context before stays in it.
    pub(crate) keeps: bool,
    /// Whether it may hold what nobody can tell.
    pub(crate) is_open: bool,
}

/// Is a key that a handler puts into the context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OutputKey {
    /// The key.
    pub(crate) name: String,
    /// Where it is written, without quotes.
    pub(crate) bytes: Range<u32>,
    /// The members of its value, where that is written as an object.
    pub(crate) members: WrittenMembers,
}

/// The members of an object as they are written, each with its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct WrittenMembers(pub(crate) Vec<(String, WrittenMembers)>);

impl WrittenMembers {
    /// Reads the object that a function returns, where it is written.
    pub(crate) fn returned(tree: &SyntaxTree, function: SyntaxNode<'_>) -> Self {
        let returned = returned_by(function).into_iter();
        let members = returned.flat_map(|value| Self::of(tree, value, MOST_NESTED).0);
        Self(members.collect())
    }

    fn of(tree: &SyntaxTree, value: SyntaxNode<'_>, depth: usize) -> Self {
        let object = unwrapped(value);
        let (true, Some(depth)) = (object.kind() == "object", depth.checked_sub(1)) else {
            return Self::default();
        };
        let member = |member: SyntaxNode<'_>| {
            let name = tree.key(member_key(member)?)?.to_owned();
            Some((name, Self::of_member(tree, member, depth)))
        };
        Self(children(object).filter_map(member).collect())
    }

    fn of_member(tree: &SyntaxTree, member: SyntaxNode<'_>, depth: usize) -> Self {
        let value = member.child_by_field_name("value");
        value.map_or_else(Self::default, |value| Self::of(tree, value, depth))
    }
}

/// What becomes of a context in one place where a handler ends.
enum Returned<'tree> {
    /// It stays as it is.
    Kept,
    /// The handler ends without one.
    Nothing,
    /// It is the object that is written there.
    Literal(SyntaxNode<'tree>),
    /// Nobody can tell.
    Computed,
}

impl Output {
    /// Is what is known of a handler whose code is elsewhere.
    pub(crate) fn unknown() -> Self {
        Self {
            is_open: true,
            ..Self::default()
        }
    }

    /// Reads it from the code of a handler.
    pub(crate) fn of(tree: &SyntaxTree, handler: SyntaxNode<'_>) -> Self {
        let mut output = Self {
            keeps: may_end_without_return(handler),
            ..Self::default()
        };
        let mut is_replaced = false;
        for value in returned_by(handler) {
            match returned(tree, value) {
                Returned::Kept => output.keeps = true,
                Returned::Nothing => continue,
                Returned::Literal(context) => output.add(tree, context),
                Returned::Computed => output.is_open = true,
            }
            is_replaced = true;
        }
        output.keeps |= !is_replaced;
        output
    }

    /// Says whether it puts a key there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.keys.iter().any(|key| key.name == name)
    }

    /// Says whether keys that it does not write down may be there after it.
    pub(crate) fn may_have_others(&self) -> bool {
        self.keeps || self.is_open
    }

    fn add(&mut self, tree: &SyntaxTree, context: SyntaxNode<'_>) {
        for member in children(context) {
            match member.kind() {
                "spread_element" if is_spread_context(tree, member) => self.keeps = true,
                "comment" => {}
                _ => match key_of(tree, member) {
                    Some(key) => self.keys.push(key),
                    None => self.is_open = true,
                },
            }
        }
    }
}

/// Lists the contexts that a handler returns as an object without what was in the context before.
pub(crate) fn unspread_contexts<'tree>(
    tree: &SyntaxTree,
    handler: SyntaxNode<'tree>,
) -> Vec<SyntaxNode<'tree>> {
    let contexts = returned_by(handler).into_iter();
    let contexts = contexts.filter_map(|value| match returned(tree, value) {
        Returned::Literal(context) => Some(context),
        Returned::Kept | Returned::Nothing | Returned::Computed => None,
    });
    let has_spread = |context: &SyntaxNode<'_>| {
        children(*context).any(|member| member.kind() == "spread_element")
    };
    contexts.filter(|context| !has_spread(context)).collect()
}

/// Lists the values that a function returns, and the statements that return none, but not what
/// functions in it do.
fn returned_by(function: SyntaxNode<'_>) -> Vec<SyntaxNode<'_>> {
    let Some(body) = function.child_by_field_name("body") else {
        return Vec::new();
    };
    if body.kind() != "statement_block" {
        return vec![unwrapped(body)];
    }
    let mut returned = Vec::new();
    let mut cursor = body.walk();
    loop {
        let node = cursor.node();
        if node.kind() == "return_statement" {
            let value = children(node).find(|part| part.kind() != "comment");
            returned.push(value.map_or(node, unwrapped));
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

/// Who returns nothing keeps the context.
fn may_end_without_return(function: SyntaxNode<'_>) -> bool {
    let body = function.child_by_field_name("body");
    let block = body.filter(|body| body.kind() == "statement_block");
    block.is_some_and(|block| !always_ends(block, MOST_DEPTH))
}

/// Says whether nothing is reached that comes after a statement.
fn always_ends(statement: SyntaxNode<'_>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let ends = |part: Option<SyntaxNode<'_>>| part.is_some_and(|part| always_ends(part, depth));
    let field = |name| statement.child_by_field_name(name);
    match statement.kind() {
        "return_statement" | "throw_statement" => true,
        "statement_block" | "else_clause" => ends(
            children(statement)
                .filter(|part| part.kind() != "comment")
                .last(),
        ),
        "if_statement" => ends(field("consequence")) && ends(field("alternative")),
        "try_statement" => {
            let handler = field("handler").map(|handler| handler.child_by_field_name("body"));
            ends(field("body")) && handler.is_none_or(ends)
        }
        _ => false,
    }
}

fn returned<'tree>(tree: &SyntaxTree, value: SyntaxNode<'tree>) -> Returned<'tree> {
    match value.kind() {
        "undefined" | "null" | "return_statement" => return Returned::Kept,
        "unary_expression" if tree.text_of(value).starts_with("void") => return Returned::Kept,
        "call_expression" if is_invalidation(tree, value) => return Returned::Nothing,
        "object" => {}
        _ => return Returned::Computed,
    }
    let context = children(value).find(|member| {
        let key = key_of(tree, *member);
        key.is_some_and(|key| key.name == "ctx")
    });
    let has_spread = || children(value).any(|member| member.kind() == "spread_element");
    match context {
        Some(member) => match member.child_by_field_name("value").map(unwrapped) {
            Some(context) if context.kind() == "object" => Returned::Literal(context),
            _ => Returned::Computed,
        },
        None if has_spread() => Returned::Computed,
        None => Returned::Kept,
    }
}

/// Says whether a handler ends without an output there.
fn is_invalidation(tree: &SyntaxTree, call: SyntaxNode<'_>) -> bool {
    callee_name(call).is_some_and(|name| tree.text_of(name) == INVALIDATE)
}

fn is_spread_context(tree: &SyntaxTree, spread: SyntaxNode<'_>) -> bool {
    let value = spread.named_child(0).map(|value| tree.text_of(value));
    value.and_then(|value| value.rsplit('.').next()) == Some("ctx")
}

/// Gives the key of a member of an object, where it is written as one.
fn key_of(tree: &SyntaxTree, member: SyntaxNode<'_>) -> Option<OutputKey> {
    let key = member_key(member)?;
    let name = tree.key(key)?.to_owned();
    let bytes = bytes_of(key);
    let bytes = match key.kind() {
        "string" => bytes.start + 1..bytes.end.saturating_sub(1),
        _ => bytes,
    };
    Some(OutputKey {
        name,
        bytes,
        members: WrittenMembers::of_member(tree, member, MOST_NESTED),
    })
}

/// Says whether the last of the nodes is the object that a handler returns as context.
pub(crate) fn is_returned_context(
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
        && tree.key(pair.child_by_field_name("key")?)? == "ctx";
    let (returned, around) = around.split_last().filter(|_| is_context)?;
    let function = around.iter().rposition(|node| is_function(*node))?;
    let outside = without_wrappers(around).last()?;
    let is_returned = outside.kind() == "return_statement" || is_function(*outside);
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::sync::Arc;

    use super::*;
    use crate::document::{Entering, Syntax, Text, walk};

    /// Describes an output: its keys, `...` where it keeps the context, `?` where it may hold
    /// anything.
    fn check(handler: &str, expected: &str) {
        let syntax = Syntax::new(Arc::new(Text::new(format!("x = {handler};"))));
        let tree = syntax.tree().unwrap();
        let mut function = None;
        walk(tree.root(), |node| {
            function = function.or(is_function(node).then_some(node));
            Entering::Into
        });
        let output = Output::of(tree, function.unwrap());
        let keys = output.keys.iter().map(|key| key.name.as_str());
        let keeps = output.keeps.then_some("...");
        let is_open = output.is_open.then_some("?");
        let told: Vec<&str> = keys.chain(keeps).chain(is_open).collect();
        assert_eq!(told.join(" "), expected, "{handler}");
    }

    #[test]
    fn what_is_written_is_left() {
        check("() => ({ ctx: { a, 'b': 1, c() {} } })", "a b c");
        check("() => ({ ctx: { ...step.ctx, a } })", "a ...");
        check("() => ({ ctx: { ...other, [a]: 1 } } as const)", "?");
        check("() => ({ ctx: made })", "?");
        check("() => made()", "?");
        check("() => {}", "...");
        check("() => void made()", "...");
        check("() => ({ ctx: { a: () => { return 1; } } })", "a");
    }

    #[test]
    fn every_end_of_a_handler_counts() {
        check("() => { if (x) return { ctx: { a } }; }", "a ...");
        check("() => { if (x) return; return { ctx: { a } }; }", "a ...");
        check(
            "() => { if (x) return { ctx: { a } }; else { return { ctx: { b } }; } }",
            "a b",
        );
        check(
            "() => { try { return { ctx: { a } }; } catch { throw x; } }",
            "a",
        );
        check(
            "() => { if (x) return step.invalidate('t'); return { ctx: { a } }; }",
            "a",
        );
        check(
            "() => { f(() => { return { ctx: { b } }; }); return { ctx: { a } }; }",
            "a",
        );
    }
}
