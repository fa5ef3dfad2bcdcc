//! Which logs of earlier runs go when another one begins.

use jiff::Timestamp;
use uuid::Uuid;

/// Returns which of the runs that have a log are to lose it, so that with the log of the run that
/// begins as many stay as are kept; never that run itself.
///
/// The id of a run begins with its time, so the smallest ones are the oldest. Those that are later
/// than now are older still: they were made before the clock went back.
pub(crate) fn expired<'a>(
    runs: impl IntoIterator<Item = &'a str>,
    beginning: &str,
    now: Timestamp,
    kept: usize,
) -> Vec<&'a str> {
    let mut others: Vec<&str> = runs.into_iter().filter(|run| *run != beginning).collect();
    let surplus = others.len().saturating_sub(kept.saturating_sub(1));
    others.sort_by_key(|run| (!is_later(run, now), *run));
    others.truncate(surplus);
    others
}

/// Returns whether a run began at a time that is still to come.
fn is_later(run: &str, now: Timestamp) -> bool {
    let began = Uuid::try_parse(run).ok().and_then(|id| id.get_timestamp());
    began.is_some_and(|began| {
        let (seconds, _) = began.to_unix();
        i64::try_from(seconds).is_ok_and(|seconds| seconds > now.as_second())
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use uuid::{ContextV7, Timestamp as UuidTime};

    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn run(second: u64) -> String {
        Uuid::new_v7(UuidTime::from_unix(ContextV7::new(), second, 0)).to_string()
    }

    fn check(seconds: &[u64], beginning: u64, kept: usize, expected: &[u64]) {
        let runs: Vec<String> = seconds.iter().map(|second| run(*second)).collect();
        let own = run(beginning);
        let names = runs.iter().map(String::as_str).chain([own.as_str()]);
        let now = Timestamp::from_second(NOW.try_into().unwrap()).unwrap();
        let gone: Vec<u64> = expired(names, &own, now, kept)
            .iter()
            .map(|gone| seconds[runs.iter().position(|run| run == gone).unwrap()])
            .collect();
        assert_eq!(gone, expected, "{seconds:?}");
    }

    #[test]
    fn the_oldest_go_and_never_the_one_that_begins() {
        check(&[], NOW, 3, &[]);
        check(&[NOW - 2, NOW - 1], NOW, 3, &[]);
        check(&[NOW - 1, NOW - 3, NOW - 2], NOW, 3, &[NOW - 3]);
        // The clock went back: what comes from the time before it goes first.
        check(&[NOW + 9, NOW + 8, NOW - 1], NOW, 3, &[NOW + 8]);
        check(
            &[NOW + 9, NOW + 8, NOW + 7],
            NOW,
            1,
            &[NOW + 7, NOW + 8, NOW + 9],
        );
        // Another run that has just begun is not of the future.
        check(&[NOW - 5, NOW], NOW - 1, 2, &[NOW - 5]);
    }

    #[test]
    fn names_that_are_no_ids_are_sorted_as_texts() {
        let now = Timestamp::from_second(NOW.try_into().unwrap()).unwrap();
        assert_eq!(expired(["b", "a", "c"], "c", now, 2), ["a"]);
    }
}
