//! What can go wrong with an operation, in a form a handler can catch.

use std::io;
use std::path::PathBuf;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// Says why an operation did not do what it was asked.
///
/// It serialises to what a language runtime makes an `Error` of: `name`, `message` and,
/// where there are any, `code`, `help` and `exitCode`.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// There is no operation of that name.
    #[error("there is no operation {name:?}")]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The name that was probably meant.
        nearest: Option<&'static str>,
    },
    /// The payload has the wrong shape.
    #[error("`{operation}` does not take this payload: {source}")]
    MalformedPayload {
        /// The operation's name.
        operation: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The payload has the right shape but a value that makes no sense.
    #[error("failed to {action}: {problem}")]
    InvalidArgument {
        /// What was to be done, as it reads after "failed to".
        action: String,
        /// What is wrong with the value.
        problem: String,
        /// What to do instead.
        help: Option<&'static str>,
    },
    /// The system refused.
    #[error("failed to {action}: {}", reason(source))]
    System {
        /// What was to be done, as it reads after "failed to".
        action: String,
        /// Why the system refused.
        source: io::Error,
        /// What to do instead.
        help: Option<&'static str>,
    },
    /// A program a command names is not there.
    #[error("failed to run `{command}`: there is no program {program:?} in PATH ({path})")]
    ProgramNotFound {
        /// The command as a person would type it.
        command: String,
        /// The program's name.
        program: String,
        /// The `PATH` it was looked up in.
        path: String,
    },
    /// The system does not start the program of a command.
    #[error("failed to run `{command}` ({}): {}", program.display(), reason(source))]
    NotStarted {
        /// The command as a person would type it.
        command: String,
        /// The program's path.
        program: PathBuf,
        /// Why the system refused.
        source: io::Error,
        /// What to do instead.
        help: Option<&'static str>,
    },
    /// The folder a command was to run in is not one.
    #[error("failed to run `{command}` in {}: {}", folder.display(), reason(source))]
    WorkingFolder {
        /// The command as a person would type it.
        command: String,
        /// The folder as the caller wrote it.
        folder: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// A command asked for a terminal it does not have.
    #[error("`{command}` stopped to wait for input from the terminal")]
    WaitsForTerminal {
        /// The command as a person would type it.
        command: String,
    },
    /// A request could not be sent or its answer not be received.
    #[error("failed to fetch {url:?}: {problem}")]
    Fetch {
        /// The address, as it was when the request failed.
        url: String,
        /// What went wrong.
        problem: String,
        /// The system's name for it.
        code: Option<String>,
    },
    /// It was tried, and did not work for a reason of its own.
    #[error("failed to {action}: {problem}")]
    Failed {
        /// What was to be done, as it reads after "failed to".
        action: String,
        /// What went wrong.
        problem: String,
        /// What to do instead.
        help: Option<&'static str>,
    },
    /// The work panicked, which is a mistake of the engine.
    #[error("failed to {action}: the engine failed internally")]
    Internal {
        /// What was to be done, as it reads after "failed to".
        action: String,
    },
    /// The caller no longer wants it.
    #[error("failed to {action}: cancelled")]
    Cancelled {
        /// What was to be done, as it reads after "failed to".
        action: String,
    },
}

impl OperationError {
    /// Wraps what the system said about an action that reads after "failed to".
    pub(super) fn system(action: impl Into<String>, source: io::Error) -> Self {
        Self::System {
            action: action.into(),
            source,
            help: None,
        }
    }

    /// Gives the `name` of the `Error` a handler catches.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unknown { .. }
            | Self::MalformedPayload { .. }
            | Self::InvalidArgument { .. }
            // The web's `fetch` rejects with this, and callers test for it.
            | Self::Fetch { .. } => "TypeError",
            Self::Cancelled { .. } => "AbortError",
            Self::System { .. }
            | Self::Failed { .. }
            | Self::ProgramNotFound { .. }
            | Self::NotStarted { .. }
            | Self::WorkingFolder { .. }
            | Self::WaitsForTerminal { .. }
            | Self::Internal { .. } => "Error",
        }
    }

    /// Gives a name for the kind of failure that programs can compare.
    #[must_use]
    pub fn code(&self) -> Option<String> {
        match self {
            Self::Unknown { .. } => Some("ERR_UNKNOWN_OPERATION".to_owned()),
            Self::MalformedPayload { .. } => Some("ERR_INVALID_ARG_TYPE".to_owned()),
            Self::InvalidArgument { .. } => Some("ERR_INVALID_ARG_VALUE".to_owned()),
            Self::System { source, .. }
            | Self::NotStarted { source, .. }
            | Self::WorkingFolder { source, .. } => system_code(source),
            Self::ProgramNotFound { .. } => Some("ENOENT".to_owned()),
            Self::WaitsForTerminal { .. } => Some("ENOTTY".to_owned()),
            Self::Fetch { code, .. } => code.clone(),
            Self::Failed { .. } | Self::Internal { .. } => None,
            Self::Cancelled { .. } => Some("ABORT_ERR".to_owned()),
        }
    }

    /// Returns the exit code that shells give for a program that is not there or may not be run.
    #[must_use]
    pub fn exit_code(&self) -> Option<i32> {
        match self {
            Self::ProgramNotFound { .. } => Some(127),
            Self::NotStarted { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => Some(127),
                io::ErrorKind::PermissionDenied => Some(126),
                _ => None,
            },
            _ => None,
        }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unknown { nearest, .. } => nearest.map(|name| format!("did you mean {name:?}?")),
            Self::InvalidArgument { help, .. }
            | Self::System { help, .. }
            | Self::NotStarted { help, .. }
            | Self::Failed { help, .. } => help.map(str::to_owned),
            Self::ProgramNotFound { program, .. } => Some(format!(
                "install `{program}`, or add the folder it is in to PATH"
            )),
            Self::WaitsForTerminal { .. } => Some(
                "give it what it asks for in `stdin` or the environment, or run it in \
                 interactive mode"
                    .to_owned(),
            ),
            Self::MalformedPayload { .. }
            | Self::WorkingFolder { .. }
            | Self::Fetch { .. }
            | Self::Internal { .. }
            | Self::Cancelled { .. } => None,
        }
    }
}

impl Serialize for OperationError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (code, help, exit_code) = (self.code(), self.help(), self.exit_code());
        let optional = [code.is_some(), help.is_some(), exit_code.is_some()];
        let members = 2 + optional.into_iter().map(usize::from).sum::<usize>();
        let mut error = serializer.serialize_struct("OperationError", members)?;
        error.serialize_field("name", self.name())?;
        error.serialize_field("message", &self.to_string())?;
        if let Some(code) = code {
            error.serialize_field("code", &code)?;
        }
        if let Some(help) = help {
            error.serialize_field("help", &help)?;
        }
        if let Some(exit_code) = exit_code {
            error.serialize_field("exitCode", &exit_code)?;
        }
        error.end()
    }
}

/// Puts what the system said into words that read after a colon.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::AlreadyExists => "it already exists".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::NotADirectory => "part of the path is not a folder".to_owned(),
        io::ErrorKind::DirectoryNotEmpty => "the folder is not empty".to_owned(),
        io::ErrorKind::StorageFull => "no space is left on the disk".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        _ => lower_first(strip_os_error(&error.to_string())),
    }
}

/// Gives the system's name for an error, such as `ENOENT`.
pub(super) fn system_code(error: &io::Error) -> Option<String> {
    let by_kind = match error.kind() {
        io::ErrorKind::NotFound => "ENOENT",
        io::ErrorKind::PermissionDenied => "EACCES",
        io::ErrorKind::AlreadyExists => "EEXIST",
        io::ErrorKind::IsADirectory => "EISDIR",
        io::ErrorKind::NotADirectory => "ENOTDIR",
        io::ErrorKind::DirectoryNotEmpty => "ENOTEMPTY",
        io::ErrorKind::StorageFull => "ENOSPC",
        io::ErrorKind::ReadOnlyFilesystem => "EROFS",
        io::ErrorKind::TimedOut => "ETIMEDOUT",
        io::ErrorKind::ConnectionRefused => "ECONNREFUSED",
        io::ErrorKind::ConnectionReset => "ECONNRESET",
        io::ErrorKind::HostUnreachable => "EHOSTUNREACH",
        io::ErrorKind::NetworkUnreachable => "ENETUNREACH",
        _ => return error.raw_os_error().and_then(number_code),
    };
    Some(by_kind.to_owned())
}

#[cfg(unix)]
fn number_code(number: i32) -> Option<String> {
    match nix::errno::Errno::from_raw(number) {
        nix::errno::Errno::UnknownErrno => None,
        errno => Some(format!("{errno:?}")),
    }
}

#[cfg(not(unix))]
fn number_code(_number: i32) -> Option<String> {
    None
}

fn strip_os_error(message: &str) -> &str {
    message
        .split_once(" (os error ")
        .map_or(message, |(text, _)| text)
}

fn lower_first(text: &str) -> String {
    let mut rest = text.chars();
    match rest.next() {
        // An acronym such as "TLS" keeps its capitals.
        Some(first) if !rest.as_str().starts_with(char::is_uppercase) => {
            first.to_lowercase().chain(rest).collect()
        }
        _ => text.to_owned(),
    }
}
