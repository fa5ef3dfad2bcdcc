//! Files that only their owner may read, each written in whole or not at all.

use std::fs::{DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;

use tempfile::NamedTempFile;

use super::StateError;
use super::guarded_file::{open_or_create, open_to_read, read_bounded, require_own};

const DIRECTORY_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// What no other user may do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClosedTo {
    /// Not even read it.
    Readers,
    /// Change it.
    Writers,
}

impl ClosedTo {
    /// Returns the bits that the mode of such a file does not have.
    fn missing_mode(self) -> u32 {
        match self {
            Self::Readers => 0o077,
            Self::Writers => 0o022,
        }
    }
}

/// Makes a directory, and those above it, for their owner alone; one that exists stays as it is.
pub(crate) fn create_private_directory(directory: &Path) -> Result<(), StateError> {
    require_absolute(directory)?;
    DirBuilder::new()
        .recursive(true)
        .mode(DIRECTORY_MODE)
        .create(directory)
        .map_err(|error| StateError::from_writing("create the directory", directory, error))
}

/// Refuses a place that depends on the current directory, which may be a project's: what is there
/// is not this user's own.
fn require_absolute(path: &Path) -> Result<(), StateError> {
    if path.is_absolute() {
        return Ok(());
    }
    Err(StateError::NoHome {
        path: path.to_owned(),
    })
}

/// Reads a file that is this user's and nobody else's; `None` if there is none.
///
/// # Errors
/// When its path is not absolute, it is no regular file, has more bytes than it may have, belongs to somebody else, or is
/// open to others who must not use it.
pub(super) fn read_private(
    path: &Path,
    limit: u64,
    closed_to: ClosedTo,
) -> Result<Option<Vec<u8>>, StateError> {
    require_absolute(path)?;
    let Some((file, metadata)) = open_to_read(path)? else {
        return Ok(None);
    };
    require_own(path, &metadata)?;
    if metadata.mode() & closed_to.missing_mode() != 0 {
        return Err(StateError::Exposed {
            path: path.to_owned(),
        });
    }
    read_bounded(path, file, limit).map(Some)
}

/// Puts a file in place of what was there, on disk when this returns.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<(), StateError> {
    let write = |directory: &Path| {
        write_beside(directory, content)?.persist(path)?;
        File::open(directory)?.sync_all()
    };
    write(directory_of(path)).map_err(|error| StateError::from_writing("write", path, error))
}

/// Puts a file where there is none, on disk when this returns; one that exists stays.
pub(super) fn create_if_missing(path: &Path, content: &[u8]) -> Result<(), StateError> {
    let write = |directory: &Path| {
        match write_beside(directory, content)?.persist_noclobber(path) {
            Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(error.error);
            }
            _ => {}
        }
        File::open(directory)?.sync_all()
    };
    write(directory_of(path)).map_err(|error| StateError::from_writing("write", path, error))
}

/// Opens a file that exists to be locked, and makes it if need be.
pub(crate) fn open_lock_file(path: &Path) -> Result<File, StateError> {
    let (file, metadata) = open_or_create("open the lock file", path, FILE_MODE)?;
    require_own(path, &metadata)?;
    Ok(file)
}

/// Writes a temporary file, which its maker gives the right mode.
fn write_beside(directory: &Path, content: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new_in(directory)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn directory_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}
