//! What is there, and what it is.

use std::fs::{FileType, Metadata};
use std::io;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{FileOperation, FilePath, OperationError, Scope};

/// Asks whether something is there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileExists {
    /// The path; a link counts even when what it points to is not there.
    pub path: FilePath,
}

impl FileOperation for FileExists {
    type Outcome = bool;

    fn action(&self) -> String {
        format!("look for {:?}", self.path.as_str())
    }

    fn perform(&self, scope: &Scope) -> Result<bool, OperationError> {
        match scope.resolve(&self.path).symlink_metadata() {
            Ok(_) => Ok(true),
            Err(error) if is_absence(&error) => Ok(false),
            Err(error) => Err(scope.failed(error)),
        }
    }
}

/// Tells whether an error means that there is nothing at a path.
pub(super) fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Asks what something is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileStat {
    /// The path.
    pub path: FilePath,
    /// Whether to describe what a link points to instead of the link.
    #[serde(default)]
    pub follow_links: bool,
}

/// Describes a file, a folder or a link.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileDescription {
    /// What it is.
    pub kind: FileKind,
    /// How large it is, in bytes.
    pub size: u64,
    /// The permission bits.
    pub mode: u32,
    /// When its contents last changed.
    pub modified_at: Timestamp,
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A pipe, a socket or a device.
    Other,
}

impl From<FileType> for FileKind {
    fn from(file_type: FileType) -> Self {
        if file_type.is_file() {
            Self::File
        } else if file_type.is_dir() {
            Self::Directory
        } else if file_type.is_symlink() {
            Self::Symlink
        } else {
            Self::Other
        }
    }
}

impl FileOperation for FileStat {
    type Outcome = FileDescription;

    fn action(&self) -> String {
        format!("inspect {:?}", self.path.as_str())
    }

    fn perform(&self, scope: &Scope) -> Result<FileDescription, OperationError> {
        let path = scope.resolve(&self.path);
        let metadata = if self.follow_links {
            path.metadata()
        } else {
            path.symlink_metadata()
        };
        metadata
            .and_then(|metadata| describe(&metadata))
            .map_err(|error| scope.failed(error))
    }
}

fn describe(metadata: &Metadata) -> io::Result<FileDescription> {
    Ok(FileDescription {
        kind: metadata.file_type().into(),
        size: metadata.len(),
        mode: mode(metadata),
        modified_at: Timestamp::try_from(metadata.modified()?).map_err(io::Error::other)?,
    })
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o7777
}

/// Gives the bits that come closest to what such a system knows.
#[cfg(not(unix))]
fn mode(metadata: &Metadata) -> u32 {
    if metadata.permissions().readonly() {
        0o444
    } else {
        0o666
    }
}
