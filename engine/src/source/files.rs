//! The file layer: everything a definition is made of is read through it, so that an
//! editor can lay unsaved buffers over the disk.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Reads the text of source files.
pub trait SourceFiles: Send + Sync {
    /// Reads a whole file.
    ///
    /// # Errors
    /// Whatever keeps the file from being read as UTF-8 text.
    fn read(&self, path: &Path) -> io::Result<Arc<str>>;

    /// Says whether a file exists only in this layer and not on the disk.
    fn is_overlaid(&self, path: &Path) -> bool;
}

/// Reads from the disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiskFiles;

impl SourceFiles for DiskFiles {
    fn read(&self, path: &Path) -> io::Result<Arc<str>> {
        std::fs::read_to_string(path).map(Arc::from)
    }

    fn is_overlaid(&self, _: &Path) -> bool {
        false
    }
}

/// Reads from buffers where there is one, and from the disk elsewhere.
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

impl SourceFiles for OverlayFiles {
    fn read(&self, path: &Path) -> io::Result<Arc<str>> {
        match self.buffers.get(path) {
            Some(text) => Ok(Arc::clone(text)),
            None => DiskFiles.read(path),
        }
    }

    fn is_overlaid(&self, path: &Path) -> bool {
        self.buffers.contains_key(path)
    }
}

/// Files where there are none, for code that must not reach any.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NoFiles;

impl SourceFiles for NoFiles {
    fn read(&self, _: &Path) -> io::Result<Arc<str>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn is_overlaid(&self, _: &Path) -> bool {
        false
    }
}
