//! What a call was to call that is no function: the language says only where the call is.

use std::path::Path;

use oxc::{
    allocator::Allocator,
    ast::ast::{
        Argument, CallExpression, ChainElement, Expression, MemberExpression, NewExpression,
        TaggedTemplateExpression,
    },
    ast_visit::{Visit, walk},
    span::{GetSpan, Span},
};

use super::transpile::parse;

/// Returns what is called at an offset of a text, as it is written but for what says nothing: the innermost
/// call whose callee, or the parenthesis after it, is there.
pub(crate) fn callee_at(path: &Path, text: &str, offset: u32) -> Option<String> {
    let allocator = Allocator::default();
    let parsed = parse(&allocator, path, text).ok()?;
    let mut finder = CalleeFinder {
        offset,
        found: None,
    };
    finder.visit_program(&parsed.program);
    finder.found
}

struct CalleeFinder {
    offset: u32,
    found: Option<String>,
}

impl CalleeFinder {
    /// Takes note of a call that ends before its arguments. Calls inside of it come later.
    fn note(&mut self, callee: &Expression<'_>, end: u32) {
        if callee.span().start <= self.offset && self.offset < end {
            self.found = name(callee);
        }
    }
}

impl<'a> Visit<'a> for CalleeFinder {
    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        self.note(&call.callee, start_of(&call.arguments, call.span));
        walk::walk_call_expression(self, call);
    }

    fn visit_new_expression(&mut self, call: &NewExpression<'a>) {
        self.note(&call.callee, start_of(&call.arguments, call.span));
        walk::walk_new_expression(self, call);
    }

    fn visit_tagged_template_expression(&mut self, call: &TaggedTemplateExpression<'a>) {
        self.note(&call.tag, call.quasi.span.start + 1);
        walk::walk_tagged_template_expression(self, call);
    }
}

fn start_of(arguments: &[Argument<'_>], call: Span) -> u32 {
    arguments
        .first()
        .map_or(call.end, |first| first.span().start)
}

/// The longest name that is told whole.
const LONGEST: usize = 80;

/// Returns a callee as a person names it: without casts, and without what calls in it were given.
fn name(callee: &Expression<'_>) -> Option<String> {
    let whole = written(callee)?;
    if whole.len() <= LONGEST {
        return Some(whole);
    }
    let (_, member) = whole.rsplit_once('.')?;
    (member.len() <= LONGEST).then(|| format!("….{member}"))
}

fn written(expression: &Expression<'_>) -> Option<String> {
    match expression.get_inner_expression() {
        Expression::Identifier(identifier) => Some(identifier.name.to_string()),
        Expression::ThisExpression(_) => Some("this".to_owned()),
        Expression::Super(_) => Some("super".to_owned()),
        Expression::CallExpression(call) => Some(format!("{}()", written(&call.callee)?)),
        Expression::ChainExpression(chain) => match &chain.expression {
            ChainElement::CallExpression(call) => Some(format!("{}()", written(&call.callee)?)),
            chain => Some(member(chain.as_member_expression()?)),
        },
        inner => Some(member(inner.as_member_expression()?)),
    }
}

fn member(member: &MemberExpression<'_>) -> String {
    let or_left_out = |part: Option<String>| part.unwrap_or_else(|| "…".to_owned());
    let object = or_left_out(written(member.object()));
    match member {
        MemberExpression::StaticMemberExpression(member) => {
            format!("{object}.{}", member.property.name)
        }
        MemberExpression::PrivateFieldExpression(member) => {
            format!("{object}.#{}", member.field.name)
        }
        MemberExpression::ComputedMemberExpression(member) => match &member.expression {
            Expression::StringLiteral(key) => format!("{object}[{:?}]", key.value.as_str()),
            Expression::NumericLiteral(index) => format!("{object}[{}]", index.value),
            key => format!("{object}[{}]", or_left_out(written(key))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `$0` is where the call seems to be.
    fn check(fixture: &str, expected: Option<&str>) {
        let (before, after) = fixture.split_once("$0").unwrap_or((fixture, ""));
        let text = format!("{before}{after}");
        let offset = u32::try_from(before.len()).unwrap_or(0);
        let found = callee_at(Path::new("a.ts"), &text, offset);
        assert_eq!(found.as_deref(), expected, "{fixture}");
    }

    #[test]
    fn finds_what_is_called() {
        check("$0a(1)", Some("a"));
        check("a.b.$0c(1)", Some("a.b.c"));
        check("a.b.c$0(1)", Some("a.b.c"));
        check("a\n  .b!\n  .$0c(1)", Some("a.b.c"));
        check("(a as any).$0b()", Some("a.b"));
        check("a?.b?.$0c()", Some("a.b.c"));
        check("$0a[\"b-c\"]()", Some("a[\"b-c\"]"));
        check("$0a[0]()", Some("a[0]"));
        check("$0a[b.c]()", Some("a[b.c]"));
        check("$0a[1 + 1]()", Some("a[…]"));
        check("this.$0a()", Some("this.a"));
        check("[1].$0a()", Some("….a"));
        check("new (a.$0b)()", Some("a.b"));
        check("$0a`x`", Some("a"));
        check("a$0`x`", Some("a"));
    }

    #[test]
    fn tells_calls_apart_that_are_in_each_other() {
        check("a.$0b(c.d())", Some("a.b"));
        check("a.b(c.$0d())", Some("c.d"));
        check("a.b(c.d($0))", Some("c.d"));
        check("a.$0b(1).c(2)", Some("a.b"));
        check("a.b(1).$0c(2)", Some("a.b().c"));
        check("a(() => { b.$0c(); })", Some("b.c"));
    }

    #[test]
    fn names_nothing_where_nothing_is_called() {
        check("$0a.b", None);
        check("f(a.$0b)", None);
        check("(() => 1)$0()", None);
    }

    #[test]
    fn a_long_callee_is_told_by_its_member() {
        let object = "a".repeat(100);
        check(&format!("{object}.$0b()"), Some("….b"));
    }
}
