//! Names that have a meaning of their own, those that cannot be shown, and the nearest of several names.

use std::fmt;

/// Lists the names that a provider cannot have, because handlers receive something else
/// under them.
pub const RESERVED_PROVIDER_NAMES: &[&str] = &["ctx", "runtime", "providers", "step", "config"];

/// Lists the ids that an operation of a config cannot have, because the command line uses
/// them.
pub const RESERVED_OPERATION_IDS: &[&str] = &[
    "apply",
    "completion",
    "create",
    "doctor",
    "fork",
    "help",
    "init",
    "ls",
    "plan",
    "projects",
    "remove",
    "run",
    "version",
];

/// The most code points of a name.
pub const MAX_NAME_LENGTH: usize = 200;

/// Why a text cannot be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadName {
    /// It has nothing in it.
    Empty,
    /// It has more code points than a name may have.
    TooLong {
        /// How many it has.
        length: usize,
    },
    /// It has a control, a line end or a direction mark in it.
    Unshowable(char),
    /// It has half of a surrogate pair in it.
    HalfACharacter,
}

impl BadName {
    /// Returns what is wrong with a name; nothing where it can be one.
    pub(crate) fn of(name: &str) -> Option<Self> {
        if name.is_empty() {
            return Some(Self::Empty);
        }
        // A name has at least as many bytes as code points, and few names are long.
        if name.len() > MAX_NAME_LENGTH {
            let length = name.chars().count();
            if length > MAX_NAME_LENGTH {
                return Some(Self::TooLong { length });
            }
        }
        name.chars()
            .find(|character| is_unshowable(*character))
            .map(Self::Unshowable)
    }
}

impl fmt::Display for BadName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => formatter.write_str("an empty name"),
            Self::TooLong { length } => write!(
                formatter,
                "a name of {length} characters; {MAX_NAME_LENGTH} are the most"
            ),
            Self::Unshowable(character) => write!(
                formatter,
                "a name with the character U+{:04X}, which cannot be shown",
                u32::from(*character)
            ),
            Self::HalfACharacter => {
                formatter.write_str("a name with half a surrogate pair, which cannot be shown")
            }
        }
    }
}

/// The general categories Cc, Zl and Zp, and the characters that change the direction of a text.
fn is_unshowable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
        )
}

/// Finds the name that a person most likely meant.
#[must_use]
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&wanted.to_lowercase(), &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, name)| {
            *distance <= wanted.chars().count().max(name.chars().count()).div_ceil(3)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Sorts names so that those a person most likely meant come first.
pub fn by_nearness(wanted: &str, known: &mut [String]) {
    let wanted = wanted.to_lowercase();
    known.sort_by_cached_key(|name| strsim::damerau_levenshtein(&wanted, &name.to_lowercase()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged() {
        let check = |name: &str, expected: Option<BadName>| {
            assert_eq!(BadName::of(name), expected, "{name:?}");
        };
        check("", Some(BadName::Empty));
        check("build", None);
        check("Größe 漢字 👨\u{200d}👩 a\u{ad}b", None);
        check(&"é".repeat(200), None);
        check(&"é".repeat(201), Some(BadName::TooLong { length: 201 }));
        for character in "\u{0}\t\n\r\u{1b}\u{7f}\u{85}\u{9b}\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}".chars() {
            check(&format!("a{character}"), Some(BadName::Unshowable(character)));
        }
    }
}
