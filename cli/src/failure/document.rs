//! A failure as the one document of a `--json` run.

use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use rigkit_engine::{
    EngineError,
    diagnostic::{Diagnostic, Severity},
    error::NodeFailure,
    error_cause::{CauseRelation, ErrorCause},
    source::SourceRange,
};
use serde::Serialize;

use super::{Failure, output_tail};
use crate::context::Context;

/// Is the document.
#[derive(Debug, Serialize)]
pub(super) struct FailureDocument {
    pub(super) error: ErrorBody,
}

/// Is what went wrong.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorBody {
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    /// Every problem of a config that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Problem>,
    /// Every task, hook or operation that failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failures: Vec<FailedNode>,
    /// The file with everything that happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Position {
    file: PathBuf,
    line: u32,
    column: u32,
}

/// An error that stands behind the one that is told.
#[derive(Debug, Serialize)]
struct Cause {
    relation: CauseRelation,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<Self>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Problem {
    code: &'static str,
    severity: Severity,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FailedNode {
    node: String,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    output_tail: Vec<String>,
}

/// Writes a failure as a document.
pub(super) fn of(failure: &Failure, context: Option<&Context>) -> FailureDocument {
    let mut error = ErrorBody {
        code: failure.code(),
        message: message(failure),
        help: failure.help(),
        ..ErrorBody::default()
    };
    if let Failure::Engine(engine_error) = failure {
        describe(engine_error, context, &mut error);
    }
    FailureDocument { error }
}

fn describe(error: &EngineError, context: Option<&Context>, body: &mut ErrorBody) {
    body.position = error.range().map(Position::of);
    body.causes = Cause::of_each(error.causes());
    body.problems = error.diagnostics().iter().map(Problem::of).collect();
    if let EngineError::Failed { failures, run } = error {
        body.node = failures.first().map(|first| first.node.clone());
        body.failures = failures.iter().map(FailedNode::of).collect();
        body.log = run
            .as_deref()
            .zip(context)
            .and_then(|(run, context)| context.log_path(run));
    }
}

/// The command line's own errors come with usage and tips, after a blank line; what is before it is the message.
/// What is missing stands in lines of its own there.
fn message(failure: &Failure) -> String {
    let Failure::CommandLine(error) = failure else {
        return failure.to_string();
    };
    let text = error.render().to_string();
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // Instead of a message there is the help.
        let usage = text.lines().find(|line| line.starts_with("Usage: "));
        let usage = usage.unwrap_or_default();
        return format!("a COMMAND is missing. {usage}");
    }
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let message = lines.join(" ");
    message
        .strip_prefix("error: ")
        .map_or(message.clone(), str::to_owned)
}

impl Position {
    fn of(range: &SourceRange) -> Self {
        Self {
            file: Path::to_path_buf(&range.file),
            line: range.start.line,
            column: range.start.column,
        }
    }
}

impl Cause {
    fn of_each(causes: &[ErrorCause]) -> Vec<Self> {
        causes.iter().map(Self::of).collect()
    }

    fn of(cause: &ErrorCause) -> Self {
        Self {
            relation: cause.relation,
            message: cause.message.clone(),
            position: cause.range.as_ref().map(Position::of),
            causes: Self::of_each(&cause.causes),
        }
    }
}

impl Problem {
    fn of(diagnostic: &Diagnostic) -> Self {
        Self {
            code: diagnostic.code.as_str(),
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            causes: Cause::of_each(&diagnostic.causes),
            position: diagnostic.range.as_ref().map(Position::of),
            help: diagnostic.help.clone(),
        }
    }
}

impl FailedNode {
    fn of(failure: &NodeFailure) -> Self {
        Self {
            node: failure.node.clone(),
            message: failure.message.clone(),
            causes: Cause::of_each(&failure.causes),
            position: failure.range.as_ref().map(Position::of),
            help: failure.help.clone(),
            output_tail: output_tail(failure).to_vec(),
        }
    }
}
