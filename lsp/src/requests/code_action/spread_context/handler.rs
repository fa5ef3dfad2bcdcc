//! The code of handlers as it is now: what they return and what they read.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use rigkit_engine::{
    definition::{Definition, HandlerRef},
    source::SourceRange,
};

use crate::{
    document::{Entering, Syntax, SyntaxNode, SyntaxTree, Text, walk},
    requests::code_action::edit::FileEdit,
    view::ProjectView,
};

/// Is a file of the project as it is now, parsed.
pub(super) struct ParsedFile {
    /// The file.
    pub(super) path: PathBuf,
    /// Its text.
    pub(super) text: Arc<Text>,
    /// Its syntax.
    pub(super) tree: SyntaxTree,
}

/// Is a function that is written in the code.
#[derive(Clone, Copy)]
pub(super) struct Function<'a> {
    /// The tree it is part of.
    pub(super) tree: &'a SyntaxTree,
    /// The function.
    pub(super) node: SyntaxNode<'a>,
}

/// Says where the code of a handler is now.
pub(super) fn place_of(
    view: &ProjectView,
    definition: &Definition,
    handler: HandlerRef,
) -> Option<(PathBuf, Range<u32>)> {
    let SourceRange { file, bytes, .. } = definition.fingerprints.code(handler.fingerprint)?;
    let bytes = view.current_bytes(&file, &bytes);
    Some((file, bytes))
}

impl ParsedFile {
    /// Parses a file, or takes up what is parsed of one that is open.
    pub(super) fn of(view: &ProjectView, definition: &Definition, path: &Path) -> Option<Self> {
        let document = view.document(path);
        let text = match document {
            Some(document) => Arc::clone(&document.text),
            None => closed_text(definition, path)?,
        };
        let syntax = match document {
            Some(document) => document.syntax.clone(),
            None => Syntax::new(Arc::clone(&text)),
        };
        let tree = syntax.tree()?.clone();
        let path = path.to_owned();
        Some(Self { path, text, tree })
    }

    /// Replaces a stretch of the file.
    pub(super) fn replacement(&self, bytes: Range<u32>, new_text: String) -> FileEdit {
        FileEdit {
            path: self.path.clone(),
            text: Arc::clone(&self.text),
            bytes,
            new_text,
        }
    }

    /// Gives the function that exactly a stretch of the code is; nothing where the text has
    /// changed so much that it is none.
    pub(super) fn function(&self, bytes: &Range<u32>) -> Option<Function<'_>> {
        let node = self.tree.node_at(bytes)?;
        is_function(node).then_some(Function {
            tree: &self.tree,
            node,
        })
    }
}

impl<'a> Function<'a> {
    /// Gives the text of a part of it.
    pub(super) fn text_of(self, node: SyntaxNode<'a>) -> &'a str {
        self.tree.text_of(node)
    }

    /// Lists what it returns, as it is written.
    pub(super) fn returned(self) -> Vec<SyntaxNode<'a>> {
        match self.node.child_by_field_name("body") {
            Some(body) if body.kind() == "statement_block" => returned_in(body),
            Some(value) => vec![bare(value)],
            None => Vec::new(),
        }
    }

    /// Lists the keys of the context that it reads by name.
    pub(super) fn read_keys(self) -> Vec<&'a str> {
        let mut keys = Vec::new();
        if self.text_of(self.node).contains("ctx") {
            walk(self.node, |node| {
                keys.extend(self.keys_read_by(node));
                Entering::Into
            });
        }
        keys
    }

    fn keys_read_by(self, node: SyntaxNode<'a>) -> Vec<&'a str> {
        let field = |name| node.child_by_field_name(name);
        match node.kind() {
            "member_expression" if self.is_context(field("object")) => field("property")
                .map(|key| self.text_of(key))
                .into_iter()
                .collect(),
            "variable_declarator" if self.is_context(field("value")) => {
                self.pattern_keys(field("name"))
            }
            "pair_pattern" if field("key").is_some_and(|key| self.text_of(key) == "ctx") => {
                self.pattern_keys(field("value"))
            }
            _ => Vec::new(),
        }
    }

    /// Says whether a value is the context of the workflow. A workspace has one of its own.
    fn is_context(self, value: Option<SyntaxNode<'a>>) -> bool {
        let Some(value) = value else { return false };
        if value.kind() == "identifier" {
            return self.text_of(value) == "ctx";
        }
        let field = |name| value.child_by_field_name(name);
        let text = |name| field(name).map_or("", |node| self.text_of(node));
        value.kind() == "member_expression"
            && text("property") == "ctx"
            && !text("object").ends_with("workspace")
    }

    fn pattern_keys(self, pattern: Option<SyntaxNode<'a>>) -> Vec<&'a str> {
        let members = pattern.map(named_children).into_iter().flatten();
        let keys = members.filter_map(|member| match member.kind() {
            "shorthand_property_identifier_pattern" => Some(member),
            "pair_pattern" => member.child_by_field_name("key"),
            "object_assignment_pattern" => member.child_by_field_name("left"),
            _ => None,
        });
        keys.map(|key| self.text_of(key)).collect()
    }
}

fn closed_text(definition: &Definition, path: &Path) -> Option<Arc<Text>> {
    let module = definition.graph.get(definition.graph.find(path)?)?;
    Some(Arc::new(Text::new(Arc::clone(&module.text))))
}

/// Lists what a block returns, but for the functions in it.
fn returned_in(block: SyntaxNode<'_>) -> Vec<SyntaxNode<'_>> {
    let mut returned = Vec::new();
    walk(block, |node| {
        if node.kind() == "return_statement" {
            returned.extend(node.named_child(0).map(bare));
            return Entering::Past;
        }
        if is_function(node) {
            Entering::Past
        } else {
            Entering::Into
        }
    });
    returned
}

/// Takes parentheses and types off a value.
pub(super) fn bare(value: SyntaxNode<'_>) -> SyntaxNode<'_> {
    let mut value = value;
    while matches!(
        value.kind(),
        "parenthesized_expression" | "as_expression" | "satisfies_expression"
    ) {
        match value.named_child(0) {
            Some(inner) => value = inner,
            None => break,
        }
    }
    value
}

/// Lists the children of a node that are more than punctuation.
pub(super) fn named_children(node: SyntaxNode<'_>) -> Vec<SyntaxNode<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).collect()
}

/// Says whether a node is a function.
pub(super) fn is_function(node: SyntaxNode<'_>) -> bool {
    matches!(
        node.kind(),
        "arrow_function"
            | "function_expression"
            | "function_declaration"
            | "generator_function"
            | "generator_function_declaration"
            | "method_definition"
    )
}
