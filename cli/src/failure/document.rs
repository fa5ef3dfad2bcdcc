//! A failure as the one document of a `--json` run.

use std::path::{Path, PathBuf};

use rigkit_engine::{
    EngineError,
    diagnostic::{Diagnostic, Severity},
    error::NodeFailure,
    source::SourceRange,
};
use serde::Serialize;

use super::Failure;
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

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Problem {
    code: &'static str,
    severity: Severity,
    message: String,
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

/// The command line's own errors come with usage and tips; their first line is the message.
fn message(failure: &Failure) -> String {
    let Failure::CommandLine(error) = failure else {
        return failure.to_string();
    };
    let text = error.render().to_string();
    let first = text.lines().next().unwrap_or_default();
    first.strip_prefix("error: ").unwrap_or(first).to_owned()
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

impl Problem {
    fn of(diagnostic: &Diagnostic) -> Self {
        Self {
            code: diagnostic.code.as_str(),
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
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
            position: failure.range.as_ref().map(Position::of),
            help: failure.help.clone(),
            output_tail: failure.output_tail.clone(),
        }
    }
}
