//! What stands behind an error: its cause, and the members of an `AggregateError`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::source::SourceRange;

/// An error that stands behind another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorCause {
    /// How it belongs to the error that it stands behind.
    pub relation: CauseRelation,
    /// What went wrong. A cause that is no error stands as it is printed.
    pub message: String,
    /// Where in the project it was thrown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<SourceRange>,
    /// What stands behind it in turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Self>,
}

/// How an error belongs to the one that it stands behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CauseRelation {
    /// It is the `cause`.
    Cause,
    /// It is one of the `errors` of an `AggregateError`.
    Member,
}

impl CauseRelation {
    /// Returns the words that stand before such an error.
    #[must_use]
    pub fn wording(self) -> &'static str {
        match self {
            Self::Cause => "caused by",
            Self::Member => "one of its errors",
        }
    }
}

/// An error behind another one, as a line of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedCause<'a> {
    /// How many lists of members it is in. A chain of causes stays at the depth at which it begins.
    pub depth: usize,
    /// The error.
    pub cause: &'a ErrorCause,
}

impl ListedCause<'_> {
    /// Returns the words that stand before the message, two blanks further in for each list.
    #[must_use]
    pub fn wording(&self) -> String {
        format!("{}{}", self.indentation(), self.cause.relation.wording())
    }

    fn indentation(&self) -> String {
        "  ".repeat(self.depth)
    }
}

impl fmt::Display for ListedCause<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The lines of one message stay together.
        let next_line = format!("\n{}  ", self.indentation());
        let message = self.cause.message.replace('\n', &next_line);
        write!(formatter, "{}: {message}", self.wording())
    }
}

impl ErrorCause {
    /// Returns it and all that stands behind it with every text changed.
    #[must_use]
    pub fn with_texts(mut self, change: &impl Fn(&str) -> String) -> Self {
        self.message = change(&self.message);
        self.causes = with_texts(self.causes, change);
        self
    }
}

/// Returns causes with every text of them changed.
pub(crate) fn with_texts(
    causes: Vec<ErrorCause>,
    change: &impl Fn(&str) -> String,
) -> Vec<ErrorCause> {
    let causes = causes.into_iter();
    causes.map(|cause| cause.with_texts(change)).collect()
}

/// Returns causes and what stands behind each, every one before what stands behind it.
#[must_use]
pub fn listed(causes: &[ErrorCause]) -> Vec<ListedCause<'_>> {
    let mut list = Vec::new();
    add(causes, 0, &mut list);
    list
}

fn add<'a>(causes: &'a [ErrorCause], depth: usize, list: &mut Vec<ListedCause<'a>>) {
    for cause in causes {
        list.push(ListedCause { depth, cause });
        let further_in = usize::from(cause.relation == CauseRelation::Member);
        add(&cause.causes, depth + further_in, list);
    }
}

/// Returns a message with what stands behind it, a line each.
#[must_use]
pub fn with_causes(message: &str, causes: &[ErrorCause]) -> String {
    let mut text = message.to_owned();
    for cause in listed(causes) {
        text.push_str(&format!("\n{cause}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_listed_below_what_they_stand_behind() {
        let cause = |relation, message: &str, causes| ErrorCause {
            relation,
            message: message.to_owned(),
            range: None,
            causes,
        };
        let wire = cause(CauseRelation::Cause, "a wire\nis loose", Vec::new());
        let damp = cause(CauseRelation::Cause, "damp", Vec::new());
        let causes = [
            cause(CauseRelation::Member, "no gauge", vec![wire]),
            cause(CauseRelation::Member, "no heat", Vec::new()),
            cause(CauseRelation::Cause, "no current", vec![damp]),
        ];
        let expected = "cold
one of its errors: no gauge
  caused by: a wire
    is loose
one of its errors: no heat
caused by: no current
caused by: damp";
        assert_eq!(with_causes("cold", &causes), expected);
    }
}
