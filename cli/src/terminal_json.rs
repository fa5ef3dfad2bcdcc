//! JSON that a person reads on a terminal: the same document, without characters that are obeyed or not seen.

use std::io::{self, Write};

use rigkit_engine::display_text::Escaper;
use serde_json::Value;

/// Returns a value over several lines, as a terminal is shown it.
pub(crate) fn for_terminal(value: &Value) -> String {
    ForTerminal::new(io::sink()).shown(&format!("{value:#}"))
}

/// Writes the characters of a document as `\u00XX` that JSON leaves as they are and a terminal does not: DEL,
/// C1 controls, direction marks, and marks without end.
///
/// JSON writes out the controls of ASCII by itself, and characters beyond ASCII stand in texts only.
pub(crate) struct ForTerminal<W> {
    terminal: W,
    escaper: Escaper,
}

impl<W: Write> ForTerminal<W> {
    /// Writes to a terminal.
    pub(crate) fn new(terminal: W) -> Self {
        Self {
            terminal,
            escaper: Escaper::default(),
        }
    }

    fn shown(&mut self, json: &str) -> String {
        let mut text = String::with_capacity(json.len());
        for character in json.chars() {
            let is_hidden = self.escaper.writes_out(character);
            if is_hidden && (character == '\u{7f}' || !character.is_ascii()) {
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
}

impl<W: Write> Write for ForTerminal<W> {
    /// Takes whole characters, which is how JSON is written.
    fn write(&mut self, json: &[u8]) -> io::Result<usize> {
        let text = str::from_utf8(json).map_err(|_| io::ErrorKind::InvalidData)?;
        let shown = self.shown(text);
        self.terminal.write_all(shown.as_bytes())?;
        Ok(json.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.terminal.flush()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    #[test]
    fn the_document_stays_the_same() {
        let check = |text: &str, expected: &str| {
            let document = json!({ "a": [text] });
            let mut written = Vec::new();
            serde_json::to_writer_pretty(ForTerminal::new(&mut written), &document).unwrap();
            let written = String::from_utf8(written).unwrap();
            assert!(written.contains(expected), "{written}");
            assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), document);
        };
        check("Größe 漢字 ❤️", "Größe 漢字 ❤️");
        check("\u{7f}\u{9b}2J", "\"\\u007f\\u009b2J\"");
        check("\u{1b}\n\t", "\"\\u001b\\n\\t\"");
        check("a\u{202e}b", "\"a\\u202eb\"");
        check(
            "e\u{301}\u{302}\u{303}\u{304}",
            "\"e\u{301}\u{302}\u{303}\u{304}\"",
        );
        check(
            "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}f",
            "\"e\u{301}\u{302}\u{303}\u{304}\\u0305\\u0306f\"",
        );
        check("\u{e0041}", "\"\\udb40\\udc41\"");
    }
}
