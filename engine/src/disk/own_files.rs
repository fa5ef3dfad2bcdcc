//! Files that Rigkit made and may remove, known by their names.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
};

use rustix::{
    fs::{AtFlags, statat, unlinkat},
    io::Errno,
};
use uuid::Uuid;

use super::{DiskError, EntryKind, Root, Status};

/// The names that Rigkit gives to the files of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnNames {
    /// Digests: 64 lower-case hexadecimal digits.
    Digests,
    /// Logs of runs: the id of a run and `.ndjson`.
    RunLogs,
}

/// A regular file of a folder that has a name of Rigkit's. It comes from a listing of such names
/// only, and is the only thing that can be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFile {
    name: OsString,
    /// The status when it was listed.
    pub status: Status,
}

/// How many entries of a folder are looked through for own files, foreign ones among them.
const MOST_ENTRIES: usize = 200_000;

/// What temporary files begin with.
const TEMPORARY: &str = ".rigkit-";

/// Returns a new name for a file that is renamed once it is whole.
pub(super) fn temporary_name() -> String {
    format!("{TEMPORARY}{}", Uuid::new_v4().simple())
}

impl OwnNames {
    /// Returns whether a name is one of these, or that of a temporary file that was left behind.
    fn include(self, name: &OsStr) -> bool {
        let Some(name) = name.to_str() else {
            return false;
        };
        let is_temporary = name
            .strip_prefix(TEMPORARY)
            .is_some_and(|digits| is_hexadecimal(digits, 32));
        is_temporary
            || match self {
                Self::Digests => is_hexadecimal(name, 64),
                Self::RunLogs => name.strip_suffix(".ndjson").is_some_and(is_run),
            }
    }
}

/// Returns whether a text has the form of a run's id.
fn is_run(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

fn is_hexadecimal(text: &str, digits: usize) -> bool {
    text.len() == digits
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl OwnFile {
    /// Returns the name in its folder.
    #[must_use]
    pub fn name(&self) -> &OsStr {
        &self.name
    }
}

impl Root {
    /// Lists the files of this folder that Rigkit made: regular ones with a name of its own.
    ///
    /// # Errors
    /// Where the folder cannot be listed.
    pub fn own_files(&self, names: OwnNames) -> Result<Vec<OwnFile>, DiskError> {
        let listing = self.list(Path::new(""), MOST_ENTRIES)?;
        let own = listing
            .entries
            .into_iter()
            .filter(|(name, kind)| {
                names.include(name) && kind.is_none_or(|kind| kind == EntryKind::File)
            })
            .filter_map(|(name, _)| {
                let stat = statat(self, &*name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
                let status = Status::of(&stat);
                (status.kind == EntryKind::File).then_some(OwnFile { name, status })
            });
        Ok(own.collect())
    }

    /// Removes a file that Rigkit made; one that is gone already is no error, and one that is
    /// another file by now, or was written since, stays.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn remove(&self, file: &OwnFile) -> Result<(), DiskError> {
        let fail = |errno| DiskError::from_system(&self.path().join(&file.name), errno);
        let now = match statat(self, &*file.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Status::of(&stat),
            Err(Errno::NOENT) => return Ok(()),
            Err(errno) => return Err(fail(errno)),
        };
        // The number of a file may be given again once it is gone: all that is known has to be the same.
        if now != file.status {
            return Ok(());
        }
        match unlinkat(self, &*file.name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(fail(errno)),
        }
    }
}
