//! What can go wrong with stored state, and what a person can do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ffi::{self, ErrorCode};
use thiserror::Error;

use super::bounds::VALUE_BYTES;
use super::guarded_file::FileKind;
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
    /// The file has nothing in it, which Rigkit never leaves.
    #[error(
        "the state file `{}` is empty, and Rigkit did not leave it so",
        display_text::path(path)
    )]
    Empty {
        /// The state file.
        path: PathBuf,
    },
    /// The file calls itself a state file of a layout, and has other tables than that.
    #[error(
        "the state file `{}` is not as Rigkit makes it: {detail}",
        display_text::path(path)
    )]
    OtherSchema {
        /// The state file.
        path: PathBuf,
        /// What differs.
        detail: String,
    },
    /// Something else lies where a file or a folder has to be.
    #[error("`{}` is {found}, and has to be {wanted}", display_text::path(path))]
    WrongKind {
        /// Where.
        path: PathBuf,
        /// What is there.
        found: FileKind,
        /// What has to be there.
        wanted: FileKind,
    },
    /// The file belongs to another person.
    #[error(
        "`{}` belongs to another user (number {owner})",
        display_text::path(path)
    )]
    OtherOwner {
        /// The file.
        path: PathBuf,
        /// The number of its owner.
        owner: u32,
    },
    /// Others can read or change a file that is to be private.
    #[error("`{}` is open to other users", display_text::path(path))]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The file has more bytes than Rigkit reads.
    #[error("`{}` has more than {} MiB", display_text::path(path), limit >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How many bytes it may have.
        limit: u64,
    },
    /// A single value has more bytes than a state holds.
    #[error(
        "a value for the state file `{}` has more than {} MiB as text",
        display_text::path(path),
        limit >> 20
    )]
    ValueTooLarge {
        /// The state file.
        path: PathBuf,
        /// How many bytes it may have.
        limit: u64,
    },
    /// Reading takes more steps than any state file that Rigkit made.
    #[error(
        "reading the state file `{}` comes to no end",
        display_text::path(path)
    )]
    Endless {
        /// The state file.
        path: PathBuf,
    },
    /// Another program left work half done.
    #[error(
        "another program has left work half done: `{}`",
        display_text::path(path)
    )]
    LeftJournal {
        /// The journal of that program.
        path: PathBuf,
    },
    /// Somebody changes the file again and again while it is copied.
    #[error(
        "the state file `{}` changes while it is read",
        display_text::path(path)
    )]
    Unsteady {
        /// The state file.
        path: PathBuf,
    },
    /// Another file, or none, lies where the state file was when it was opened.
    #[error(
        "the state file `{}` was {} while it was in use",
        display_text::path(path),
        displacement
    )]
    Displaced {
        /// The state file.
        path: PathBuf,
        /// What became of it.
        displacement: Displacement,
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
    /// Nobody knows where the person's home is, and a place in a project is none.
    #[error(
        "there is no home directory to keep `{}` in: that is not absolute",
        display_text::path(path)
    )]
    NoHome {
        /// What was to be kept.
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

/// What became of a state file while it was in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Displacement {
    /// There is no file any more, or not the log beside it.
    Removed,
    /// There is another one.
    Replaced,
}

impl fmt::Display for Displacement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Removed => "removed",
            Self::Replaced => "replaced",
        })
    }
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
            Self::Damaged { path, .. }
            | Self::OtherSchema { path, .. }
            | Self::Endless { path } => Some(format!(
                "restore it from a copy, or move it away together with what lies beside it (`mv {0} {0}-wal {0}-shm …`); the next apply then starts anew, and workspaces it listed are no longer known",
                display_text::path(path)
            )),
            Self::Foreign { .. } => Some(
                "name another file with `--state`, or move this one away".to_owned(),
            ),
            Self::Empty { path } => Some(format!(
                "restore it from a copy, or remove it (`rm {}`); the next apply then starts anew, and workspaces it listed are no longer known",
                display_text::path(path)
            )),
            Self::WrongKind { path, .. } | Self::TooLarge { path, .. } => Some(format!(
                "move it away (`mv {} …`), or name another state file with `--state`",
                display_text::path(path)
            )),
            Self::OtherOwner { path, .. } => Some(format!(
                "make it yours (`chown`) if you know what is in it, move it away (`mv {} …`), or name another state file with `--state`",
                display_text::path(path)
            )),
            Self::Exposed { path } => Some(format!("make it private: chmod 600 {}", display_text::path(path))),
            Self::ValueTooLarge { .. } => Some(
                "keep large things in files, and their paths in the context".to_owned(),
            ),
            Self::LeftJournal { path } => Some(format!(
                "end that program, or open the state with it once more; if there is none, move the file away (`mv {} …`)",
                display_text::path(path)
            )),
            Self::Unsteady { .. } => Some("try again when nobody writes to it".to_owned()),
            Self::Displaced { .. } => Some(
                "leave it in its place while `rig` works, and apply again".to_owned(),
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
            Self::NoHome { .. } => Some("set HOME to an absolute path".to_owned()),
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
            (ErrorCode::OperationInterrupted, _) => Self::Endless { path },
            (ErrorCode::TooBig, _) => Self::ValueTooLarge {
                path,
                limit: VALUE_BYTES,
            },
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
    pub(crate) fn from_writing(doing: &'static str, path: &Path, source: io::Error) -> Self {
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
