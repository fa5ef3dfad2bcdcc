//! How deep a module's syntax nests, for some of the passes over it take time in proportion to the
//! square of that.

use oxc::{
    ast::{AstKind, ast::Program},
    ast_visit::Visit,
    span::{GetSpan as _, Span},
};

/// How many levels a syntax tree may have; a chain of calls has two for each.
const MOST_LEVELS: usize = 100_000;

/// How many levels namespaces may have; each looks at all that are around it.
const MOST_NAMESPACES: usize = 1_000;

/// No text that is shorter nests so deep that it takes long.
const SHORT_TEXT: usize = 2_000;

/// Returns where the syntax nests deeper than what is accepted, if it does.
pub(super) fn too_deep(program: &Program<'_>) -> Option<Span> {
    if program.source_text.len() <= SHORT_TEXT {
        return None;
    }
    let mut meter = Meter::default();
    meter.visit_program(program);
    meter.too_deep
}

#[derive(Default)]
struct Meter {
    levels: usize,
    namespaces: usize,
    too_deep: Option<Span>,
}

impl<'a> Visit<'a> for Meter {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        self.levels += 1;
        if matches!(kind, AstKind::TSNamespaceDeclaration(_)) {
            self.namespaces += 1;
        }
        let is_too_deep = self.levels > MOST_LEVELS || self.namespaces > MOST_NAMESPACES;
        if is_too_deep && self.too_deep.is_none() {
            self.too_deep = Some(kind.span());
        }
    }

    fn leave_node(&mut self, kind: AstKind<'a>) {
        self.levels -= 1;
        if matches!(kind, AstKind::TSNamespaceDeclaration(_)) {
            self.namespaces -= 1;
        }
    }
}
