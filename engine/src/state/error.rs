//! What can go wrong with stored state, and what a person can do about it.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ffi::{self, ErrorCode};
use thiserror::Error;

use crate::display_text;

/// Says why stored state cannot be used; nothing that exists was altered.
#[derive(Debug, Error)]
pub enum StateError {
    /// A later version of Rigkit wrote the file.
    #[error(
        "the state file `{}` was written by a newer version of Rigkit (its layout is {found}, this version knows up to {supported})",
        display_text::path(path)
    )]
    Newer {
        /// The state file.
        path: PathBuf,
        /// The layout it has.
        found: u32,
        /// The newest layout this version knows.
        supported: u32,
    },
    /// The file is not a database, or its content contradicts itself.
    #[error("the state file `{}` is damaged: {detail}", display_text::path(path))]
    Damaged {
        /// The state file.
        path: PathBuf,
        /// What was found in it.
        detail: String,
    },
    /// The file is a sound database of another program.
    #[error(
        "`{}` is a database, but not a state file of Rigkit",
        display_text::path(path)
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A file beside the state, such as a provider's host storage, does not hold what it should.
    #[error("the {what} in `{}` is damaged: {detail}", display_text::path(path))]
    DamagedFile {
        /// What the file holds.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What was found in it.
        detail: String,
    },
    /// There is no room left.
    #[error("no space is left for `{}`", display_text::path(path))]
    DiskFull {
        /// The file that was to grow.
        path: PathBuf,
    },
    /// The file or its directory may not be written.
    #[error("`{}` cannot be written", display_text::path(path))]
    ReadOnly {
        /// The file or directory.
        path: PathBuf,
    },
    /// Another process kept the file locked for too long.
    #[error(
        "the state file `{}` is locked by another process",
        display_text::path(path)
    )]
    Busy {
        /// The state file.
        path: PathBuf,
    },
    /// The system refused something.
    #[error("failed to {doing} `{}`: {source}", display_text::path(path))]
    Io {
        /// What was attempted, as a verb.
        doing: &'static str,
        /// What it was attempted on.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database refused something that no other variant tells apart.
    #[error(
        "failed to use the state file `{}`: {source}",
        display_text::path(path)
    )]
    Database {
        /// The state file.
        path: PathBuf,
        /// What the database said.
        source: rusqlite::Error,
    },
    /// The workspace's name is taken.
    #[error("workflow `{workflow}` already has a workspace `{name}`")]
    WorkspaceExists {
        /// The workflow.
        workflow: String,
        /// The name.
        name: String,
    },
    /// The record that was to be changed is gone: another process removed it.
    #[error("the record of {what} `{id}` is gone from the state")]
    Gone {
        /// What kind of record it was.
        what: &'static str,
        /// Its id.
        id: String,
    },
}

impl StateError {
    /// Says what a person can do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Newer { .. } => Some(
                "use the version of `rig` that wrote it, or another file with `--state`; it was left as it is"
                    .to_owned(),
            ),
            Self::Damaged { path, .. } => Some(format!(
                "restore it from a copy, or move it away together with what lies beside it (`mv {0} {0}-wal {0}-shm …`); the next apply then starts anew, and workspaces it listed are no longer known",
                display_text::path(path)
            )),
            Self::Foreign { .. } => Some(
                "name another file with `--state`, or move this one away".to_owned(),
            ),
            Self::DamagedFile { path, .. } => Some(format!(
                "restore it from a copy, or move it away (`mv {} …`) and let a new one be made",
                display_text::path(path)
            )),
            Self::DiskFull { .. } => {
                Some("free some space and try again; what had finished is kept".to_owned())
            }
            Self::ReadOnly { .. } => Some(
                "make it writable for you, or choose another place: `--state` for the state, RIGKIT_HOST_STORAGE_DIR for what providers keep"
                    .to_owned(),
            ),
            Self::Busy { .. } => Some("try again when the other process is done".to_owned()),
            Self::WorkspaceExists { .. } => {
                Some("choose another name, or remove that workspace first".to_owned())
            }
            Self::Io { .. } | Self::Database { .. } | Self::Gone { .. } => None,
        }
    }

    /// Sorts an error of the database into what it means for the state file.
    pub(super) fn from_database(path: &Path, source: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        let path = path.to_owned();
        match &source {
            E::SqliteFailure(failure, _) => Self::from_failure(path, *failure, source),
            E::FromSqlConversionFailure(..)
            | E::IntegralValueOutOfRange(..)
            | E::InvalidColumnType(..)
            | E::Utf8Error(..) => Self::Damaged {
                detail: source.to_string(),
                path,
            },
            _ => Self::Database { path, source },
        }
    }

    fn from_failure(path: PathBuf, failure: ffi::Error, source: rusqlite::Error) -> Self {
        match (failure.code, failure.extended_code) {
            // Only a writer in its first moments leaves no place for a reader that may not
            // write, see `walTryBeginRead` of SQLite.
            (_, ffi::SQLITE_READONLY_CANTINIT)
            | (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Self::Busy { path },
            (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => Self::Damaged {
                detail: match source {
                    rusqlite::Error::SqliteFailure(_, Some(message)) => message,
                    _ => failure.to_string(),
                },
                path,
            },
            // Growing the shared index failed; SQLite does not say why, and hardly anything
            // but a full disk does that.
            (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => Self::DiskFull { path },
            (ErrorCode::ReadOnly | ErrorCode::PermissionDenied, _) => Self::ReadOnly { path },
            (ErrorCode::CannotOpen, _) => Self::cannot_open(path, source),
            _ => Self::Database { path, source },
        }
    }

    /// Finds out why a database cannot be opened, which the database does not tell.
    fn cannot_open(path: PathBuf, source: rusqlite::Error) -> Self {
        use nix::unistd::{AccessFlags, access};
        let directory = path.parent().unwrap_or(Path::new("."));
        if !path.exists() && access(directory, AccessFlags::W_OK).is_err() {
            let path = directory.to_owned();
            return Self::ReadOnly { path };
        }
        match access(&path, AccessFlags::R_OK) {
            Err(error) => Self::from_reading("read", &path, error.into()),
            Ok(()) => Self::Database { path, source },
        }
    }

    /// Tells of an error of the system that came of reading a file.
    pub(super) fn from_reading(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }

    /// Sorts an error of the system that came of writing into what it means for a file.
    pub(super) fn from_writing(doing: &'static str, path: &Path, source: io::Error) -> Self {
        use io::ErrorKind as Kind;
        let path = path.to_owned();
        match source.kind() {
            Kind::StorageFull | Kind::QuotaExceeded => Self::DiskFull { path },
            Kind::ReadOnlyFilesystem | Kind::PermissionDenied => Self::ReadOnly { path },
            _ => Self::Io {
                doing,
                path,
                source,
            },
        }
    }
}
