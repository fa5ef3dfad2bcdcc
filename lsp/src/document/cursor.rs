//! What a place in a text is part of, told from the characters around it: a chain of names, or a
//! text in quotes. This also works where the code around does not parse, as while somebody types.

use std::ops::Range;

use super::size;

/// Is a chain of names such as `step.ctx.repo`, as far as a place in its last name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberPath<'a> {
    /// The names before the last one, outermost first; empty where the last one stands alone. An
    /// expression that is no name, such as a call, is an empty name.
    pub(crate) owners: Vec<&'a str>,
    /// Where the last name is, in bytes; empty where it is not written yet.
    pub(crate) name: Range<u32>,
}

/// Is a text in quotes around a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quoted<'a> {
    /// Where the text between the quotes is, in bytes.
    pub(crate) content: Range<u32>,
    /// What it is there for.
    pub(crate) role: QuotedRole<'a>,
}

/// Says what a text in quotes is there for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum QuotedRole<'a> {
    /// It is the first argument of a call of these names.
    Argument(Vec<&'a str>),
    /// It is the value of a property of this name.
    Property(&'a str),
    /// It names a member of what these names lead to.
    Member(Vec<&'a str>),
}

/// Finds the chain of names at a place.
pub(crate) fn member_path(text: &str, offset: u32) -> MemberPath<'_> {
    let (before, after) = split(text, offset);
    let word = before.trim_end_matches(is_name);
    let rest = after.trim_start_matches(is_name);
    MemberPath {
        owners: owners(word),
        name: size(word.len())..size(text.len() - rest.len()),
    }
}

/// Finds the text in quotes at a place, where one can tell what it is there for.
pub(crate) fn quoted(text: &str, offset: u32) -> Option<Quoted<'_>> {
    let (before, after) = split(text, offset);
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let opening = line + before[line..].rfind(is_quote)?;
    let quote = before[opening..].chars().next()?;
    let line_end = after.find(['\n', '\r']).unwrap_or(after.len());
    let closing = after[..line_end].find(quote);
    let end = closing.unwrap_or_else(|| open_end(&after[..line_end]));
    Some(Quoted {
        content: size(opening + quote.len_utf8())..size(before.len() + end),
        role: role(before[..opening].trim_end())?,
    })
}

/// Says where a text ends whose closing quote is not written yet.
fn open_end(rest: &str) -> usize {
    rest.len() - rest.trim_start_matches(is_name).len()
}

fn role(before: &str) -> Option<QuotedRole<'_>> {
    if let Some(callee) = before.strip_suffix('(') {
        return Some(QuotedRole::Argument(names(callee)));
    }
    if let Some(owner) = before.strip_suffix('[') {
        return Some(QuotedRole::Member(names(owner)));
    }
    let name = before.strip_suffix(':')?.trim_end();
    let name = name.trim_end_matches(is_quote);
    let start = name.trim_end_matches(is_name).len();
    Some(QuotedRole::Property(&name[start..]))
}

/// Reads the names of a whole chain that ends here.
fn names(text: &str) -> Vec<&str> {
    let text = text.trim_end().trim_end_matches("?.");
    let start = text.trim_end_matches(is_name).len();
    let mut names = owners(&text[..start]);
    names.push(&text[start..]);
    names
}

/// Reads the names before a dot that a text ends with; none where it ends otherwise.
fn owners(mut text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    while let Some(owner) = before_dot(text) {
        let start = owner.trim_end_matches(is_name).len();
        let name = &owner[start..];
        names.push(name);
        if name.is_empty() {
            break;
        }
        text = &owner[..start];
    }
    names.reverse();
    names
}

fn before_dot(text: &str) -> Option<&str> {
    let owner = text.trim_end().strip_suffix('.')?;
    // Three dots spread what follows.
    if owner.ends_with('.') {
        return None;
    }
    Some(owner.strip_suffix(['?', '!']).unwrap_or(owner).trim_end())
}

fn split(text: &str, offset: u32) -> (&str, &str) {
    text.split_at(text.floor_char_boundary(offset as usize))
}

/// Says whether a text can be a name in the language.
pub(crate) fn is_identifier(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|first: char| first.is_numeric())
        && text.chars().all(is_name)
}

/// Says whether a character can be part of a name.
pub(crate) fn is_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '\'' | '`')
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn cursor(fixture: &str) -> (String, u32) {
        let offset = fixture.find("$0").unwrap();
        (fixture.replacen("$0", "", 1), size(offset))
    }

    fn check_path(fixture: &str, owners: &[&str], name: &str) {
        let (text, offset) = cursor(fixture);
        let path = member_path(&text, offset);
        let found = &text[path.name.start as usize..path.name.end as usize];
        assert_eq!((path.owners.as_slice(), found), (owners, name), "{fixture}");
    }

    #[test]
    fn chains_are_read_backwards() {
        check_path("x = step.ctx.re$0po;", &["step", "ctx"], "repo");
        check_path("step.ctx.$0", &["step", "ctx"], "");
        check_path("step\n  ?.ctx!.a$0", &["step", "ctx"], "a");
        check_path("{ ...st$0ep.ctx }", &[], "step");
        check_path("{ ...step.$0ctx }", &["step"], "ctx");
        check_path("f().ctx.a$0", &["", "ctx"], "a");
        check_path("$0", &[], "");
        check_path("é.ü$0", &["é"], "ü");
    }

    fn check_quoted(fixture: &str, expected: Option<(QuotedRole<'_>, &str)>) {
        let (text, offset) = cursor(fixture);
        let found = quoted(&text, offset);
        let found = found.map(|found| {
            let content = found.content.start as usize..found.content.end as usize;
            (found.role, text[content].to_owned())
        });
        let expected = expected.map(|(role, content)| (role, content.to_owned()));
        assert_eq!(found, expected, "{fixture}");
    }

    #[test]
    fn texts_have_a_role() {
        let call = |names: &[&'static str]| QuotedRole::Argument(names.to_vec());
        let invalidate = call(&["step", "invalidate"]);
        check_quoted(
            "step.invalidate(\"a.$0b\")",
            Some((invalidate.clone(), "a.b")),
        );
        check_quoted("step.invalidate('$0", Some((invalidate.clone(), "")));
        check_quoted("step.invalidate(\"a$0); x", Some((invalidate, "a")));
        check_quoted("env(`$0`)", Some((call(&["env"]), "")));
        check_quoted(
            "{ cacheTTL: \"3$0\" }",
            Some((QuotedRole::Property("cacheTTL"), "3")),
        );
        check_quoted(
            "step.ctx[\"a$0\"]",
            Some((QuotedRole::Member(vec!["step", "ctx"]), "a")),
        );
        check_quoted("env(\"\"$0)", None);
        check_quoted("env(\"a\", $0", None);
        check_quoted("\"a\"\nb$0", None);
    }
}
