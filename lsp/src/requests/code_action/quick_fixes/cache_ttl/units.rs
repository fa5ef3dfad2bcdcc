//! Words for units of time, and the units that `cacheTTL` knows.

use rigkit_engine::definition::nearest;

/// The parts that an object may have.
pub(super) const PARTS: [&str; 4] = ["seconds", "minutes", "hours", "days"];

/// Is a unit, as `cacheTTL` knows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unit {
    /// What a text ends with.
    pub(super) name: &'static str,
    /// How many of those one of the word's units is.
    pub(super) times: f64,
    /// The part of an object.
    pub(super) part: &'static str,
    /// How many of those one of the word's units is, if not one.
    pub(super) parts: Option<f64>,
    /// Whether the word means exactly that: no word that is only alike, and no month.
    pub(super) is_exact: bool,
}

/// Lists the words, what they are in the units of texts, and whether that is exact.
const WORDS: &[(&str, &str, f64, bool)] = &[
    ("ms", "ms", 1.0, true),
    ("msec", "ms", 1.0, true),
    ("milli", "ms", 1.0, true),
    ("millisecond", "ms", 1.0, true),
    ("s", "s", 1.0, true),
    ("sec", "s", 1.0, true),
    ("second", "s", 1.0, true),
    ("m", "m", 1.0, true),
    ("min", "m", 1.0, true),
    ("minute", "m", 1.0, true),
    ("h", "h", 1.0, true),
    ("hr", "h", 1.0, true),
    ("hour", "h", 1.0, true),
    ("d", "d", 1.0, true),
    ("day", "d", 1.0, true),
    ("w", "d", 7.0, true),
    ("wk", "d", 7.0, true),
    ("week", "d", 7.0, true),
    ("fortnight", "d", 14.0, true),
    ("mo", "d", 30.0, false),
    ("month", "d", 30.0, false),
    ("y", "d", 365.0, false),
    ("yr", "d", 365.0, false),
    ("year", "d", 365.0, false),
];

/// Finds the unit that a word means, or one that is alike.
pub(super) fn nearest_unit(word: &str) -> Option<Unit> {
    let word = word.to_lowercase();
    if let Some(unit) = unit(&word) {
        return Some(unit);
    }
    let singular = word.strip_suffix('s').unwrap_or(&word);
    if let Some(unit) = unit(singular) {
        return Some(unit);
    }
    // A letter is like every other one.
    if singular.chars().count() < 3 {
        return None;
    }
    let alike = nearest(singular, WORDS.iter().map(|(known, ..)| *known))?;
    Some(Unit {
        is_exact: false,
        ..unit(alike)?
    })
}

fn unit(word: &str) -> Option<Unit> {
    let (_, name, times, is_exact) = WORDS.iter().find(|(known, ..)| *known == word)?;
    let (part, parts) = match *name {
        "ms" => ("seconds", Some(0.001)),
        "s" => ("seconds", None),
        "m" => ("minutes", None),
        "h" => ("hours", None),
        _ => ("days", Some(*times).filter(|times| *times > 1.0)),
    };
    Some(Unit {
        name,
        times: *times,
        part,
        parts,
        is_exact: *is_exact,
    })
}

/// Gives the milliseconds of a unit of texts.
pub(super) fn milliseconds(name: &str) -> f64 {
    match name {
        "ms" => 1.0,
        "s" => 1_000.0,
        "m" => 60_000.0,
        "h" => 3_600_000.0,
        _ => 86_400_000.0,
    }
}

/// Takes off what only comes from how computers count.
pub(super) fn rounded(number: f64) -> f64 {
    const DIGITS: f64 = 1_000_000.0;
    (number * DIGITS).round() / DIGITS
}
