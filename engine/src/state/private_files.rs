//! Files that only their owner may read, each written in whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use tempfile::NamedTempFile;

use super::StateError;

const DIRECTORY_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// Makes a directory, and those above it, for their owner alone; one that exists stays as it is.
pub(crate) fn create_private_directory(directory: &Path) -> Result<(), StateError> {
    DirBuilder::new()
        .recursive(true)
        .mode(DIRECTORY_MODE)
        .create(directory)
        .map_err(|error| StateError::from_writing("create the directory", directory, error))
}

/// Reads a file; `None` if there is none.
pub(super) fn read_if_exists(path: &Path) -> Result<Option<Vec<u8>>, StateError> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StateError::from_reading("read", path, error)),
    }
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
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(FILE_MODE)
        .open(path)
        .map_err(|error| StateError::from_writing("open the lock file", path, error))
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
