//! Times as JSON has them: ISO 8601 in UTC with three decimals, so that their texts sort as
//! the times do.

use jiff::Timestamp;
use serde::Serializer;

/// Writes a time with milliseconds, also where they are zero.
///
/// # Errors
/// Where the serializer fails.
pub fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{time:.3}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn texts_have_one_length() {
        let check = |milliseconds, expected: &str| {
            let time = Timestamp::from_millisecond(milliseconds).unwrap();
            let text = serialize(&time, serde_json::value::Serializer).unwrap();
            assert_eq!(text, expected);
        };
        check(0, "1970-01-01T00:00:00.000Z");
        check(120, "1970-01-01T00:00:00.120Z");
        check(123, "1970-01-01T00:00:00.123Z");
    }
}
