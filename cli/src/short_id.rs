//! How an apply is named in few words.

use rigkit_engine::event::RunOutcome;

/// Returns the end of an id: ids made in the same minute begin alike.
pub(crate) fn short_id(id: &str) -> &str {
    let start = id.char_indices().rev().nth(11);
    &id[start.map_or(0, |(start, _)| start)..]
}

/// Returns how an apply ended.
pub(crate) fn outcome_word(outcome: Option<RunOutcome>) -> &'static str {
    match outcome {
        Some(RunOutcome::Succeeded) => "done",
        Some(RunOutcome::Failed) => "failed",
        Some(RunOutcome::Cancelled) => "cancelled",
        None => "unfinished",
    }
}
