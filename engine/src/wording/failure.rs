//! The last try of a task in words, where it failed.

use jiff::Timestamp;

use super::time::age_in_words;
use crate::{display_text::cut, plan::LastFailure};

/// The most characters of a message that are told beside a task.
const MOST_OF_A_MESSAGE: usize = 100;

/// Returns when and how the last try of a task failed, and what shows its log.
#[must_use]
pub fn phrase(failure: &LastFailure, now: Timestamp) -> String {
    let age = age_in_words(failure.at, now);
    let log = failure.apply_id.short();
    format!("failed {age} ago: {} (rig log {log})", what(failure))
}

/// An exit code says in a word what the message says in many.
fn what(failure: &LastFailure) -> String {
    match failure.exit_code {
        Some(code) => format!("exit {code}"),
        None => cut(&failure.message, MOST_OF_A_MESSAGE).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_failure_names_its_exit_code_or_its_message() {
        let now: Timestamp = "2026-01-02T00:02:00Z".parse().unwrap();
        let mut failure = LastFailure {
            at: "2026-01-02T00:00:00Z".parse().unwrap(),
            apply_id: "0198c0de-0000-7000-8000-0123456789ab".into(),
            message: "CommandError: `make` failed with exit code 2".to_owned(),
            exit_code: Some(2),
        };
        assert_eq!(
            phrase(&failure, now),
            "failed 2 minutes ago: exit 2 (rig log 0123456789ab)"
        );
        failure.exit_code = None;
        failure.message = "no luck".to_owned();
        failure.at = "2026-01-02T00:01:59Z".parse().unwrap();
        failure.apply_id = "x".into();
        assert_eq!(
            phrase(&failure, now),
            "failed 1 second ago: no luck (rig log x)"
        );
    }
}
