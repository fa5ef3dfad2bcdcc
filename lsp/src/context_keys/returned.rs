//! What handlers return, as far as their code says it: the keys in `return { ctx: { … } }`.

use std::{collections::HashMap, ops::Range, path::Path, sync::Arc};

use rigkit_engine::definition::Task;

use crate::{
    document::{Syntax, SyntaxNode, SyntaxTree, Text, children},
    sites::site,
    surroundings::functions::is_function,
    view::ProjectView,
};

/// Is what a handler returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Returned {
    /// The keys it writes down.
    pub(super) keys: Vec<String>,
    /// Whether other keys of the context may still be there after it.
    pub(super) keeps_others: bool,
}

impl Returned {
    /// Stands for a handler of which nothing can be told.
    fn anything() -> Self {
        Self {
            keys: Vec::new(),
            keeps_others: true,
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.keys.extend(other.keys);
        Self {
            keys: self.keys,
            keeps_others: self.keeps_others || other.keeps_others,
        }
    }
}

/// Gives the syntax of files, each parsed at most once.
pub(super) struct Sources<'a> {
    view: &'a ProjectView,
    closed: HashMap<&'a Path, Syntax>,
}

impl<'a> Sources<'a> {
    /// Prepares for the files of a project.
    pub(super) fn new(view: &'a ProjectView) -> Self {
        Self {
            view,
            closed: HashMap::new(),
        }
    }

    /// Reads what the handler of a task returns.
    pub(super) fn returned_by(&mut self, task: &Task) -> Returned {
        self.read(task).unwrap_or_else(Returned::anything)
    }

    fn read(&mut self, task: &Task) -> Option<Returned> {
        let view = self.view;
        let definition = view.snapshot.definition.as_ref()?;
        let site = site(definition, &task.place)?;
        let path = &*site.module.path;
        if let Some(document) = view.document(path) {
            let call = view.current_bytes(path, &site.call);
            return returned_by_call(document.syntax.tree()?, &call);
        }
        let text = || Syntax::new(Arc::new(Text::new(Arc::clone(&site.module.text))));
        let syntax = self.closed.entry(path).or_insert_with(text);
        returned_by_call(syntax.tree()?, &site.call)
    }
}

fn returned_by_call(tree: &SyntaxTree, call: &Range<u32>) -> Option<Returned> {
    let call = tree.node_at(call)?;
    let arguments = call.child_by_field_name("arguments")?;
    let last = arguments.named_child_count().checked_sub(1)?;
    let handler = arguments.named_child(u32::try_from(last).ok()?)?;
    let handler = match handler.kind() {
        "identifier" => function_named(tree, tree.text_of(handler))?,
        _ => handler,
    };
    let body = handler.child_by_field_name("body")?;
    if body.kind() != "statement_block" {
        return Some(returned_by_expression(tree, body));
    }
    let returned = returns_in(body)
        .into_iter()
        .filter_map(|expression| returned_by_statement(tree, expression));
    Some(
        returned
            .reduce(Returned::and)
            .unwrap_or_else(Returned::anything),
    )
}

/// Finds a function that a file declares on its outermost level.
fn function_named<'a>(tree: &'a SyntaxTree, name: &str) -> Option<SyntaxNode<'a>> {
    let root = tree.root();
    let statements = children(root).map(|statement| {
        let declaration = statement.child_by_field_name("declaration");
        declaration.unwrap_or(statement)
    });
    let declarations = statements.flat_map(|statement| match statement.kind() {
        "lexical_declaration" => children(statement).collect(),
        _ => vec![statement],
    });
    let is_named = |declaration: &SyntaxNode<'_>| {
        let declared = declaration.child_by_field_name("name");
        declared.is_some_and(|declared| tree.text_of(declared) == name)
    };
    let found = { declarations }.find(is_named)?;
    found.child_by_field_name("value").or(Some(found))
}

/// Lists the statements that return from a function, but not from one inside of it.
fn returns_in(body: SyntaxNode<'_>) -> Vec<SyntaxNode<'_>> {
    let mut returns = Vec::new();
    let mut waiting = vec![body];
    while let Some(node) = waiting.pop() {
        if node.kind() == "return_statement" {
            returns.push(node);
        } else if !is_function(node) {
            waiting.extend(children(node));
        }
    }
    returns
}

/// Reads what one `return` gives; nothing where it gives no context.
fn returned_by_statement(tree: &SyntaxTree, statement: SyntaxNode<'_>) -> Option<Returned> {
    let Some(expression) = statement.named_child(0) else {
        return Some(Returned::anything());
    };
    let expression = bare(expression);
    let is_invalidation = expression.kind() == "call_expression";
    (!is_invalidation).then(|| returned_by_expression(tree, expression))
}

fn returned_by_expression(tree: &SyntaxTree, expression: SyntaxNode<'_>) -> Returned {
    let expression = bare(expression);
    let context = member(tree, expression, "ctx").map(bare);
    match context.filter(|context| context.kind() == "object") {
        Some(context) => returned_by_context(tree, context),
        None => Returned::anything(),
    }
}

fn returned_by_context(tree: &SyntaxTree, context: SyntaxNode<'_>) -> Returned {
    let keeps_others = children(context).any(|child| child.kind() == "spread_element");
    let keys = children(context).filter_map(|child| match child.kind() {
        "pair" => Some(tree.unquoted(child.child_by_field_name("key")?)),
        "shorthand_property_identifier" => Some(tree.text_of(child)),
        _ => None,
    });
    Returned {
        keys: keys.map(str::to_owned).collect(),
        keeps_others,
    }
}

/// Finds the value of a property of an object as it is written.
fn member<'a>(tree: &SyntaxTree, object: SyntaxNode<'a>, name: &str) -> Option<SyntaxNode<'a>> {
    let pair = children(object).find(|child| {
        let key = child.child_by_field_name("key");
        key.is_some_and(|key| tree.unquoted(key) == name)
    })?;
    pair.child_by_field_name("value")
}

/// Takes off the parentheses and types around an expression.
fn bare(mut expression: SyntaxNode<'_>) -> SyntaxNode<'_> {
    while matches!(
        expression.kind(),
        "parenthesized_expression" | "as_expression" | "satisfies_expression"
    ) {
        match expression.named_child(0) {
            Some(inner) => expression = inner,
            None => break,
        }
    }
    expression
}
