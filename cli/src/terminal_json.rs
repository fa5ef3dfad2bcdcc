//! JSON that a person reads on a terminal: the same document, without characters that are obeyed or not seen.

use rigkit_engine::display_text::is_escaped;

/// Writes the characters of a document as `\u00XX` that JSON leaves as they are and a terminal does not: DEL,
/// C1 controls, direction marks.
///
/// JSON writes out the controls of ASCII by itself, and characters beyond ASCII stand in texts only.
pub(crate) fn for_terminal(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character == '\u{7f}' || !character.is_ascii() && is_escaped(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_document_stays_the_same() {
        let check = |text: &str, expected: &str| {
            let document = json!({ "a": [text] });
            let written = for_terminal(&serde_json::to_string_pretty(&document).unwrap());
            assert!(written.contains(expected), "{written}");
            assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), document);
        };
        check("Größe 漢字 ❤️", "Größe 漢字 ❤️");
        check("\u{7f}\u{9b}2J", "\"\\u007f\\u009b2J\"");
        check("\u{1b}\n\t", "\"\\u001b\\n\\t\"");
        check("a\u{202e}b", "\"a\\u202eb\"");
        check("\u{e0041}", "\"\\udb40\\udc41\"");
    }
}
