//! The key under which secrets enter digests; it never leaves the machine.

use std::path::Path;
use std::{fmt, io};

use super::StateError;
use super::private_files::{ClosedTo, create_if_missing, create_private_directory, read_private};

const FILE_NAME: &str = "machine-key";
const LENGTH: usize = 32;

/// More than this is not read of a file in the key's place, to tell how long it is.
const LONGEST_FILE: u64 = 4_096;

/// Is a secret key that this machine alone has. Printing it shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct MachineKey([u8; LENGTH]);

impl MachineKey {
    /// Gives the key's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

impl fmt::Debug for MachineKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MachineKey(…)")
    }
}

/// Gives the key kept in a directory, and makes one if there is none and `create` is set.
///
/// Whoever asks at the same time gets the same key.
///
/// # Errors
/// When the file holds something else, is not private to this user, or cannot be read or made.
pub fn machine_key(directory: &Path, create: bool) -> Result<Option<MachineKey>, StateError> {
    let path = directory.join(FILE_NAME);
    if let Some(content) = read_private(&path, LONGEST_FILE, ClosedTo::Readers)? {
        return parse(&content, &path).map(Some);
    }
    if !create {
        return Ok(None);
    }
    create_private_directory(directory)?;
    create_if_missing(&path, &random_key(&path)?)?;
    let content = read_private(&path, LONGEST_FILE, ClosedTo::Readers)?.unwrap_or_default();
    parse(&content, &path).map(Some)
}

fn random_key(path: &Path) -> Result<[u8; LENGTH], StateError> {
    let mut key = [0; LENGTH];
    getrandom::fill(&mut key).map_err(|error| {
        let error = io::Error::other(error.to_string());
        StateError::from_reading("find random bytes for", path, error)
    })?;
    Ok(key)
}

fn parse(content: &[u8], path: &Path) -> Result<MachineKey, StateError> {
    let key = content
        .try_into()
        .map_err(|_error| StateError::DamagedFile {
            what: "machine key",
            path: path.to_owned(),
            detail: format!("it has {} bytes instead of {LENGTH}", content.len()),
        })?;
    Ok(MachineKey(key))
}
