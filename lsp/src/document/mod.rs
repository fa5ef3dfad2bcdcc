//! The documents that the editor has open.

mod cursor;
mod edit_map;
mod syntax;
mod text;

use std::{ops::Range, path::PathBuf, sync::Arc};

use tower_lsp::ls_types::{TextDocumentContentChangeEvent, Uri};

use crate::written_outline::WrittenOutline;

pub(crate) use self::{
    cursor::{MemberPath, QuotedRole, is_identifier, is_name, member_path, quoted},
    edit_map::{Edit, EditMap},
    syntax::{
        Entering, Syntax, SyntaxNode, SyntaxTree, bytes_of, children, is_wrapper, member_key,
        unwrapped, walk,
    },
    text::{PositionEncoding, Text, size},
};

/// Is an open document at one version. It never changes: an edit makes another one.
#[derive(Debug)]
pub(crate) struct Document {
    /// The name the editor gave it.
    pub(crate) uri: Uri,
    /// The file, without symbolic links.
    pub(crate) path: PathBuf,
    /// The number the editor gave this version.
    pub(crate) version: i32,
    /// The text.
    pub(crate) text: Arc<Text>,
    /// Its syntax, once somebody asks for it.
    pub(crate) syntax: Syntax,
    /// What is written in it, once somebody asks for it.
    pub(crate) written: WrittenOutline,
}

impl Document {
    /// Takes up a document that the editor opened.
    pub(crate) fn new(uri: Uri, path: PathBuf, version: i32, content: String) -> Self {
        let text = Arc::new(Text::new(content));
        Self {
            uri,
            path,
            version,
            syntax: Syntax::new(Arc::clone(&text)),
            written: WrittenOutline::default(),
            text,
        }
    }

    /// Makes the next version, and says what was replaced.
    pub(crate) fn changed(
        &self,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: PositionEncoding,
    ) -> (Self, Vec<Edit>) {
        let mut text = Arc::clone(&self.text);
        let mut syntax = self.syntax.clone();
        let mut edits = Vec::new();
        for change in changes {
            let (edit, content) = match change.range {
                Some(range) => replaced(&text, &text.bytes(range, encoding), &change.text),
                None => (difference(&text.content, &change.text), change.text),
            };
            let new_text = Arc::new(Text::new(content));
            syntax = syntax.edited(&edit, &text, &new_text);
            text = new_text;
            edits.push(edit);
        }
        let document = Self {
            uri: self.uri.clone(),
            path: self.path.clone(),
            version,
            text,
            syntax,
            written: self.written.edited(&edits),
        };
        (document, edits)
    }
}

fn replaced(text: &Text, bytes: &Range<u32>, new: &str) -> (Edit, String) {
    let edit = Edit {
        start: bytes.start,
        old_end: bytes.end,
        new_end: bytes.start.saturating_add(size(new.len())),
    };
    let (before, after) = (bytes.start as usize, bytes.end as usize);
    let content = [&text.content[..before], new, &text.content[after..]].concat();
    (edit, content)
}

/// Finds what differs between two texts: all between what they begin and end with alike. A client
/// that sends whole texts has edited one place as well.
fn difference(old: &str, new: &str) -> Edit {
    let pairs = old.chars().zip(new.chars());
    let alike = pairs.take_while(|(old, new)| old == new);
    let start: usize = alike.map(|(character, _)| character.len_utf8()).sum();
    let pairs = old[start..].chars().rev().zip(new[start..].chars().rev());
    let alike = pairs.take_while(|(old, new)| old == new);
    let end: usize = alike.map(|(character, _)| character.len_utf8()).sum();
    Edit {
        start: size(start),
        old_end: size(old.len() - end),
        new_end: size(new.len() - end),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::str::FromStr as _;

    use tower_lsp::ls_types::{Position, Range};

    use super::*;

    fn change(start: (u32, u32), end: (u32, u32), text: &str) -> TextDocumentContentChangeEvent {
        let position = |(line, character)| Position::new(line, character);
        TextDocumentContentChangeEvent {
            range: Some(Range::new(position(start), position(end))),
            range_length: None,
            text: text.to_owned(),
        }
    }

    fn check(old: &str, changes: Vec<TextDocumentContentChangeEvent>, new: &str) {
        let uri = Uri::from_str("file:///a.ts").unwrap();
        let document = Document::new(uri, PathBuf::from("/a.ts"), 1, old.to_owned());
        let _ = document.syntax.tree();
        let (next, _) = document.changed(2, changes, PositionEncoding::Utf16);
        assert_eq!(&*next.text.content, new);
        let kept = next.syntax.tree().map(|tree| tree.root().to_sexp());
        let fresh = Syntax::new(Arc::clone(&next.text));
        assert_eq!(kept, fresh.tree().map(|tree| tree.root().to_sexp()));
    }

    #[test]
    fn changes_apply_one_after_the_other() {
        check(
            "const a = 1;\n",
            vec![change((0, 6), (0, 7), "bc")],
            "const bc = 1;\n",
        );
        check(
            "a();\nb();\n",
            vec![change((0, 0), (1, 0), ""), change((0, 0), (0, 1), "😀\"")],
            "😀\"();\n",
        );
        check("x", vec![change((7, 7), (9, 9), "y")], "xy");
    }

    #[test]
    fn a_whole_text_is_an_edit_of_what_differs() {
        let check = |old: &str, new: &str, start, old_end, new_end| {
            let expected = Edit {
                start,
                old_end,
                new_end,
            };
            assert_eq!(difference(old, new), expected, "{old:?} {new:?}");
        };
        check("", "", 0, 0, 0);
        check("abc", "abc", 3, 3, 3);
        check("abc", "axc", 1, 2, 2);
        check("aa", "aaa", 2, 2, 3);
        check("é😀b", "é😁b", 2, 6, 6);
    }
}
