//! Variables within the values of `.env` files: `$NAME`, `${NAME}` and `${NAME:-default}`.
//!
//! A line may name earlier variables any number of times, so forty lines that each name the one
//! before twice stand for more than any memory holds. What comes out is counted while it is made.

use thiserror::Error;

/// How many defaults may stand within each other; what nests deeper stays as written.
const MAX_DEPTH: usize = 16;

/// A value in which all variables have been replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expanded {
    pub(super) value: String,
    /// Whether it names a variable that is set nowhere, which stays as written.
    pub(super) names_unset: bool,
}

/// The error of a value that is longer than it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the value is too long")]
pub(super) struct TooLong;

/// Replaces the variables in a value.
///
/// # Errors
/// Where the result is longer than `most` bytes.
pub(super) fn expand<'v>(
    value: &str,
    lookup: impl Fn(&str) -> Option<&'v str>,
    most: usize,
) -> Result<Expanded, TooLong> {
    let mut expander = Expander {
        lookup,
        most,
        expanded: Expanded {
            value: String::new(),
            names_unset: false,
        },
    };
    expander.add(value)?;
    Ok(expander.expanded)
}

struct Expander<Lookup> {
    lookup: Lookup,
    most: usize,
    expanded: Expanded,
}

/// A variable as a value names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reference<'t> {
    name: &'t str,
    default: Option<&'t str>,
    /// What it is as it is written, with the `$`.
    written: &'t str,
}

impl<'v, Lookup: Fn(&str) -> Option<&'v str>> Expander<Lookup> {
    fn add(&mut self, text: &str) -> Result<(), TooLong> {
        let mut rest = text;
        while let Some(dollar) = rest.find('$') {
            let (before, from_dollar) = rest.split_at(dollar);
            self.push(before)?;
            let length = if let Some(reference) = reference(from_dollar) {
                self.add_reference(reference)?;
                reference.written.len()
            } else {
                self.push("$")?;
                1
            };
            rest = &from_dollar[length..];
        }
        self.push(rest)
    }

    fn add_reference(&mut self, reference: Reference<'_>) -> Result<(), TooLong> {
        let value = (self.lookup)(reference.name);
        match (value, reference.default) {
            (Some("") | None, Some(default)) => self.add(default),
            (Some(value), _) => self.push(value),
            (None, None) => {
                self.expanded.names_unset = true;
                self.push(reference.written)
            }
        }
    }

    fn push(&mut self, text: &str) -> Result<(), TooLong> {
        if self.expanded.value.len() + text.len() > self.most {
            return Err(TooLong);
        }
        self.expanded.value.push_str(text);
        Ok(())
    }
}

/// Reads the variable that a text names which begins with a `$`.
fn reference(text: &str) -> Option<Reference<'_>> {
    let Some(inner) = text.strip_prefix("${") else {
        let name = name_at_start(&text[1..])?;
        return Some(Reference {
            name,
            default: None,
            written: &text[..=name.len()],
        });
    };
    let name = name_at_start(inner)?;
    let behind = &inner[name.len()..];
    let (default, length) = match behind.strip_prefix(":-") {
        Some(default) => {
            let length = closing_brace(default)?;
            (Some(&default[..length]), 2 + length)
        }
        None => (None, 0),
    };
    behind[length..].starts_with('}').then(|| Reference {
        name,
        default,
        written: &text[.."${".len() + name.len() + length + "}".len()],
    })
}

/// Finds the brace that closes a default, which may hold others.
fn closing_brace(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' if at > 0 && bytes[at - 1] == b'$' => {
                depth += 1;
                // Nobody looks through all of a value again for each brace in it.
                if depth >= MAX_DEPTH {
                    return None;
                }
            }
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn name_at_start(text: &str) -> Option<&str> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let length = text.find(|letter| !is_part(letter)).unwrap_or(text.len());
    let name = &text[..length];
    let is_name = !name.starts_with(|first: char| first.is_ascii_digit());
    (is_name && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(name: &str) -> Option<&'static str> {
        match name {
            "A" => Some("one"),
            "EMPTY" => Some(""),
            "SIGN" => Some("$A"),
            _ => None,
        }
    }

    #[test]
    fn variables_are_replaced_once() {
        let check = |value: &str, expected: &str| {
            let expanded = Expanded {
                value: expected.to_owned(),
                names_unset: false,
            };
            assert_eq!(expand(value, lookup, 1000), Ok(expanded), "{value}");
        };
        check("", "");
        check("$A", "one");
        check("<$A-${A}>", "<one-one>");
        check("$SIGN", "$A");
        check("$EMPTY${EMPTY}", "");
        check("${A:-two}${EMPTY:-two}${NONE:-two}", "onetwotwo");
        check("${NONE:-<${NONE:-$A}>}", "<one>");
        check("${NONE:-}", "");
    }

    #[test]
    fn what_names_no_variable_stays_as_written() {
        let check = |value: &str, names_unset: bool| {
            let expanded = Expanded {
                value: value.to_owned(),
                names_unset,
            };
            assert_eq!(expand(value, lookup, 100_000), Ok(expanded), "{value}");
        };
        check("12 $", false);
        check("$2a$10$7wZr0v", false);
        check("$$", false);
        check("${}", false);
        check("${A", false);
        check("${A-b}", false);
        check("${NONE:-b", false);
        check("$(A)", false);
        check("pa$$word", true);
        check("${NONE}", true);
        check(&"${A:-".repeat(1000), false);
    }

    #[test]
    fn a_value_is_no_longer_than_it_may_be() {
        assert_eq!(expand("$A$A", lookup, 5), Err(TooLong));
        assert!(expand("$A$A", lookup, 6).is_ok());
    }
}
