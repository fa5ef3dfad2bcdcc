//! The file layer: everything a definition is made of is read through it, so that an
//! editor can lay unsaved buffers over the disk, and nothing is read that the project may not.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::disk::{DiskError, ImportRoots};

/// Reads the text of source files.
pub trait SourceFiles: Send + Sync {
    /// Reads a whole file.
    ///
    /// # Errors
    /// Whatever keeps the file from being read as UTF-8 text; a [`DiskError`] is inside of the error
    /// where the disk refuses.
    fn read(&self, path: &Path) -> io::Result<Arc<str>>;

    /// Says whether a file exists only in this layer and not on the disk.
    fn is_overlaid(&self, path: &Path) -> bool;
}

/// Texts that stand in for files of the disk.
pub trait Buffers: Send + Sync {
    /// Returns the text that stands in for a file, if there is one.
    fn buffer(&self, path: &Path) -> Option<Arc<str>>;
}

/// No buffers: everything is read from the disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiskFiles;

impl Buffers for DiskFiles {
    fn buffer(&self, _: &Path) -> Option<Arc<str>> {
        None
    }
}

/// Buffers where there is one, the disk elsewhere.
#[derive(Debug, Clone, Default)]
pub struct OverlayFiles {
    buffers: HashMap<PathBuf, Arc<str>>,
}

impl OverlayFiles {
    /// Lays a buffer over a path, in place of one that was there.
    pub fn set(&mut self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) {
        self.buffers.insert(path.into(), text.into());
    }

    /// Takes the buffer of a path away, so that the disk shows again.
    pub fn remove(&mut self, path: &Path) {
        self.buffers.remove(path);
    }
}

impl Buffers for OverlayFiles {
    fn buffer(&self, path: &Path) -> Option<Arc<str>> {
        self.buffers.get(path).cloned()
    }
}

/// The size in bytes up to which a file of the project is read.
pub(crate) const MAX_SOURCE_BYTES: u64 = 4 * 1024 * 1024;

/// The size in bytes up to which a file of an installed package is read; bundled ones are large.
const MAX_PACKAGE_BYTES: u64 = 64 * 1024 * 1024;

/// How many bytes all files of one load may have together.
const MAX_LOAD_BYTES: u64 = 256 * 1024 * 1024;

/// The files of one load of a project: buffers over what the project may read of the disk.
pub(crate) struct ProjectFiles {
    buffers: Arc<dyn Buffers>,
    roots: ImportRoots,
    read_bytes: AtomicU64,
}

impl ProjectFiles {
    pub(crate) fn new(project_root: &Path, buffers: Arc<dyn Buffers>) -> Self {
        Self::of(ImportRoots::of_project(project_root), buffers)
    }

    pub(crate) fn of(roots: ImportRoots, buffers: Arc<dyn Buffers>) -> Self {
        Self {
            buffers,
            roots,
            read_bytes: AtomicU64::new(0),
        }
    }

    pub(crate) fn roots(&self) -> &ImportRoots {
        &self.roots
    }

    /// Reads a file of at most `limit` bytes.
    pub(crate) fn read_at_most(&self, path: &Path, limit: u64) -> io::Result<Arc<str>> {
        if let Some(text) = self.allowed_buffer(path) {
            return Ok(text);
        }
        let bytes = self.roots.read(path, limit)?;
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

    /// An editor has files open that are none of this project.
    fn allowed_buffer(&self, path: &Path) -> Option<Arc<str>> {
        let buffer = self.buffers.buffer(path)?;
        self.roots.include(path).then_some(buffer)
    }
}

impl SourceFiles for ProjectFiles {
    fn read(&self, path: &Path) -> io::Result<Arc<str>> {
        let is_installed = path.iter().any(|name| name == "node_modules");
        let limit = if is_installed {
            MAX_PACKAGE_BYTES
        } else {
            MAX_SOURCE_BYTES
        };
        self.read_at_most(path, limit)
    }

    fn is_overlaid(&self, path: &Path) -> bool {
        self.allowed_buffer(path).is_some()
    }
}

/// Returns what the disk refused, where that is why a file was not read.
pub(crate) fn disk_error(error: &io::Error) -> Option<&DiskError> {
    error.get_ref()?.downcast_ref()
}
