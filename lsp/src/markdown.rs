//! Writing Markdown that shows texts as they are, whatever is in them.

use serde_json::Value;

/// The most characters of a value that is shown within a line.
const IN_LINE: usize = 80;

/// The most lines of a value that is shown in a block.
const IN_BLOCK: usize = 20;

/// Shows a text as code within a line.
pub(crate) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    if text.contains('`') {
        return format!("`` {text} ``");
    }
    format!("`{text}`")
}

/// Shows a text as prose, in which no character means anything.
pub(crate) fn prose(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(
            character,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~'
        ) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
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
pub(crate) fn json_block(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut lines: Vec<String> = text.lines().take(IN_BLOCK).map(short_line).collect();
    if text.lines().nth(IN_BLOCK).is_some() {
        lines.push("…".to_owned());
    }
    format!("```json\n{}\n```", lines.join("\n"))
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
        assert_eq!(code("a b"), "`a b`");
        assert_eq!(code("a`b\nc"), "`` a`b c ``");
        assert_eq!(prose("*a* <b> [c](d)"), "\\*a\\* \\<b\\> \\[c\\](d)");
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(short_json(&json!({ "a": "é" })), "{\"a\":\"é\"}");
        let long = short_json(&json!("é".repeat(200)));
        assert_eq!((long.chars().count(), long.ends_with('…')), (81, true));
        let block = json_block(&json!((0..100).collect::<Vec<i32>>()));
        assert_eq!(
            (block.lines().count(), block.ends_with("…\n```")),
            (23, true)
        );
    }
}
