//! A name that cannot be one: the nearest that can.

use rigkit_engine::{definition::MAX_NAME_LENGTH, diagnostic::DiagnosticCode};

use super::{Fix, Found, duplicate::free_name};
use crate::requests::code_action::Place;

/// Writes a name that can be one.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>, code: DiagnosticCode) -> Vec<Fix> {
    fix(place, found, code).into_iter().collect()
}

fn fix(place: &Place<'_>, found: &Found<'_>, code: DiagnosticCode) -> Option<Fix> {
    let tree = place.document.syntax.tree()?;
    let node = tree.node_at(&found.bytes)?;
    let written = tree.text_of(node);
    let quote = written.chars().next()?;
    let inside = written.strip_prefix(quote)?.strip_suffix(quote)?;
    let is_exact = node.byte_range() == (found.bytes.start as usize..found.bytes.end as usize);
    if !is_exact || !matches!(node.kind(), "string" | "template_string") || inside.contains("${") {
        return None;
    }
    let name = match code {
        DiagnosticCode::EmptyName => new_name(place, &found.problem.message)?,
        DiagnosticCode::InvalidOperationId => inside.replace('/', "-"),
        DiagnosticCode::ReservedOperation => format!("run-{inside}"),
        _ => shown_part(inside),
    };
    let is_name = !name.is_empty() && !name.contains(['\\', quote]);
    is_name.then(|| Fix {
        title: format!("Rename to `{name}`"),
        is_preferred: code != DiagnosticCode::ReservedOperation,
        edits: vec![place.replacement(found.bytes.clone(), format!("{quote}{name}{quote}"))],
    })
}

/// Names something by what it is, such as `task`.
fn new_name(place: &Place<'_>, message: &str) -> Option<String> {
    let (what, _) = message.split_once(" has ")?;
    let what = what.rsplit(' ').next()?;
    Some(free_name(place.view, what))
}

/// Leaves out what cannot be shown, and what is too long.
fn shown_part(inside: &str) -> String {
    let mut shown = String::new();
    let mut rest = inside.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\\' => skip_escape(&mut rest),
            other if rigkit_engine::display_text::is_escaped(other) => {}
            other => shown.push(other),
        }
    }
    shown.chars().take(MAX_NAME_LENGTH).collect()
}

/// Passes over what follows a backslash.
fn skip_escape(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    let digits = match rest.next() {
        Some('x') => 2,
        Some('u') if rest.peek() == Some(&'{') => {
            rest.by_ref().find(|character| *character == '}');
            0
        }
        Some('u') => 4,
        _ => 0,
    };
    for _ in 0..digits {
        rest.next_if(char::is_ascii_hexdigit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_shown_is_left_out() {
        let check = |inside: &str, expected: &str| assert_eq!(shown_part(inside), expected);
        check("build\\u001b[2J", "build[2J");
        check("a\\x07b\\u{1b}c\\nd", "abcd");
        check("a\u{202e}b", "ab");
        check(&"x".repeat(300), &"x".repeat(200));
    }
}
