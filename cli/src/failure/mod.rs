//! Why a command did not do what it was asked, and what its process exits with.

mod document;
mod exit;
pub(crate) mod nearest_flag;
mod text;
mod tips;

use std::{
    io,
    path::{Path, PathBuf},
};

use clap::error::{ContextKind, ContextValue};
use rigkit_engine::{
    EngineError,
    disk::{DiskError, Refusal},
    display_text,
    error::NodeFailure,
};
use thiserror::Error;

pub(crate) use document::ErrorBody;
pub(crate) use exit::Exit;
pub(crate) use text::{advice_text, environment_text, failed_node_text, warning_text};

use crate::{
    context::{Context, shown_path},
    output,
    styled_text::whole_output_lines,
};

/// Says why a command failed.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The engine could not do it.
    #[error(transparent)]
    Engine(Box<EngineError>),
    /// The command line cannot be parsed, or asks for help.
    #[error(transparent)]
    CommandLine(clap::Error),
    /// The command line asks for something that makes no sense.
    #[error("{message}")]
    Usage {
        /// Names the rule for programs.
        code: UsageCode,
        /// What is wrong.
        message: String,
        /// What to type instead.
        help: Option<String>,
    },
    /// A file could not be used.
    #[error("failed to {action} `{}`: {source}", display_text::path(path))]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder of the project is not used.
    #[error(transparent)]
    Disk(DiskError),
    /// Something else is where a directory has to be.
    #[error("`{}` has to be a directory, and is none", display_text::path(path))]
    NotADirectory {
        /// Where.
        path: PathBuf,
    },
    /// The graph cannot be drawn.
    #[error(transparent)]
    GraphTooLarge(#[from] rigkit_engine::graph::GraphTooLarge),
    /// The person stopped it.
    #[error("cancelled")]
    Cancelled,
    /// Nobody reads standard output any more.
    #[error("nobody reads the output")]
    OutputClosed,
    /// Standard output cannot be written.
    #[error("failed to write the output: {0}")]
    Output(io::Error),
}

/// Names what is wrong with a command line that could be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UsageCode {
    /// A directory cannot be used.
    BadDirectory,
    /// An environment variable that configures `rig` holds nonsense.
    BadSetting,
    /// Something that a person could be asked for is missing.
    MissingAnswer,
    /// An operation needs an input that was not given.
    MissingInput,
    /// The input of an operation is not what it has to be.
    InvalidInput,
    /// A file that was named cannot be read.
    BadFile,
    /// Something was typed that the command does not take.
    Unexpected,
}

impl UsageCode {
    fn as_str(self) -> &'static str {
        match self {
            Self::BadDirectory => "bad-directory",
            Self::BadSetting => "bad-setting",
            Self::MissingAnswer => "missing-answer",
            Self::MissingInput => "missing-input",
            Self::InvalidInput => "invalid-input",
            Self::BadFile => "bad-file",
            Self::Unexpected => "usage",
        }
    }
}

impl Failure {
    /// Makes a failure to write standard output.
    pub(crate) fn output(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::Output(error),
        }
    }

    /// Makes a failure to use a file; for `map_err`.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }

    /// Makes a failure to use a file or folder of a project; for `map_err`.
    pub(crate) fn disk(action: &'static str) -> impl FnOnce(DiskError) -> Self {
        move |error| match error {
            DiskError::Refused {
                path,
                refusal: Refusal::NotAFolder { .. },
            } => Self::NotADirectory {
                path: PathBuf::from(shown_path(&path)),
            },
            DiskError::System { path, source } => Self::File {
                action,
                path,
                source,
            },
            error => Self::Disk(error),
        }
    }

    /// Makes a failure of a command line that asks for something that makes no sense.
    pub(crate) fn usage(
        code: UsageCode,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self::Usage {
            code,
            message: message.into(),
            help: Some(help.into()),
        }
    }

    /// Makes a failure to read a file that was named on the command line; for `map_err`.
    pub(crate) fn named_file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = display_text::path(path).to_string();
        move |error| Self::Usage {
            code: UsageCode::BadFile,
            message: match error.kind() {
                io::ErrorKind::NotFound => format!("there is no file `{path}`"),
                _ => format!("the file `{path}` cannot be read: {error}"),
            },
            help: None,
        }
    }

    /// Says what to do about it, where nothing is said yet.
    pub(crate) fn or_help(self, advice: impl FnOnce() -> Option<String>) -> Self {
        match self {
            Self::Usage {
                code,
                message,
                help: None,
            } => Self::Usage {
                code,
                message,
                help: advice(),
            },
            other => other,
        }
    }

    /// Gives a code that programs can rely on.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Engine(error) => error.code(),
            Self::CommandLine(_) => "usage",
            Self::Usage { code, .. } => code.as_str(),
            Self::File { .. } | Self::Disk(_) | Self::NotADirectory { .. } => "file",
            Self::GraphTooLarge(_) => "graph-too-large",
            Self::Cancelled => "cancelled",
            Self::OutputClosed | Self::Output(_) => "output",
        }
    }

    /// Says what to do about it.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::Engine(error) => error.help(),
            Self::Disk(error) => error.help(),
            Self::Usage { help, .. } => help.clone(),
            Self::CommandLine(error) => suggestion(error),
            Self::NotADirectory { path } => {
                let path = display_text::path(path);
                Some(format!("move it away, or remove it: rm {path}"))
            }
            Self::GraphTooLarge(_) => Some(
                "use `--format dot` and a program that lays out graphs of this size".to_owned(),
            ),
            _ => None,
        }
    }
}

/// Gives the nearest name where the command line has one that is misspelt.
fn suggestion(error: &clap::Error) -> Option<String> {
    if let Some(tip) = tips::of(error) {
        return Some(tip);
    }
    let kinds = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    let suggested = match kinds.into_iter().find_map(|kind| error.get(kind))? {
        ContextValue::String(one) => one,
        ContextValue::Strings(several) => several.first()?,
        _ => return None,
    };
    Some(format!("did you mean `{suggested}`?"))
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Cancelled => Self::Cancelled,
            error => Self::Engine(Box::new(error)),
        }
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Self::CommandLine(tips::add(error))
    }
}

/// Gives the last lines of what a task wrote, without the empty ones at their end.
fn output_tail(failure: &NodeFailure) -> &[String] {
    let is_blank = |line: &&String| line.trim().is_empty();
    let blank = failure
        .output_tail
        .iter()
        .rev()
        .take_while(is_blank)
        .count();
    &failure.output_tail[..failure.output_tail.len() - blank]
}

/// Writes what went wrong as it stands in documents.
pub(crate) fn body(failure: &Failure, context: Option<&Context>) -> ErrorBody {
    document::of(failure, context).error
}

/// Tells the person, or the program, and gives what to exit with.
pub(crate) fn report(failure: &Failure, is_json: bool, context: Option<&Context>) -> Exit {
    let exit = Exit::of(failure);
    match failure {
        Failure::OutputClosed => {}
        Failure::Cancelled if !is_json => output::note("cancelled"),
        Failure::CommandLine(error) if !error.use_stderr() => {
            let lines = whole_output_lines(&error.render().ansi().to_string());
            if let Err(failure) = output::lines(&lines) {
                return report(&failure, is_json, context);
            }
        }
        Failure::CommandLine(error) if !is_json => {
            output::notes(&whole_output_lines(&error.render().ansi().to_string()));
        }
        failure if is_json => {
            let document = document::of(failure, context);
            if let Err(failure) = output::document(&document) {
                output::notes(&text::of(&failure, context));
            }
        }
        failure => output::notes(&text::of(failure, context)),
    }
    exit
}
