//! The syntax tree of a document: parsed when it is asked for, and only what changed.

use std::{
    cell::RefCell,
    ops::Range,
    sync::{Arc, OnceLock},
};

use tree_sitter::{InputEdit, Node, Parser, Tree};

use super::{Edit, Text, size};

/// The most bytes that are parsed, which is also the most that the engine accepts of a module.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Is the syntax of one version of a document.
#[derive(Debug, Clone)]
pub(crate) struct Syntax {
    text: Arc<Text>,
    /// The tree of an earlier version, told of every edit since.
    earlier: Option<Tree>,
    parsed: Arc<OnceLock<Option<SyntaxTree>>>,
}

/// Is a syntax tree with its text.
#[derive(Debug, Clone)]
pub(crate) struct SyntaxTree {
    text: Arc<Text>,
    tree: Tree,
}

/// Is a node of a syntax tree.
pub(crate) type SyntaxNode<'tree> = Node<'tree>;

impl Syntax {
    /// Prepares for a text that nothing is known of.
    pub(crate) fn new(text: Arc<Text>) -> Self {
        Self {
            text,
            earlier: None,
            parsed: Arc::default(),
        }
    }

    /// Prepares for the text after an edit.
    pub(super) fn edited(&self, edit: &Edit, old: &Text, new: &Arc<Text>) -> Self {
        let parsed = self.parsed.get().and_then(Option::as_ref);
        let mut earlier = parsed
            .map(|parsed| &parsed.tree)
            .or(self.earlier.as_ref())
            .cloned();
        if let Some(tree) = &mut earlier {
            tree.edit(&InputEdit {
                start_byte: edit.start as usize,
                old_end_byte: edit.old_end as usize,
                new_end_byte: edit.new_end as usize,
                start_position: old.point(edit.start),
                old_end_position: old.point(edit.old_end),
                new_end_position: new.point(edit.new_end),
            });
        }
        Self {
            text: Arc::clone(new),
            earlier,
            parsed: Arc::default(),
        }
    }

    /// Gives the tree; nothing for a text that is too large.
    pub(crate) fn tree(&self) -> Option<&SyntaxTree> {
        self.parsed.get_or_init(|| self.parse()).as_ref()
    }

    fn parse(&self) -> Option<SyntaxTree> {
        if self.text.content.len() > MAX_BYTES {
            return None;
        }
        let tree = PARSER.with_borrow_mut(|parser| {
            parser
                .as_mut()?
                .parse(&*self.text.content, self.earlier.as_ref())
        })?;
        Some(SyntaxTree {
            text: Arc::clone(&self.text),
            tree,
        })
    }
}

thread_local! {
    static PARSER: RefCell<Option<Parser>> = RefCell::new(typescript_parser());
}

fn typescript_parser() -> Option<Parser> {
    let mut parser = Parser::new();
    let language = tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into();
    parser.set_language(&language).ok()?;
    Some(parser)
}

impl SyntaxTree {
    /// Gives the whole text's node.
    pub(crate) fn root(&self) -> SyntaxNode<'_> {
        self.tree.root_node()
    }

    /// Gives the text of a node.
    pub(crate) fn text_of(&self, node: SyntaxNode<'_>) -> &str {
        self.text.content.get(node.byte_range()).unwrap_or_default()
    }

    /// Finds the smallest node that holds a stretch of bytes.
    pub(crate) fn node_at(&self, bytes: &Range<u32>) -> Option<SyntaxNode<'_>> {
        self.root()
            .descendant_for_byte_range(bytes.start as usize, bytes.end as usize)
    }

    /// Visits each node that holds one of some places, which are in order, with one walk. To look
    /// for each place by itself would cost time in proportion to their number and to the depth
    /// of the tree, which grows with the length of a chain of calls.
    pub(crate) fn visit_around<'a>(
        &'a self,
        places: &[Range<u32>],
        mut visit: impl FnMut(SyntaxNode<'a>),
    ) {
        walk(self.root(), |node| {
            if !holds_any(node, places) {
                return Entering::Past;
            }
            visit(node);
            Entering::Into
        });
    }

    /// Gives the text of a name or a text, without its quotes.
    pub(crate) fn unquoted(&self, node: SyntaxNode<'_>) -> &str {
        self.text_of(node).trim_matches(['"', '\'', '`'])
    }

    /// Reads a text in quotes that is written as it is.
    pub(crate) fn plain_text(&self, node: SyntaxNode<'_>) -> Option<&str> {
        let is_plain = matches!(node.kind(), "string" | "template_string")
            && node.named_child_count() <= 1
            && !node.has_error();
        let inside = self.text_of(node).get(1..)?;
        let inside = inside.get(..inside.len().checked_sub(1)?)?;
        (is_plain && !inside.contains(['\\', '$'])).then_some(inside)
    }

    /// Reads the key of a member, with or without quotes; nothing where it is computed.
    pub(crate) fn key(&self, key: SyntaxNode<'_>) -> Option<&str> {
        match key.kind() {
            "string" | "template_string" => self.plain_text(key),
            "computed_property_name" => None,
            _ => Some(self.text_of(key)),
        }
    }

    /// Gives the nodes around a place, outermost first.
    pub(crate) fn nodes_at(&self, offset: u32) -> Vec<SyntaxNode<'_>> {
        let innermost = self.node_at(&(offset..offset));
        innermost.map_or_else(Vec::new, |innermost| path_to(self.root(), innermost))
    }

    /// Gives the nodes around a place, innermost first.
    pub(crate) fn ancestors(&self, offset: u32) -> impl Iterator<Item = SyntaxNode<'_>> {
        self.nodes_at(offset).into_iter().rev()
    }
}

fn holds_any(node: SyntaxNode<'_>, places: &[Range<u32>]) -> bool {
    let next = places.partition_point(|place| (place.start as usize) < node.start_byte());
    let next = places.get(next);
    next.is_some_and(|place| place.end as usize <= node.end_byte())
}

/// Says whether the inside of a node is visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entering {
    /// It is.
    Into,
    /// It is not.
    Past,
}

/// Visits a node and what is inside of it, in the order of the text.
pub(crate) fn walk<'a>(root: SyntaxNode<'a>, mut visit: impl FnMut(SyntaxNode<'a>) -> Entering) {
    let mut cursor = root.walk();
    loop {
        if visit(cursor.node()) == Entering::Into && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

/// Gives the nodes from the outermost to an inner one. A node finds its parent from the root on,
/// so that in a long chain each step up would cost as much as this whole way down.
fn path_to<'tree>(
    outermost: SyntaxNode<'tree>,
    innermost: SyntaxNode<'tree>,
) -> Vec<SyntaxNode<'tree>> {
    let mut path = vec![outermost];
    let mut last = outermost;
    while last != innermost
        && let Some(next) = last.child_with_descendant(innermost)
    {
        path.push(next);
        last = next;
    }
    path
}

/// Gives the parts of a node that have a name in the grammar.
pub(crate) fn children(node: SyntaxNode<'_>) -> impl Iterator<Item = SyntaxNode<'_>> {
    let parts: Vec<SyntaxNode<'_>> = node.named_children(&mut node.walk()).collect();
    parts.into_iter()
}

/// Gives the bytes of a node.
pub(crate) fn bytes_of(node: SyntaxNode<'_>) -> Range<u32> {
    size(node.start_byte())..size(node.end_byte())
}

/// Takes parentheses and types off a value.
pub(crate) fn unwrapped(mut value: SyntaxNode<'_>) -> SyntaxNode<'_> {
    while is_wrapper(value)
        && let Some(inner) = value.named_child(0)
    {
        value = inner;
    }
    value
}

/// Says whether a node only puts parentheses or a type around a value.
pub(crate) fn is_wrapper(node: SyntaxNode<'_>) -> bool {
    matches!(
        node.kind(),
        "parenthesized_expression" | "as_expression" | "satisfies_expression"
    )
}

/// Gives the key of a member of an object or of a pattern.
pub(crate) fn member_key(member: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    match member.kind() {
        "pair" | "pair_pattern" => member.child_by_field_name("key"),
        "method_definition" => member.child_by_field_name("name"),
        "object_assignment_pattern" => member.child_by_field_name("left"),
        "shorthand_property_identifier" | "shorthand_property_identifier_pattern" => Some(member),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, places: &[Range<u32>], kinds: &[&str]) {
        let syntax = Syntax::new(Arc::new(Text::new(code)));
        let mut found = Vec::new();
        if let Some(tree) = syntax.tree() {
            tree.visit_around(places, |node| found.push(node.kind()));
        }
        assert_eq!(found, kinds, "{code}");
    }

    #[test]
    fn only_what_holds_a_place_is_visited() {
        let (program, statement) = ("program", "expression_statement");
        check("a; b; c;", &[], &[]);
        let twice = [program, statement, "identifier", statement, "identifier"];
        check("a; b; c;", &[3..4, 6..7], &twice);
        check("a; b; c;", &[0..5, 3..8], &[program]);
    }
}
