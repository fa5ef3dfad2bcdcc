//! Asking before something goes.

use crate::{
    failure::{Failure, UsageCode},
    prompt,
};

/// Asks whether something may be done; without a person that is an error that names the flag.
///
/// `doing` and `action` are the verb as it stands in a sentence and at the beginning of the question.
pub(crate) fn confirm(doing: &str, action: &str, what: &str) -> Result<(), Failure> {
    if !prompt::is_possible() {
        let message = format!("{doing} {what} has to be confirmed");
        return Err(Failure::usage(
            UsageCode::MissingAnswer,
            message,
            "confirm it with `--yes`",
        ));
    }
    if prompt::confirm(&format!("{action} {what}?"), Some(false))? {
        Ok(())
    } else {
        Err(Failure::Cancelled)
    }
}
