//! Texts that are written in the code, with their quotes.

use std::ops::Range;

use crate::document::{SyntaxNode, SyntaxTree, size};

/// Is a text that is written in the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal<'a> {
    /// What is between the quotes, in bytes.
    pub(super) inside: Range<u32>,
    /// What it says.
    pub(super) text: &'a str,
    /// The quote at both ends.
    pub(super) quote: char,
}

impl<'a> Literal<'a> {
    /// Reads the text that exactly a stretch of the code is, if it is one without escapes and
    /// without parts that are computed.
    pub(super) fn at(tree: &'a SyntaxTree, bytes: &Range<u32>) -> Option<Self> {
        let node = tree.node_at(bytes)?;
        let is_exact = node.byte_range() == (bytes.start as usize..bytes.end as usize);
        is_exact.then(|| Self::of(tree, node))?
    }

    fn of(tree: &'a SyntaxTree, node: SyntaxNode<'a>) -> Option<Self> {
        let is_text = matches!(node.kind(), "string" | "template_string");
        if !is_text || node.has_error() {
            return None;
        }
        let written = tree.text_of(node);
        let quote = written.chars().next()?;
        let text = written.strip_prefix(quote)?.strip_suffix(quote)?;
        let has_parts = quote == '`' && text.contains("${");
        let is_plain = !text.contains('\\') && !has_parts;
        let start = size(node.start_byte() + 1);
        is_plain.then(|| Self {
            inside: start..start + size(text.len()),
            text,
            quote,
        })
    }

    /// Writes a text to stand between the same quotes.
    pub(super) fn inside_of(&self, text: &str) -> String {
        let text = text.replace('\\', "\\\\");
        let text = text.replace(self.quote, &format!("\\{}", self.quote));
        match self.quote {
            '`' => text.replace("${", "\\${"),
            _ => text,
        }
    }
}
