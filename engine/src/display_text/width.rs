//! How many columns a text takes.

use unicode_width::UnicodeWidthStr as _;

use super::escape;

/// Returns the columns that a text takes once it is escaped.
///
/// The width of a text is not the sum of the widths of its characters: an emoji may be several of them.
#[must_use]
pub fn width(text: &str) -> usize {
    escape(text).width()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_of_what_is_shown() {
        let check = |text: &str, expected| assert_eq!(width(text), expected, "{text:?}");
        check("", 0);
        check("abc", 3);
        check("漢字", 4);
        check("e\u{301}", 1);
        check("❤️", 2);
        check("\u{1b}", 6);
        check("\u{202e}", 8);
    }
}
