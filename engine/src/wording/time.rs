//! Durations and ages as a person reads them.

use std::time::Duration;

use jiff::{
    SignedDuration, Timestamp, Unit,
    fmt::friendly::{Designator, FractionalUnit, Spacing, SpanPrinter},
};

/// Writes how long something took: `45ms`, `1.2s`, `3m 5s`, `2h 10m`.
#[must_use]
pub fn duration(milliseconds: u64) -> String {
    let printer = SpanPrinter::new()
        .designator(Designator::Compact)
        .spacing(Spacing::BetweenUnits);
    let (grain, printer) = match milliseconds {
        ..1_000 => (1, printer),
        1_000..60_000 => (
            100,
            printer
                .fractional(Some(FractionalUnit::Second))
                .precision(Some(1)),
        ),
        60_000..3_600_000 => (1_000, printer),
        _ => (60_000, printer),
    };
    let rounded = i64::try_from(milliseconds / grain * grain).unwrap_or(i64::MAX);
    printer
        .zero_unit(Unit::Millisecond)
        .duration_to_string(&SignedDuration::from_millis(rounded))
}

/// Writes how long ago something was, in its largest unit: `12s`, `5m`, `3h`, `9d`.
#[must_use]
pub fn age(then: Timestamp, now: Timestamp) -> String {
    largest_unit(now.duration_since(then).as_secs())
}

/// Writes how long ago something was in words, in its largest unit: `2 minutes`, `3 hours`.
#[must_use]
pub fn age_in_words(then: Timestamp, now: Timestamp) -> String {
    let (amount, unit) = amount_of_largest_unit(now.duration_since(then).as_secs());
    let name = match unit {
        "s" => "second",
        "m" => "minute",
        "h" => "hour",
        _ => "day",
    };
    let ending = if amount == 1 { "" } else { "s" };
    format!("{amount} {name}{ending}")
}

/// Writes an age in milliseconds in its largest unit.
#[must_use]
pub fn age_of(milliseconds: u64) -> String {
    largest_unit(i64::try_from(milliseconds / 1_000).unwrap_or(i64::MAX))
}

/// Writes a span in its largest unit: `500ms`, `90s`, `30m`, `2h`, `1d`.
#[must_use]
pub fn span(span: Duration) -> String {
    match u64::try_from(span.as_millis()) {
        Ok(milliseconds) if milliseconds < 1_000 => format!("{milliseconds}ms"),
        _ => whole_unit(span.as_secs()),
    }
}

/// Writes a span in words, in all the units it takes: `1 hour 30 minutes`, `1 day`.
#[must_use]
pub fn words(span: Duration) -> String {
    let units = [
        (86_400_000, "day"),
        (3_600_000, "hour"),
        (60_000, "minute"),
        (1_000, "second"),
        (1, "millisecond"),
    ];
    let mut rest = span.as_millis();
    let mut words = Vec::new();
    for (size, name) in units {
        let amount = rest / size;
        rest %= size;
        match amount {
            0 => {}
            1 => words.push(format!("1 {name}")),
            _ => words.push(format!("{amount} {name}s")),
        }
    }
    if words.is_empty() {
        return "0 seconds".to_owned();
    }
    words.join(" ")
}

fn largest_unit(seconds: i64) -> String {
    let (amount, unit) = amount_of_largest_unit(seconds);
    format!("{amount}{unit}")
}

fn amount_of_largest_unit(seconds: i64) -> (i64, &'static str) {
    match seconds {
        ..60 => (seconds.max(0), "s"),
        60..3_600 => (seconds / 60, "m"),
        3_600..172_800 => (seconds / 3_600, "h"),
        _ => (seconds / 86_400, "d"),
    }
}

/// The largest unit that loses nothing, so that an author finds the number that was written.
fn whole_unit(seconds: u64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "m")];
    let unit = units
        .into_iter()
        .find(|(size, _)| seconds >= *size && seconds.is_multiple_of(*size));
    match unit {
        Some((size, name)) => format!("{}{name}", seconds / size),
        None => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_at_most_two_units() {
        let check = |milliseconds, expected: &str| assert_eq!(duration(milliseconds), expected);
        check(0, "0ms");
        check(999, "999ms");
        check(1_000, "1.0s");
        check(1_290, "1.2s");
        check(59_999, "59.9s");
        check(60_000, "1m");
        check(185_400, "3m 5s");
        check(3_600_000, "1h");
        check(7_845_000, "2h 10m");
    }

    #[test]
    fn ages_have_one_unit() {
        let check = |seconds, expected: &str| {
            let then = Timestamp::UNIX_EPOCH;
            assert_eq!(
                age(then, then + SignedDuration::from_secs(seconds)),
                expected
            );
        };
        check(-5, "0s");
        check(0, "0s");
        check(59, "59s");
        check(3_599, "59m");
        check(90_000, "25h");
        check(172_800, "2d");
    }

    #[test]
    fn ages_in_words_have_one_unit() {
        let check = |seconds, expected: &str| {
            let then = Timestamp::UNIX_EPOCH;
            let now = then + SignedDuration::from_secs(seconds);
            assert_eq!(age_in_words(then, now), expected);
        };
        check(-5, "0 seconds");
        check(1, "1 second");
        check(125, "2 minutes");
        check(3_600, "1 hour");
        check(172_800, "2 days");
    }

    #[test]
    fn spans_lose_nothing() {
        let check = |milliseconds, expected: &str| {
            assert_eq!(span(Duration::from_millis(milliseconds)), expected);
        };
        check(250, "250ms");
        check(90_000, "90s");
        check(1_800_000, "30m");
        check(5_400_000, "90m");
        check(86_400_000, "1d");
    }

    #[test]
    fn words_name_every_unit_that_counts() {
        let check = |milliseconds, expected: &str| {
            assert_eq!(words(Duration::from_millis(milliseconds)), expected);
        };
        check(0, "0 seconds");
        check(250, "250 milliseconds");
        check(1_000, "1 second");
        check(5_400_000, "1 hour 30 minutes");
        check(86_400_000, "1 day");
        check(90_061_000, "1 day 1 hour 1 minute 1 second");
    }
}
