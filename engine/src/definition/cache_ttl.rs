//! How long a stored run stays fresh.

use std::time::Duration;

use serde_json::{Map, Value};
use thiserror::Error;

/// Is a time to live, as written in the option `cacheTTL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CacheTtl(Duration);

/// Says why a value is no time to live.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidCacheTtl {
    /// It is below zero, infinite or too large to count in milliseconds.
    #[error("`cacheTTL` must be a finite duration of zero or more")]
    OutOfRange,
    /// The text is not a number with a unit.
    #[error("`cacheTTL` cannot be read: `{0}` is not a number and a unit")]
    Unparsable(String),
    /// The object has a part that is none.
    #[error("`cacheTTL` has no part `{0}`")]
    UnknownPart(String),
    /// It is neither number, text nor object.
    #[error("`cacheTTL` must be a number, a text or an object, not {0}")]
    WrongKind(&'static str),
}

const UNITS: &[(&str, f64)] = &[
    ("ms", 1.0),
    ("s", 1_000.0),
    ("m", 60_000.0),
    ("h", 3_600_000.0),
    ("d", 86_400_000.0),
];
const PARTS: &[(&str, f64)] = &[
    ("seconds", 1_000.0),
    ("minutes", 60_000.0),
    ("hours", 3_600_000.0),
    ("days", 86_400_000.0),
];

impl CacheTtl {
    /// Lists the units that a text may end with.
    pub const UNIT_NAMES: [&str; 5] = ["ms", "s", "m", "h", "d"];

    /// Reads the value of the option.
    ///
    /// # Errors
    /// Where it is negative, infinite or not a duration at all.
    pub fn from_json(value: &Value) -> Result<Self, InvalidCacheTtl> {
        match value {
            Value::Number(number) => Self::from_milliseconds(number.as_f64().unwrap_or(f64::NAN)),
            Value::String(text) => Self::from_text(text),
            Value::Object(parts) => Self::from_parts(parts),
            other => Err(InvalidCacheTtl::WrongKind(
                crate::sandbox::json::describe_json(other),
            )),
        }
    }

    /// Takes a number of milliseconds.
    ///
    /// # Errors
    /// Where it is negative or not finite.
    pub fn from_milliseconds(milliseconds: f64) -> Result<Self, InvalidCacheTtl> {
        if !(0.0..=MAX_MILLISECONDS).contains(&milliseconds) {
            return Err(InvalidCacheTtl::OutOfRange);
        }
        Ok(Self(Duration::from_secs_f64(milliseconds / 1_000.0)))
    }

    fn from_text(text: &str) -> Result<Self, InvalidCacheTtl> {
        let unparsable = || InvalidCacheTtl::Unparsable(text.to_owned());
        let trimmed = text.trim();
        let digits = trimmed
            .find(|character: char| !character.is_ascii_digit() && character != '.')
            .ok_or_else(unparsable)?;
        let (amount, unit) = trimmed.split_at(digits);
        let is_plain =
            amount.starts_with(|first: char| first.is_ascii_digit()) && !amount.ends_with('.');
        let amount: f64 = amount
            .parse()
            .ok()
            .filter(|_| is_plain)
            .ok_or_else(unparsable)?;
        let unit = unit.trim_start().to_ascii_lowercase();
        let (_, factor) = UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .ok_or_else(unparsable)?;
        Self::from_milliseconds(amount * factor)
    }

    fn from_parts(parts: &Map<String, Value>) -> Result<Self, InvalidCacheTtl> {
        let mut total = 0.0;
        for (name, value) in parts {
            let (_, factor) = PARTS
                .iter()
                .find(|(part, _)| part == name)
                .ok_or_else(|| InvalidCacheTtl::UnknownPart(name.clone()))?;
            let amount = value.as_f64().ok_or(InvalidCacheTtl::OutOfRange)?;
            total += amount * factor;
        }
        Self::from_milliseconds(total)
    }

    /// Says whether the task runs every time.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Returns the time to live of a duration.
    ///
    /// # Errors
    /// Where it is longer than a `cacheTTL` may be.
    pub(super) fn from_duration(duration: Duration) -> Result<Self, InvalidCacheTtl> {
        #[expect(clippy::cast_precision_loss, reason = "the bound is far from exact")]
        let milliseconds = duration.as_millis() as f64;
        if milliseconds > MAX_MILLISECONDS {
            return Err(InvalidCacheTtl::OutOfRange);
        }
        Ok(Self(duration))
    }

    /// Gives the duration.
    #[must_use]
    pub fn duration(self) -> Duration {
        self.0
    }
}

/// About a hundred thousand years; what is longer is a mistake.
const MAX_MILLISECONDS: f64 = 3.2e15;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(value: &Value, expected: Option<u64>) {
        let read = CacheTtl::from_json(value).ok();
        assert_eq!(
            read,
            expected.map(|milliseconds| CacheTtl(Duration::from_millis(milliseconds))),
            "{value}"
        );
    }

    #[test]
    fn reads_every_form() {
        check(&json!(0), Some(0));
        check(&json!(1500), Some(1500));
        check(&json!("90s"), Some(90_000));
        check(&json!("30m"), Some(1_800_000));
        check(&json!("1.5h"), Some(5_400_000));
        check(&json!("1d"), Some(86_400_000));
        check(&json!("250ms"), Some(250));
        check(&json!(" 2 H "), Some(7_200_000));
        check(&json!({ "hours": 1, "minutes": 30 }), Some(5_400_000));
        check(&json!({ "days": 1, "seconds": 1 }), Some(86_401_000));
        check(&json!({}), Some(0));
    }

    #[test]
    fn refuses_what_is_no_duration() {
        for value in [
            json!(-1),
            json!("-1s"),
            json!("1 week"),
            json!("s"),
            json!(""),
            json!("1."),
            json!("1.2.3s"),
            json!(".5h"),
            json!("1e3s"),
            json!(true),
            json!(null),
            json!([1]),
            json!({ "weeks": 1 }),
            json!({ "hours": -1 }),
            json!({ "hours": "1" }),
            json!(1e300),
        ] {
            check(&value, None);
        }
    }
}
