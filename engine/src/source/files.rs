//! The file layer: everything a definition is made of is read through it, so that an
//! editor can lay unsaved buffers over the disk, and nothing is read that the project may not.

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::Buffers;
use crate::{
    disk::{DiskError, ImportRoots, Status},
    trust::{ForeignFile, OwnerRule},
};

/// The size in bytes up to which a file of the project is read.
pub(crate) const MAX_SOURCE_BYTES: u64 = 4 * 1024 * 1024;

/// The size in bytes up to which a file of an installed package is read; bundled ones are large.
const MAX_PACKAGE_BYTES: u64 = 64 * 1024 * 1024;

/// How many bytes all files of one load may have together.
const MAX_LOAD_BYTES: u64 = 256 * 1024 * 1024;

/// The files of one load of a project: buffers over what the project may read of the disk.
pub(crate) struct ProjectFiles {
    buffers: Arc<Buffers>,
    roots: ImportRoots,
    owners: OwnerRule,
    read_bytes: AtomicU64,
}

impl ProjectFiles {
    pub(crate) fn new(project_root: &Path, buffers: Arc<Buffers>, owners: OwnerRule) -> Self {
        Self {
            buffers,
            roots: ImportRoots::of_project(project_root),
            owners,
            read_bytes: AtomicU64::new(0),
        }
    }

    /// Returns files where there are none.
    pub(crate) fn none() -> Self {
        Self {
            buffers: Arc::default(),
            roots: ImportRoots::none(),
            owners: OwnerRule::default(),
            read_bytes: AtomicU64::new(0),
        }
    }

    pub(crate) fn roots(&self) -> &ImportRoots {
        &self.roots
    }

    /// Reads a whole file as UTF-8 text.
    ///
    /// # Errors
    /// Where it cannot be read as text; a [`DiskError`] is inside of the error where the disk
    /// refuses.
    pub(crate) fn read(&self, path: &Path) -> io::Result<Arc<str>> {
        let is_installed = path.iter().any(|name| name == "node_modules");
        let limit = if is_installed {
            MAX_PACKAGE_BYTES
        } else {
            MAX_SOURCE_BYTES
        };
        self.read_at_most(path, limit)
    }

    /// Reads a file of at most `limit` bytes.
    pub(crate) fn read_at_most(&self, path: &Path, limit: u64) -> io::Result<Arc<str>> {
        match self.allowed_buffer(path) {
            Some(text) => Ok(text),
            None => self.read_from_disk(path, limit, |_| Ok(())),
        }
    }

    /// Reads a whole file of the project, which decides what the project does; it has to belong
    /// to somebody who may.
    ///
    /// # Errors
    /// As [`ProjectFiles::read`], and with a [`ForeignFile`] in it where the file belongs to
    /// another user.
    pub(crate) fn read_project_file(&self, path: &Path) -> io::Result<Arc<str>> {
        let Some(text) = self.allowed_buffer(path) else {
            // Of the open file: whatever comes to the path meanwhile is not what is read.
            return self.read_from_disk(path, MAX_SOURCE_BYTES, |status| {
                self.check_owner(path, status)
            });
        };
        // What is edited is another user's as long as its file is.
        if let Ok(status) = self.roots.status(path) {
            self.check_owner(path, &status)?;
        }
        Ok(text)
    }

    fn read_from_disk(
        &self,
        path: &Path,
        limit: u64,
        check: impl Fn(&Status) -> io::Result<()>,
    ) -> io::Result<Arc<str>> {
        let (bytes, status) = self.roots.read(path, limit)?;
        check(&status)?;
        let so_far = self
            .read_bytes
            .fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if so_far + bytes.len() as u64 > MAX_LOAD_BYTES {
            let message = format!(
                "the files that the config imports are larger than {} MiB together",
                MAX_LOAD_BYTES >> 20
            );
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, message));
        }
        String::from_utf8(bytes)
            .map(Arc::from)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))
    }

    fn check_owner(&self, path: &Path, status: &Status) -> io::Result<()> {
        let checked = self.owners.check(path, status.owner);
        checked.map_err(io::Error::other)
    }

    /// Returns whether a buffer stands in for a file.
    pub(crate) fn has_buffer(&self, path: &Path) -> bool {
        self.allowed_buffer(path).is_some()
    }

    /// An editor has files open that are none of this project.
    fn allowed_buffer(&self, path: &Path) -> Option<Arc<str>> {
        let buffer = self.buffers.get(path)?;
        self.roots.include(path).then_some(buffer)
    }
}

/// Returns what the disk refused, where that is why a file was not read.
pub(crate) fn disk_error(error: &io::Error) -> Option<&DiskError> {
    error.get_ref()?.downcast_ref()
}

/// Returns what is wrong with the owner of a file that could not be read, if that is it.
pub(crate) fn foreign_file(error: &io::Error) -> Option<&ForeignFile> {
    error.get_ref()?.downcast_ref()
}
