//! Which loop somebody is in who was stopped.
//!
//! The language notes where it is when it calls something. Code that is stopped as it goes back
//! to the start of a loop seems to be where it called something before that loop.

use std::{ops::Range, path::Path};

use oxc::{
    allocator::Allocator,
    ast::ast::{
        ArrowFunctionExpression, DoWhileStatement, ForInStatement, ForOfStatement, ForStatement,
        Function, WhileStatement,
    },
    ast_visit::{Visit, walk},
    semantic::ScopeFlags,
    span::Span,
};

use super::transpile::parse;

/// Finds the loop that code was stopped in which seems to be at an offset; nothing where that
/// is inside a loop, or before none.
pub(crate) fn loop_after(path: &Path, text: &str, offset: u32) -> Option<Range<u32>> {
    let allocator = Allocator::default();
    let parsed = parse(&allocator, path, text).ok()?;
    let mut finder = LoopFinder {
        offset,
        found: Found::Nothing,
        is_done: false,
    };
    finder.visit_program(&parsed.program);
    match finder.found {
        Found::After(span) => Some(span.start..span.end),
        Found::Nothing | Found::Inside => None,
    }
}

struct LoopFinder {
    offset: u32,
    found: Found,
    /// Whether the innermost function that holds the offset has been walked.
    is_done: bool,
}

enum Found {
    Nothing,
    /// The offset is in a loop.
    Inside,
    /// The first loop after it.
    After(Span),
}

impl LoopFinder {
    fn note(&mut self, span: Span) {
        if self.is_done {
            return;
        }
        if contains(span, self.offset) {
            self.found = Found::Inside;
        } else if span.start > self.offset && matches!(self.found, Found::Nothing) {
            self.found = Found::After(span);
        }
    }

    /// Starts anew in a function that holds the offset; what others hold does not count.
    fn enters(&mut self, function: Span) -> bool {
        let is_here = contains(function, self.offset);
        if is_here {
            self.found = Found::Nothing;
        }
        is_here
    }
}

fn contains(span: Span, offset: u32) -> bool {
    span.start <= offset && offset < span.end
}

impl<'a> Visit<'a> for LoopFinder {
    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        if self.enters(function.span) {
            walk::walk_function(self, function, flags);
            self.is_done = true;
        }
    }

    fn visit_arrow_function_expression(&mut self, arrow: &ArrowFunctionExpression<'a>) {
        if self.enters(arrow.span) {
            walk::walk_arrow_function_expression(self, arrow);
            self.is_done = true;
        }
    }

    fn visit_for_statement(&mut self, it: &ForStatement<'a>) {
        self.note(it.span);
        walk::walk_for_statement(self, it);
    }

    fn visit_for_in_statement(&mut self, it: &ForInStatement<'a>) {
        self.note(it.span);
        walk::walk_for_in_statement(self, it);
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.note(it.span);
        walk::walk_for_of_statement(self, it);
    }

    fn visit_while_statement(&mut self, it: &WhileStatement<'a>) {
        self.note(it.span);
        walk::walk_while_statement(self, it);
    }

    fn visit_do_while_statement(&mut self, it: &DoWhileStatement<'a>) {
        self.note(it.span);
        walk::walk_do_while_statement(self, it);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `$0` is where the code seems to be.
    fn check(fixture: &str, expected: Option<&str>) {
        let (before, after) = fixture.split_once("$0").unwrap_or((fixture, ""));
        let text = format!("{before}{after}");
        let offset = u32::try_from(before.len()).unwrap_or(0);
        let found = loop_after(Path::new("a.ts"), &text, offset);
        let found = found.map(|range| &text[range.start as usize..range.end as usize]);
        assert_eq!(found, expected, "{fixture}");
    }

    #[test]
    fn finds_the_first_loop_after_a_place() {
        check("$0a(); for (;;) {} while (1) {}", Some("for (;;) {}"));
        check("$0a(); while (1) b();", Some("while (1) b();"));
        check("for (;;) {} $0a();", None);
        check("for (;;) { $0a(); for (;;) {} }", None);
        check(
            "for (;;) {} $0a(); do {} while (1);",
            Some("do {} while (1);"),
        );
        check(
            "$0a(); function f() { for (;;) {} } for (const a of b) {}",
            Some("for (const a of b) {}"),
        );
        check(
            "for (;;) { const f = () => { $0a(); while (1) {} }; }",
            Some("while (1) {}"),
        );
        check("function f() { $0a(); } for (;;) {}", None);
    }
}
