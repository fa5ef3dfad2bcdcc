//! What a text that is no duration was most likely to be.

use rigkit_engine::definition::CacheTtl;
use serde_json::json;

use super::units::{Unit, milliseconds, nearest_unit, rounded};

/// The units that are offered for a number without one.
const USUAL_UNITS: [&str; 3] = ["s", "m", "h"];

/// Is a duration that may be meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Suggestion {
    /// The text.
    pub(super) text: String,
    /// Whether it is exactly what was written, in other words.
    pub(super) is_sure: bool,
}

/// Is a number with the word after it.
struct Amount<'a> {
    number: f64,
    word: &'a str,
}

/// Lists the durations that may be meant.
pub(super) fn suggestions(text: &str) -> Vec<Suggestion> {
    let Some(amounts) = amounts(text) else {
        return Vec::new();
    };
    let suggested = match amounts.as_slice() {
        [] => Vec::new(),
        [Amount { number, word: "" }] => USUAL_UNITS
            .map(|unit| Suggestion {
                text: format!("{number}{unit}"),
                is_sure: false,
            })
            .into(),
        amounts => sum(amounts).into_iter().collect(),
    };
    let is_duration =
        |suggestion: &Suggestion| CacheTtl::from_json(&json!(suggestion.text)).is_ok();
    suggested.into_iter().filter(is_duration).collect()
}

fn sum(amounts: &[Amount<'_>]) -> Option<Suggestion> {
    let units: Vec<Unit> = amounts
        .iter()
        .map(|amount| nearest_unit(amount.word))
        .collect::<Option<_>>()?;
    let text = if let ([amount], [unit]) = (amounts, units.as_slice()) {
        format!("{}{}", rounded(amount.number * unit.times), unit.name)
    } else {
        let amounts = amounts.iter().zip(&units);
        let each =
            amounts.map(|(amount, unit)| amount.number * unit.times * milliseconds(unit.name));
        in_largest_unit(rounded(each.sum()))
    };
    Some(Suggestion {
        text,
        is_sure: units.iter().all(|unit| unit.is_exact),
    })
}

/// Writes a number of milliseconds in the largest unit of which it is a whole number.
fn in_largest_unit(total: f64) -> String {
    let mut units = CacheTtl::UNIT_NAMES.iter().rev();
    let unit = units.find(|unit| (total / milliseconds(unit)).fract() == 0.0);
    let unit = unit.unwrap_or(&"ms");
    format!("{}{unit}", total / milliseconds(unit))
}

/// Reads numbers with words, such as `1 hour and 30 min`.
fn amounts(text: &str) -> Option<Vec<Amount<'_>>> {
    let is_separator =
        |character: char| character.is_whitespace() || matches!(character, ',' | '+' | '&');
    let mut amounts = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (number, after) = split(rest, |character| {
            character.is_ascii_digit() || matches!(character, '.' | ',')
        });
        let (word, after) = split(after.trim_start(), char::is_alphabetic);
        amounts.push(Amount {
            number: number
                .trim_end_matches(',')
                .replace(',', ".")
                .parse()
                .ok()?,
            word,
        });
        let after = after.trim_start_matches(is_separator);
        let after = after.strip_prefix("and ").unwrap_or(after);
        rest = after.trim_start_matches(is_separator);
    }
    Some(amounts)
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|character| !belongs(character));
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let suggested = suggestions(text).into_iter();
        let suggested: Vec<String> = suggested
            .map(|suggestion| {
                let mark = if suggestion.is_sure { "" } else { "?" };
                format!("{}{mark}", suggestion.text)
            })
            .collect();
        assert_eq!(suggested, expected, "{text:?}");
    }

    #[test]
    fn words_become_units() {
        check("3 hours", &["3h"]);
        check("10sec", &["10s"]);
        check("1w", &["7d"]);
        check("1.5 Weeks", &["10.5d"]);
        check("0.1 weeks", &["0.7d"]);
        check("3 fortnights", &["42d"]);
        check("250 milliseconds", &["250ms"]);
        check("1 month", &["30d?"]);
        check("3 huors", &["3h?"]);
    }

    #[test]
    fn numbers_become_what_is_read() {
        check("1,5h", &["1.5h"]);
        check(".5h", &["0.5h"]);
        check("1.h", &["1h"]);
        check("10", &["10s?", "10m?", "10h?"]);
    }

    #[test]
    fn several_become_one() {
        check("1h30m", &["90m"]);
        check("1 hour and 30 min", &["90m"]);
        check("1d, 12h", &["36h"]);
        check("1m 0.5s", &["60500ms"]);
    }

    #[test]
    fn what_nobody_can_guess_is_left() {
        for text in [
            "", "soon", "-1s", "3 apples", "1e3s", "h", "1.2.3s", "1s!", "１h",
        ] {
            check(text, &[]);
        }
    }
}
