//! Calls that are written in the code, and how something is added to one or taken away.

use std::ops::Range;

use super::object::{FirstMember, with_first_member};
use crate::document::{SyntaxNode, SyntaxTree, Text, bytes_of, children, size};

/// A call with its arguments.
pub(super) struct Call<'a> {
    node: SyntaxNode<'a>,
    arguments: SyntaxNode<'a>,
}

impl<'a> Call<'a> {
    /// Finds the call around a stretch of the code that has it as an argument, or that ends with it.
    pub(super) fn around(tree: &'a SyntaxTree, bytes: &Range<u32>) -> Option<Self> {
        let inside = bytes.end.checked_sub(1)?;
        tree.ancestors(inside).find_map(|node| {
            let holds =
                node.start_byte() <= bytes.start as usize || node.end_byte() == bytes.end as usize;
            let is_call = node.kind() == "call_expression" && holds;
            let arguments = is_call.then(|| node.child_by_field_name("arguments"))??;
            let ends_around = arguments.end_byte() >= bytes.end as usize;
            ends_around.then_some(Self { node, arguments })
        })
    }

    /// Returns an argument.
    pub(super) fn argument(&self, index: usize) -> Option<SyntaxNode<'a>> {
        children(self.arguments)
            .filter(|node| node.kind() != "comment")
            .nth(index)
    }

    /// Adds an argument after the others.
    pub(super) fn with_last_argument(&self, argument: &str) -> FirstMember {
        let last = children(self.arguments).last();
        let (at, between) = match last {
            Some(last) => (last.end_byte(), ", "),
            None => (self.arguments.start_byte() + 1, ""),
        };
        FirstMember {
            bytes: size(at)..size(at),
            new_text: format!("{between}{argument}"),
        }
    }

    /// Adds a member to the object that is an argument, which is made where there is none yet.
    pub(super) fn with_member(
        &self,
        text: &Text,
        index: usize,
        member: &str,
    ) -> Option<FirstMember> {
        match self.argument(index) {
            Some(object) if object.kind() == "object" => {
                Some(with_first_member(text, &bytes_of(object), member))
            }
            Some(_) => None,
            None => Some(self.with_last_argument(&format!("{{ {member} }}"))),
        }
    }

    /// Returns whether a stretch of the code is the call, or its name, and not one of its arguments.
    pub(super) fn is_itself(&self, bytes: &Range<u32>) -> bool {
        (bytes.start as usize) < self.arguments.start_byte()
    }

    /// Returns the end of a chain that the call is, with its dot.
    pub(super) fn link(&self) -> Option<Range<u32>> {
        let function = self.node.child_by_field_name("function")?;
        let object = function.child_by_field_name("object")?;
        Some(size(object.end_byte())..size(self.node.end_byte()))
    }

    /// Returns the name of the method or function that is called.
    pub(super) fn name(&self, tree: &'a SyntaxTree) -> Option<&'a str> {
        let function = self.node.child_by_field_name("function")?;
        let name = function.child_by_field_name("property").unwrap_or(function);
        Some(tree.text_of(name))
    }
}
