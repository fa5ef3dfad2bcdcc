//! How an apply ended, in one word.

use rigkit_engine::event::RunOutcome;

/// Returns how an apply ended.
pub(crate) fn outcome_word(outcome: Option<RunOutcome>) -> &'static str {
    match outcome {
        Some(RunOutcome::Succeeded) => "done",
        Some(RunOutcome::Failed) => "failed",
        Some(RunOutcome::Cancelled) => "cancelled",
        None => "unfinished",
    }
}
