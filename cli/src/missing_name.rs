//! A name that a command needs and nobody gave.

use crate::{
    failure::{Failure, UsageCode},
    prompt,
};

/// The most names that are listed.
const MOST_NAMES: usize = 12;

/// A name that is missing on the command line.
pub(crate) struct Missing<'a> {
    /// What it names, with the word that the usage has for it.
    pub(crate) what: &'static str,
    /// The command, as it was typed.
    pub(crate) line: &'a str,
    /// What to type instead.
    pub(crate) type_instead: &'a str,
    /// The names there are.
    pub(crate) known: &'a [&'a str],
}

impl Missing<'_> {
    /// Makes sure that there is somebody to ask.
    ///
    /// # Errors
    /// Where there is not: it names what is missing, and what there is.
    pub(crate) fn require_person(&self) -> Result<(), Failure> {
        if prompt::is_possible() {
            return Ok(());
        }
        Err(Failure::usage(
            UsageCode::MissingAnswer,
            format!("`{}` needs the {}", self.line, self.what),
            format!("{}{}", self.type_instead, self.listed()),
        ))
    }

    /// Makes the error of a command that has nothing to offer.
    pub(crate) fn nothing(&self, reason: &str) -> Failure {
        let message = format!("`{}` needs the {}, and {reason}", self.line, self.what);
        Failure::usage(UsageCode::MissingAnswer, message, self.type_instead)
    }

    fn listed(&self) -> String {
        let shown = self.known.iter().take(MOST_NAMES);
        let shown: Vec<String> = shown.map(|name| format!("`{name}`")).collect();
        match (shown.is_empty(), self.known.len() - shown.len()) {
            (true, _) => String::new(),
            (false, 0) => format!("; there is: {}", shown.join(", ")),
            (false, rest) => format!("; there is: {} and {rest} more", shown.join(", ")),
        }
    }
}
