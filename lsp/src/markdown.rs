//! Markdown that shows texts as they are, whatever is in them.
//!
//! [`Markdown`] is made of what is written in this program, and of texts that pass through [`code`],
//! [`prose`] or [`json_block`]. The macro [`markdown!`] takes its literals as Markdown and everything else
//! as prose, so a text from a project cannot become a link, a tag or a block.
#![expect(
    clippy::disallowed_types,
    reason = "here is where Markdown is made safe to show"
)]

use rigkit_engine::display_text::{MOST_OF_A_MESSAGE, cut, escape, escape_lines};
use serde_json::Value;
use tower_lsp::ls_types::{MarkupContent, MarkupKind};

/// The most characters of a value that is shown within a line.
const IN_LINE: usize = 80;

/// The most lines of a value that is shown in a block.
const IN_BLOCK: usize = 20;

/// A piece of Markdown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Markdown(String);

/// Puts pieces of Markdown together: literals as they are written, everything else as it is or as prose.
macro_rules! markdown {
    (@add $whole:ident) => {};
    (@add $whole:ident $text:literal $(, $($rest:tt)*)?) => {
        $whole.push($crate::markdown::Markdown::fixed($text));
        $($crate::markdown::markdown!(@add $whole $($rest)*);)?
    };
    (@add $whole:ident $part:expr $(, $($rest:tt)*)?) => {
        $whole.push($part);
        $($crate::markdown::markdown!(@add $whole $($rest)*);)?
    };
    ($($parts:tt)*) => {{
        let mut whole = $crate::markdown::Markdown::default();
        $crate::markdown::markdown!(@add whole $($parts)*);
        whole
    }};
}
pub(crate) use markdown;

impl Markdown {
    /// Takes what is written in this program.
    pub(crate) fn fixed(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// Adds a piece at the end.
    pub(crate) fn push(&mut self, piece: impl Into<Self>) {
        self.0.push_str(&piece.into().0);
    }

    /// Puts pieces together with something between them.
    pub(crate) fn join(pieces: &[Self], between: &'static str) -> Self {
        let texts: Vec<&str> = pieces.iter().map(|piece| piece.0.as_str()).collect();
        Self(texts.join(between))
    }

    /// Returns it as the protocol has it.
    pub(crate) fn content(self) -> MarkupContent {
        MarkupContent {
            kind: MarkupKind::Markdown,
            value: self.0,
        }
    }

    /// Makes a link to a file beside the document, whose name is plain.
    pub(crate) fn link(text: &'static str, file_name: &str) -> Self {
        Self(format!("[{text}]({file_name})"))
    }

    /// Returns it as the text of a document.
    pub(crate) fn into_text(self) -> String {
        self.0
    }

    /// Returns it as it is written.
    #[cfg(test)]
    fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Markdown {
    fn from(text: String) -> Self {
        prose(&text)
    }
}

impl From<&str> for Markdown {
    fn from(text: &str) -> Self {
        prose(text)
    }
}

/// Shows a text as code within a line.
pub(crate) fn code(text: &str) -> Markdown {
    let text = cut(text, MOST_OF_A_MESSAGE);
    let text = text.replace("\r\n", " ").replace(['\n', '\r'], " ");
    let text = escape(&text);
    if text.trim().is_empty() {
        return prose(&text);
    }
    let longest = text.split(|character| character != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default() + 1);
    let needs_blanks = text.starts_with([' ', '`']) || text.ends_with([' ', '`']);
    Markdown(if needs_blanks || fence.len() > 1 {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    })
}

/// Shows a text as prose, in which no character means anything.
pub(crate) fn prose(text: &str) -> Markdown {
    let text = cut(text, MOST_OF_A_MESSAGE);
    let lines = text.lines().map(line_of_prose);
    let mut prose = lines.collect::<Vec<String>>().join("\n");
    if text.ends_with('\n') {
        prose.push('\n');
    }
    Markdown(prose)
}

/// Shows a sentence of the engine, in which names stand between backticks, with the names as code.
pub(crate) fn wording(text: &str) -> Markdown {
    let text = cut(text, MOST_OF_A_MESSAGE);
    let mut whole = Markdown::default();
    let mut rest = &*text;
    while let Some((before, name, after)) = split_at_name(rest) {
        whole.push(prose(before));
        whole.push(code(name));
        rest = after;
    }
    whole.push(prose(rest));
    whole
}

fn split_at_name(text: &str) -> Option<(&str, &str, &str)> {
    let (before, quoted) = text.split_once('`')?;
    let (name, after) = quoted.split_once('`')?;
    Some((before, name, after))
}

fn line_of_prose(line: &str) -> String {
    let line = escape(line);
    // Blanks at the start make a block of code, so one of them is enough.
    let text = line.trim_start();
    let has_indent = text.len() < line.len();
    let mut escaped = String::with_capacity(text.len() + 8);
    escaped.extend(line.chars().take(usize::from(has_indent)));
    for (index, character) in text.char_indices() {
        let rest = &text[index + character.len_utf8()..];
        if is_markup(character, &text[..index], rest) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// Returns whether a character could mean something where it stands: the begin of a style, a link, a tag,
/// an entity, a list or a heading, or an address that becomes a link by itself.
fn is_markup(character: char, before: &str, rest: &str) -> bool {
    match character {
        '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '@' => true,
        ':' => rest.starts_with('/'),
        '.' => {
            before.to_ascii_lowercase().ends_with("www") || is_number(before) && starts_blank(rest)
        }
        ')' => is_number(before) && starts_blank(rest),
        '-' | '+' | '=' => before.is_empty(),
        _ => false,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn starts_blank(text: &str) -> bool {
    text.is_empty() || text.starts_with(char::is_whitespace)
}

/// Writes a value on one line, as much of it as says what it is.
pub(crate) fn short_json(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(IN_LINE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Shows a value as a block of code, as much of it as a person reads.
///
/// No line of JSON begins with a fence, for a text in it stands in quotes and has no line ends.
pub(crate) fn json_block(value: &Value) -> Markdown {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut lines: Vec<String> = text.lines().take(IN_BLOCK).map(short_line).collect();
    if text.lines().nth(IN_BLOCK).is_some() {
        lines.push("…".to_owned());
    }
    Markdown(format!("```json\n{}\n```", escape_lines(&lines.join("\n"))))
}

/// Shows a text of several lines as a block of code, as it is.
pub(crate) fn text_block(text: &str) -> Markdown {
    let text = escape_lines(text);
    let runs = text.split(|character| character != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or_default().max(2) + 1);
    Markdown(format!("{fence}\n{text}\n{fence}"))
}

fn short_line(line: &str) -> String {
    match line.char_indices().nth(2 * IN_LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_shown_as_they_are() {
        let check = |markdown: Markdown, expected: &str| assert_eq!(markdown.as_str(), expected);
        check(code("a b"), "`a b`");
        check(code("a`b\nc"), "`` a`b c ``");
        check(code("a```b`"), "```` a```b` ````");
        check(code("\u{1b}[2J\u{202e}"), "`\\u{1b}[2J\\u{202e}`");
        check(code("<b>&amp;"), "`<b>&amp;`");
        check(code(""), "");
        check(prose("*a* <b> [c](d)"), "\\*a\\* \\<b\\> \\[c\\](d)");
        check(prose("a - b. (c) 1.5"), "a - b. (c) 1.5");
        check(prose("&lt;b> ![x](y)"), "\\&lt;b\\> !\\[x\\](y)");
        check(
            prose("see https://a.b, www.c.d"),
            "see https\\://a.b, www\\.c.d",
        );
        check(
            prose("# a\n- b\n    c\n1. d\n==="),
            "\\# a\n\\- b\n c\n1\\. d\n\\===",
        );
        check(prose("a\u{1b}b\rc"), "a\\\\u{1b}b\\\\rc");
        check(prose("\\"), "\\\\");
        check(prose("\u{a0}\u{3000}# a\u{2003}"), "\u{a0}\\# a\u{2003}");
        check(prose("\u{2003}"), "\u{2003}");
        check(wording("`a*` is *not* `b"), "`a*` is \\*not\\* \\`b");
        check(
            markdown!["**", "a*b".to_owned(), "** ", code("c")],
            "**a\\*b** `c`",
        );
    }

    #[test]
    fn a_block_of_json_cannot_be_ended_from_within() {
        let block = json_block(&json!({ "a\n```": "```\n</b>\u{9b}\u{202e}" }));
        assert_eq!(
            block.as_str(),
            "```json\n{\n  \"a\\n```\": \"```\\n</b>\\u{9b}\\u{202e}\"\n}\n```"
        );
    }

    #[test]
    fn a_block_of_text_cannot_be_ended_from_within() {
        let block = text_block("a\n````\n<b>");
        assert_eq!(block.as_str(), "`````\na\n````\n<b>\n`````");
        assert_eq!(text_block("a").as_str(), "```\na\n```");
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(short_json(&json!({ "a": "é" })), "{\"a\":\"é\"}");
        let long = short_json(&json!("é".repeat(200)));
        assert_eq!((long.chars().count(), long.ends_with('…')), (81, true));
        let block = json_block(&json!((0..100).collect::<Vec<i32>>()));
        assert_eq!(
            (
                block.as_str().lines().count(),
                block.as_str().ends_with("…\n```")
            ),
            (23, true)
        );
    }
}
