//! The calls around a place and what comes before each in its chain, by the tokens alone: where the code
//! does not parse, brackets and dots are all the structure that it has.

use super::HandlerKind;
use crate::document::{Entering, SyntaxNode, SyntaxTree, size, walk};

/// A call whose arguments a place is among.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpenCall {
    /// What kind of handler it takes, where it takes one.
    pub(super) kind: Option<HandlerKind>,
    /// Where the names of the calls begin that come before it in its chain, the nearest first.
    pub(super) before: Vec<u32>,
}

/// Lists the calls around a place, the innermost first.
pub(super) fn open_calls(tree: &SyntaxTree, offset: u32) -> Vec<OpenCall> {
    let mut reader = Reader::default();
    walk(tree.root(), |node| {
        if size(node.start_byte()) >= offset {
            return Entering::Past;
        }
        let is_opaque = matches!(node.kind(), "string" | "regex" | "comment");
        if node.child_count() > 0 && !is_opaque {
            return Entering::Into;
        }
        reader.read(tree, node);
        Entering::Past
    });
    let open = reader.open.into_iter().rev();
    open.filter_map(|bracket| bracket.call).collect()
}

/// Reads tokens in their order.
#[derive(Default)]
struct Reader {
    /// The brackets that are open, the outermost first.
    open: Vec<Bracket>,
    /// The names of the calls of the chain that is being read, in their order.
    chain: Vec<u32>,
    last: Last,
}

/// A bracket that is open, and what goes on after it.
#[derive(Default)]
struct Bracket {
    call: Option<OpenCall>,
    chain: Vec<u32>,
}

/// The token before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Last {
    Name {
        start: u32,
        kind: Option<HandlerKind>,
    },
    Dot,
    /// A bracket that closes a value.
    Closed,
    #[default]
    Other,
}

impl Reader {
    fn read(&mut self, tree: &SyntaxTree, token: SyntaxNode<'_>) {
        let text = tree.text_of(token);
        self.last = match text {
            "(" | "[" | "{" | "${" => {
                self.open(text == "(");
                Last::Other
            }
            ")" | "]" | "}" => {
                if let Some(bracket) = self.open.pop() {
                    self.chain = bracket.chain;
                }
                Last::Closed
            }
            "." | "?." => Last::Dot,
            _ if is_name(token) => {
                // A name that no dot leads to begins another chain.
                if self.last != Last::Dot {
                    self.chain.clear();
                }
                Last::Name {
                    start: size(token.start_byte()),
                    kind: HandlerKind::of_builder(text),
                }
            }
            _ if token.kind() == "comment" => self.last,
            _ => {
                self.chain.clear();
                Last::Other
            }
        };
    }

    fn open(&mut self, is_round: bool) {
        let mut chain = std::mem::take(&mut self.chain);
        let call = match self.last {
            Last::Name { start, kind } if is_round => {
                let before = chain.iter().rev().copied().collect();
                chain.push(start);
                Some(OpenCall { kind, before })
            }
            _ => None,
        };
        self.open.push(Bracket { call, chain });
    }
}

fn is_name(token: SyntaxNode<'_>) -> bool {
    matches!(token.kind(), "identifier" | "property_identifier")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::sync::Arc;

    use super::*;
    use crate::document::{Syntax, Text};

    /// Writes each call around the end of a text as its chain: `c < b < a`, the innermost first.
    fn check(code: &str, expected: &[&str]) {
        let syntax = Syntax::new(Arc::new(Text::new(code)));
        let end = u32::try_from(code.len()).unwrap();
        let name = |start: &u32| {
            let text = &code[*start as usize..];
            text.split('(').next().unwrap().to_owned()
        };
        let found: Vec<String> = open_calls(syntax.tree().unwrap(), end)
            .iter()
            .map(|call| call.before.iter().map(name).collect::<Vec<_>>().join(" < "))
            .collect();
        assert_eq!(found, expected, "{code}");
    }

    #[test]
    fn brackets_and_dots_say_what_comes_before() {
        check("a().b(c).d(", &["b < a"]);
        check("a().b({ x: e().f(", &["e", "a"]);
        check(
            "first().b();\nconst y = second().c(({ step }) => { step.ctx.",
            &["second"],
        );
        check("a().b(\")\", (x) => { if (x) {", &["a"]);
        check("a().b(`${c()}`).d(1, ", &["b < a"]);
        check("a() // b(\n  .c(", &["a"]);
        check("a().b()", &[]);
    }
}
