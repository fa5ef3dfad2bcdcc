//! How much of a text is shown.

use std::borrow::Cow;

/// The most characters of a message that are shown.
pub const MOST_OF_A_MESSAGE: usize = 1_000;

/// Returns as many characters of a text as may be shown, and says how many more there are:
/// `abc… 12,345 more`.
#[must_use]
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    // A text has at most as many characters as bytes.
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let Some((end, _)) = text.char_indices().nth(most) else {
        return Cow::Borrowed(text);
    };
    let (shown, rest) = text.split_at(end);
    Cow::Owned(format!("{shown}… {} more", grouped(rest.chars().count())))
}

/// Writes a number with a comma between its thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted() {
        let check = |text: &str, most, expected: &str| assert_eq!(cut(text, most), expected);
        check("abc", 3, "abc");
        check("ééé", 3, "ééé");
        check("éééé", 3, "ééé… 1 more");
        check(&"x".repeat(12_348), 3, "xxx… 12,345 more");
        check(&"x".repeat(1_000_003), 3, "xxx… 1,000,000 more");
    }
}
