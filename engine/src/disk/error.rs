//! Why a file is not read, written or deleted.

use std::{
    io,
    path::{Path, PathBuf},
};

use rustix::io::Errno;
use thiserror::Error;

use super::EntryKind;
use crate::display_text;

/// The reason why nothing was done with a file.
#[derive(Debug, Error)]
pub enum DiskError {
    /// There is nothing at the path.
    #[error("there is no `{}`", display_text::path(path))]
    NotFound {
        /// The absolute path.
        path: PathBuf,
    },
    /// What is there is none of what Rigkit touches.
    #[error("`{}` {refusal}", display_text::path(path))]
    Refused {
        /// The absolute path.
        path: PathBuf,
        /// What is wrong with it.
        refusal: Refusal,
    },
    /// The system refuses.
    #[error("`{}`: {source}", display_text::path(path))]
    System {
        /// The absolute path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// What is at a path instead of what may be there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The path leads out of the folder it has to stay in.
    #[error(
        "leads out of `{}`, to `{}`",
        display_text::path(root),
        display_text::path(to)
    )]
    Outside {
        /// The folder.
        root: PathBuf,
        /// The link that leads out; the path itself where no link does.
        link: PathBuf,
        /// Where it leads, as far as that is known without looking there.
        to: PathBuf,
    },
    /// A link where none is followed.
    #[error("is a symbolic link, or lies behind one, and links are not followed here")]
    Link,
    /// Links in a circle, or too many of them.
    #[error("leads from link to link without end")]
    LinkLoop,
    /// Something else than a regular file.
    #[error("is {kind} and not a file")]
    NotAFile {
        /// What it is.
        kind: EntryKind,
    },
    /// Something else than a folder.
    #[error("is {kind} and not a folder")]
    NotAFolder {
        /// What it is.
        kind: EntryKind,
    },
    /// More bytes than are read.
    #[error("is larger than {}", size(*limit))]
    TooLarge {
        /// How many bytes are read at most.
        limit: u64,
    },
    /// Another program writes to it.
    #[error("changes while it is read")]
    Changing,
}

fn size(bytes: u64) -> String {
    match (bytes >> 20, bytes >> 10) {
        (0, 0) => format!("{bytes} bytes"),
        (0, kibibytes) => format!("{kibibytes} KiB"),
        (mebibytes, _) => format!("{mebibytes} MiB"),
    }
}

impl DiskError {
    /// Returns the error of a refusal.
    pub(crate) fn refused(path: impl Into<PathBuf>, refusal: Refusal) -> Self {
        let path = path.into();
        Self::Refused { path, refusal }
    }

    /// Returns the error for what the system answered about a path.
    pub(super) fn from_system(path: &Path, errno: Errno) -> Self {
        let path = path.to_path_buf();
        match errno {
            Errno::NOENT => Self::NotFound { path },
            Errno::LOOP => Self::refused(path, Refusal::LinkLoop),
            // What is opened without waiting is no socket, and no pipe that nobody reads.
            Errno::NXIO => Self::refused(
                path,
                Refusal::NotAFile {
                    kind: EntryKind::Other,
                },
            ),
            other => Self::System {
                path,
                source: other.into(),
            },
        }
    }

    /// Returns the error for what reading or writing an opened file answered.
    pub(super) fn from_io(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound { path },
            _ => Self::System { path, source },
        }
    }

    /// Returns what was refused, where something was.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// Returns the path that nothing was done with.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::NotFound { path } | Self::Refused { path, .. } | Self::System { path, .. } => {
                path
            }
        }
    }

    /// Returns the reason alone, for a message that names the path itself.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::NotFound { .. } => "no such file".to_owned(),
            Self::Refused { refusal, .. } => format!("it {refusal}"),
            Self::System { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                "permission denied".to_owned()
            }
            Self::System { source, .. } => source.to_string(),
        }
    }

    /// Returns what a person can do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let Self::Refused { path, refusal } = self else {
            return None;
        };
        let path = display_text::path(path);
        match refusal {
            Refusal::Outside { link, .. } => Some(format!(
                "replace `{}` by a file or folder of its own",
                display_text::path(link)
            )),
            Refusal::Link => Some(format!("replace it by a real folder or file: rm {path}")),
            Refusal::NotAFile { .. } | Refusal::NotAFolder { .. } | Refusal::LinkLoop => {
                Some(format!("move it away: mv {path} {path}.old"))
            }
            Refusal::TooLarge { .. } | Refusal::Changing => None,
        }
    }
}

impl From<DiskError> for io::Error {
    fn from(error: DiskError) -> Self {
        let kind = match &error {
            DiskError::NotFound { .. } => io::ErrorKind::NotFound,
            DiskError::System { source, .. } => source.kind(),
            DiskError::Refused { refusal, .. } => match refusal {
                Refusal::TooLarge { .. } => io::ErrorKind::FileTooLarge,
                Refusal::NotAFolder { .. } => io::ErrorKind::NotADirectory,
                _ => io::ErrorKind::PermissionDenied,
            },
        };
        Self::new(kind, error)
    }
}
