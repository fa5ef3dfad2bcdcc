//! Which characters are written out instead of being shown, and how.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar as _;

/// The most marks on one letter; more of them run over the lines around it.
const MOST_MARKS: usize = 4;

/// The characters above ASCII and Latin 1 that are controls, that format or reorder what stands around
/// them, that belong to nobody, or that look like nothing: the general categories Cf, Zl, Zp and Co,
/// with the fillers and variation selectors that have no shape. Sorted.
const UNSEEN: &[(char, char)] = &[
    ('\u{34f}', '\u{34f}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{e000}', '\u{f8ff}'),
    // The two after these choose between the styles of an emoji.
    ('\u{fe00}', '\u{fe0d}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
    ('\u{f0000}', '\u{10ffff}'),
];

/// Returns whether a character is written out wherever it stands.
#[must_use]
pub fn is_escaped(character: char) -> bool {
    match character {
        ' '..='~' => false,
        '\u{ad}' => true,
        '\0'..='\u{ff}' => character.is_control(),
        _ => {
            let after = UNSEEN.partition_point(|(first, _)| *first <= character);
            let before = after.checked_sub(1).and_then(|index| UNSEEN.get(index));
            before.is_some_and(|(_, last)| character <= *last)
        }
    }
}

/// Returns a text of one line with everything written out that a reader would not see or a terminal
/// would obey: `\u{1b}`, `\r`, `\n`, `\t`.
///
/// What is escaped already stays as it is, so a text may pass several times.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    Escaper::default().escape(text)
}

/// Escapes the parts of one line, one after the other: marks are counted across them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Escaper {
    marks: usize,
}

impl Escaper {
    /// Returns the next part like [`escape`].
    #[must_use]
    pub fn escape<'a>(&mut self, text: &'a str) -> Cow<'a, str> {
        let before = *self;
        if self.pass(text) {
            return Cow::Borrowed(text);
        }
        *self = before;
        let mut escaped = String::with_capacity(text.len() + 16);
        for character in text.chars() {
            if self.writes_out(character) {
                escaped.extend(character.escape_default());
            } else {
                escaped.push(character);
            }
        }
        Cow::Owned(escaped)
    }

    /// Takes the next character, and returns whether it is written out.
    #[must_use]
    pub fn writes_out(&mut self, character: char) -> bool {
        self.marks = marks_after(self.marks, character);
        self.marks > MOST_MARKS || is_escaped(character)
    }

    /// Takes the next part, and returns whether it is shown exactly as it is written.
    fn pass(&mut self, text: &str) -> bool {
        // Most texts are ASCII, and looking at bytes takes an eighth of the time.
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            self.marks = if text.is_empty() { self.marks } else { 0 };
            return true;
        }
        text.chars().all(|character| !self.writes_out(character))
    }
}

/// Returns a text of several lines like [`escape`], but with its line ends. Only for writers that begin
/// each line with something of their own.
#[must_use]
pub fn escape_lines(text: &str) -> Cow<'_, str> {
    if text.split('\n').all(is_shown_as_written) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line.strip_suffix('\r').unwrap_or(line), "\n"),
            None => (line, ""),
        };
        escaped.push_str(&escape(line));
        escaped.push_str(end);
    }
    Cow::Owned(escaped)
}

/// Returns whether a text of one line is shown exactly as it is written.
#[must_use]
pub fn is_shown_as_written(text: &str) -> bool {
    Escaper::default().pass(text)
}

/// Returns how many marks stand in a row once a character is read.
fn marks_after(marks: usize, character: char) -> usize {
    if !character.is_ascii() && character.width() == Some(0) {
        marks + 1
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

    use super::*;

    #[test]
    fn every_character_of_an_unseen_category_is_escaped() {
        for character in '\0'..=char::MAX {
            let category = character.general_category();
            let is_unseen = matches!(
                category,
                GeneralCategory::Control
                    | GeneralCategory::Format
                    | GeneralCategory::LineSeparator
                    | GeneralCategory::ParagraphSeparator
                    | GeneralCategory::PrivateUse
            );
            let is_filler = matches!(
                character,
                '\u{34f}'
                    | '\u{115f}'
                    | '\u{1160}'
                    | '\u{17b4}'
                    | '\u{17b5}'
                    | '\u{180b}'..='\u{180f}'
                    | '\u{3164}'
                    | '\u{fe00}'..='\u{fe0d}'
                    | '\u{ffa0}'
                    | '\u{e0000}'..='\u{e0fff}'
            );
            let is_nothing = category == GeneralCategory::Unassigned;
            let found = is_escaped(character);
            if is_unseen || is_filler {
                assert!(found, "{character:?} is {category:?} and passes");
            } else if !is_nothing {
                assert!(!found, "{character:?} is {category:?} and is escaped");
            }
        }
    }

    #[test]
    fn texts_are_written_out() {
        let check = |text: &str, expected: &str| assert_eq!(escape(text), expected, "{text:?}");
        check("", "");
        check("plain (ASCII) text", "plain (ASCII) text");
        check("Größe 漢字 ❤️ 👍🏽", "Größe 漢字 ❤️ 👍🏽");
        check("\u{1b}]0;owned\u{7}", "\\u{1b}]0;owned\\u{7}");
        check("a\r\nb\tc\0", "a\\r\\nb\\tc\\u{0}");
        check("\u{9b}2J\u{7f}", "\\u{9b}2J\\u{7f}");
        check("\u{202e}txt.exe", "\\u{202e}txt.exe");
        check("👨\u{200d}👩", "👨\\u{200d}👩");
        check("\\u{1b}", "\\u{1b}");
        check(
            "e\u{301}\u{302}\u{303}\u{304}",
            "e\u{301}\u{302}\u{303}\u{304}",
        );
        check(
            "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}f",
            "e\u{301}\u{302}\u{303}\u{304}\\u{305}\\u{306}f",
        );
    }

    #[test]
    fn marks_are_counted_across_parts() {
        let check = |parts: &[&str], expected: &str| {
            let mut escaper = Escaper::default();
            let shown: String = parts.iter().map(|part| escaper.escape(part)).collect();
            assert_eq!(shown, expected, "{parts:?}");
        };
        check(
            &["e\u{301}\u{301}", "\u{301}\u{301}"],
            "e\u{301}\u{301}\u{301}\u{301}",
        );
        check(
            &["e\u{301}\u{301}\u{301}\u{301}", "", "\u{302}\u{303}"],
            "e\u{301}\u{301}\u{301}\u{301}\\u{302}\\u{303}",
        );
        check(
            &["e\u{301}\u{301}\u{301}\u{301}", "f\u{302}"],
            "e\u{301}\u{301}\u{301}\u{301}f\u{302}",
        );
    }

    #[test]
    fn lines_stay_lines() {
        let check = |text: &str, expected: &str| assert_eq!(escape_lines(text), expected);
        check("a\nb\n", "a\nb\n");
        check("a\r\nb\rc\n\u{1b}", "a\nb\\rc\n\\u{1b}");
    }

    proptest! {
        #[test]
        fn what_is_escaped_is_shown_as_written(text in any::<String>()) {
            let escaped = escape(&text);
            prop_assert!(is_shown_as_written(&escaped), "{escaped:?}");
            prop_assert_eq!(escape(&escaped), escaped.clone());
            prop_assert!(!escaped.chars().any(is_escaped));
        }
    }
}
