//! The file layer: everything a definition is made of is read through it, so that an
//! editor can lay unsaved buffers over the disk, and nothing is read that the project may not.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{Buffers, Footprint};
use crate::{
    disk::{DiskError, EntryKind, ImportRoots, Refusal, Status},
    display_text,
    trust::{ForeignFile, OwnerRule},
};

/// The size in bytes up to which a file of the project is read.
pub(crate) const MAX_SOURCE_BYTES: u64 = 4 * 1024 * 1024;

/// The size in bytes up to which a file of an installed package is read; bundled ones are large.
const MAX_PACKAGE_BYTES: u64 = 64 * 1024 * 1024;

/// How many bytes all files of one load may have together.
const MAX_LOAD_BYTES: u64 = 128 * 1024 * 1024;

/// The size in bytes up to which a `package.json` is read, and how many all of one load may have
/// together: what is kept of one takes up to twenty times as much.
const MAX_MANIFEST_BYTES: u64 = 512 * 1024;
const MAX_MANIFESTS_BYTES: u64 = 8 * 1024 * 1024;

/// The files of one load of a project: buffers over what the project may read of the disk.
pub(crate) struct ProjectFiles {
    buffers: Arc<Buffers>,
    roots: ImportRoots,
    owners: OwnerRule,
    footprint: Footprint,
    read_bytes: AtomicU64,
    manifest_bytes: AtomicU64,
    /// A file of another user that was not read.
    foreign: Mutex<Option<ForeignFile>>,
    /// Why a `package.json` that is there was not read.
    unread_manifest: Mutex<Option<String>>,
}

impl ProjectFiles {
    pub(crate) fn new(
        project_root: &Path,
        buffers: Arc<Buffers>,
        owners: OwnerRule,
        footprint: Footprint,
    ) -> Self {
        footprint.note_project(project_root);
        Self {
            buffers,
            roots: ImportRoots::of_project(project_root),
            owners,
            footprint,
            read_bytes: AtomicU64::new(0),
            manifest_bytes: AtomicU64::new(0),
            foreign: Mutex::default(),
            unread_manifest: Mutex::default(),
        }
    }

    /// Returns files where there are none.
    pub(crate) fn none() -> Self {
        Self {
            buffers: Arc::default(),
            roots: ImportRoots::none(),
            owners: OwnerRule::default(),
            footprint: Footprint::default(),
            read_bytes: AtomicU64::new(0),
            manifest_bytes: AtomicU64::new(0),
            foreign: Mutex::default(),
            unread_manifest: Mutex::default(),
        }
    }

    pub(crate) fn roots(&self) -> &ImportRoots {
        &self.roots
    }

    /// Reads a whole file as UTF-8 text. It decides what the project does, so it has to belong to
    /// somebody who may.
    ///
    /// # Errors
    /// Where it cannot be read as text; a [`DiskError`] is inside of the error where the disk
    /// refuses, and a [`ForeignFile`] where the file belongs to another user.
    pub(crate) fn read(&self, path: &Path) -> io::Result<Arc<str>> {
        let is_installed = path.iter().any(|name| name == "node_modules");
        let limit = if is_installed {
            MAX_PACKAGE_BYTES
        } else {
            MAX_SOURCE_BYTES
        };
        self.read_within(path, limit, &self.read_bytes, MAX_LOAD_BYTES)
    }

    /// Reads a `package.json`, as [`ProjectFiles::read`] does.
    ///
    /// # Errors
    /// As [`ProjectFiles::read`].
    pub(crate) fn read_manifest(&self, path: &Path) -> io::Result<Arc<str>> {
        let so_far = &self.manifest_bytes;
        let read = self.read_within(path, MAX_MANIFEST_BYTES, so_far, MAX_MANIFESTS_BYTES);
        read.inspect_err(|error| self.note_unread(path, error))
    }

    /// Notes a manifest that is too large: whoever reads it goes on as if it were not there.
    fn note_unread(&self, path: &Path, error: &io::Error) {
        let refusal = disk_error(error).and_then(DiskError::refusal);
        let is_too_large = matches!(refusal, Some(Refusal::TooLarge { .. }))
            || error.kind() == io::ErrorKind::QuotaExceeded;
        if is_too_large {
            let reason = disk_error(error).map_or_else(|| error.to_string(), DiskError::reason);
            let reason = format!("`{}`: {reason}", display_text::path(path));
            *lock(&self.unread_manifest) = Some(reason);
        }
    }

    /// Takes why a manifest was not read that was met last.
    pub(crate) fn take_unread_manifest(&self) -> Option<String> {
        lock(&self.unread_manifest).take()
    }

    fn read_within(
        &self,
        path: &Path,
        limit: u64,
        so_far: &AtomicU64,
        limit_of_all: u64,
    ) -> io::Result<Arc<str>> {
        if let Some(text) = self.allowed_buffer(path) {
            // What is edited is another user's as long as its file is.
            if let Ok(status) = self.roots.status(path) {
                self.check_owner(path, &status)?;
            }
            return Ok(text);
        }
        let read = self.roots.read(path, limit);
        match &read {
            Ok((_, status)) => self.footprint.note_read(path, *status),
            Err(_) => self.footprint.note_look(path, &self.roots.status(path)),
        }
        let (bytes, status) = read?;
        // Of the open file: whatever comes to the path meanwhile is not what is read.
        self.check_owner(path, &status)?;
        let length = bytes.len() as u64;
        if so_far.fetch_add(length, Ordering::Relaxed) + length > limit_of_all {
            let message = format!(
                "the files that the config imports are larger than {} MiB together",
                limit_of_all >> 20
            );
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, message));
        }
        let text = std::str::from_utf8(&bytes)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        Ok(Arc::from(without_byte_order_mark(text)))
    }

    fn check_owner(&self, path: &Path, status: &Status) -> io::Result<()> {
        self.owners.check(path, status.owner).map_err(|foreign| {
            *lock(&self.foreign) = Some(foreign.clone());
            io::Error::other(foreign)
        })
    }

    /// Takes the file of another user that was met last, for whoever is not told why.
    pub(crate) fn take_foreign(&self) -> Option<ForeignFile> {
        lock(&self.foreign).take()
    }

    /// Returns the status of what a path leads to.
    ///
    /// # Errors
    /// Where there is nothing that the project may see.
    pub(crate) fn status(&self, path: &Path) -> Result<Status, DiskError> {
        let status = self.roots.status(path);
        self.footprint.note_look(path, &status);
        status
    }

    /// Returns what is at a path itself: a link counts as one.
    ///
    /// # Errors
    /// Where there is nothing that the project may see.
    pub(crate) fn kind(&self, path: &Path) -> Result<EntryKind, DiskError> {
        let kind = self.roots.kind(path);
        // Folders on the way to what the project may see are not looked at.
        match kind {
            Ok(EntryKind::Link) => self.footprint.note_look(path, &self.roots.status(path)),
            _ if self.roots.include(path) => self.footprint.note_look(path, &kind),
            _ => {}
        }
        kind
    }

    /// Returns the path of a file without links.
    ///
    /// # Errors
    /// Where there is nothing that the project may see.
    pub(crate) fn real_path(&self, path: &Path) -> Result<PathBuf, DiskError> {
        let real = self.roots.real_path(path);
        self.footprint.note_look(path, &real);
        real
    }

    /// Returns what is noted of everything that is looked at.
    pub(crate) fn footprint(&self) -> &Footprint {
        &self.footprint
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

/// Returns a text without the mark that some programs begin files with: it is no part of the text.
pub(crate) fn without_byte_order_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns what the disk refused, where that is why a file was not read.
pub(crate) fn disk_error(error: &io::Error) -> Option<&DiskError> {
    error.get_ref()?.downcast_ref()
}

/// Returns what is wrong with the owner of a file that could not be read, if that is it.
pub(crate) fn foreign_file(error: &io::Error) -> Option<&ForeignFile> {
    error.get_ref()?.downcast_ref()
}
