//! Why a decision cannot be read or kept.

use std::{
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

use crate::{display_text, state::StateError};

/// The reason why decisions cannot be read or kept; none of them counts then.
#[derive(Debug, Error)]
pub enum TrustError {
    /// Nobody knows where the person's home is, and a place in a project is none.
    #[error(
        "there is no home directory to keep decisions in: `{}` is not absolute",
        display_text::path(path)
    )]
    NoHome {
        /// What stands for the person's own directory.
        path: PathBuf,
    },
    /// The record does not hold what it should.
    #[error(
        "the record of trusted folders is damaged: {reason} (`{}`)",
        display_text::path(path)
    )]
    Damaged {
        /// The record.
        path: PathBuf,
        /// What is wrong, and in which line.
        reason: String,
    },
    /// Somebody else could have written the record.
    #[error(
        "the record of trusted folders {reason} (`{}`)",
        display_text::path(path)
    )]
    Exposed {
        /// The record.
        path: PathBuf,
        /// What lets others write it.
        reason: String,
        /// The command that mends it.
        remedy: String,
    },
    /// The record has no room for another decision.
    #[error(
        "the record of trusted folders is full (`{}`)",
        display_text::path(path)
    )]
    Full {
        /// The record.
        path: PathBuf,
    },
    /// The record cannot be read.
    #[error(
        "failed to read the record of trusted folders `{}`: {source}",
        display_text::path(path)
    )]
    Unreadable {
        /// The record.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The record cannot be written.
    #[error("the record of trusted folders cannot be kept: {0}")]
    Unwritable(#[from] StateError),
    /// The folder of a decision cannot be used.
    #[error("cannot use the directory `{}`: {source}", display_text::path(path))]
    BadFolder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no other user to accept.
    #[error("nothing in `{}` belongs to another user", display_text::path(path))]
    NothingForeign {
        /// The folder.
        path: PathBuf,
    },
}

impl TrustError {
    /// Returns a code that programs can rely on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadFolder { .. } => "bad-directory",
            Self::NothingForeign { .. } => "nothing-foreign",
            _ => "trust-record",
        }
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoHome { .. } => Some("set HOME to an absolute path".to_owned()),
            Self::Damaged { path, .. } => Some(format!(
                "nothing is trusted until it is mended: correct it, or remove it and decide again: rm {}",
                shell_word(path)
            )),
            Self::Exposed { remedy, .. } => Some(format!(
                "nothing is trusted until nobody else can write it: {remedy}"
            )),
            Self::Full { .. } => Some(
                "forget folders that are gone: rig trust ls, rig trust --revoke DIR".to_owned(),
            ),
            Self::Unwritable(error) => error.help(),
            Self::NothingForeign { .. } => {
                Some("name the folder that the error about its owner names".to_owned())
            }
            Self::Unreadable { .. } | Self::BadFolder { .. } => None,
        }
    }
}

/// Returns a path as one word of a shell command.
pub(super) fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let quoter = shlex::Quoter::new().allow_nul(true);
    quoter
        .quote(&text)
        .map_or_else(|_| text.clone(), std::borrow::Cow::into_owned)
}
