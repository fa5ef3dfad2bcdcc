//! The file layer: everything a definition is made of is read through it, so that an
//! editor can lay unsaved buffers over the disk.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::trust::{ForeignFile, OwnerRule};

/// Reads the text of source files.
pub trait SourceFiles: Send + Sync {
    /// Reads a whole file.
    ///
    /// # Errors
    /// Whatever keeps the file from being read as UTF-8 text.
    fn read(&self, path: &Path) -> io::Result<Arc<str>>;

    /// Reads a whole file of the project, which decides what the project does; it has to belong
    /// to somebody who may.
    ///
    /// # Errors
    /// As [`SourceFiles::read`], and with a [`ForeignFile`] in it where the file belongs to
    /// another user.
    fn read_project_file(&self, path: &Path) -> io::Result<Arc<str>>;

    /// Says whether a file exists only in this layer and not on the disk.
    fn is_overlaid(&self, path: &Path) -> bool;
}

/// Reads from the disk.
#[derive(Debug, Clone, Default)]
pub struct DiskFiles {
    /// Who may decide what a project does.
    pub owners: OwnerRule,
}

impl DiskFiles {
    fn check_owner(&self, path: &Path, owner: u32) -> io::Result<()> {
        self.owners.check(path, owner).map_err(io::Error::other)
    }
}

/// Returns what is wrong with the owner of a file that could not be read, if that is it.
#[must_use]
pub fn foreign_file(error: &io::Error) -> Option<&ForeignFile> {
    error.get_ref()?.downcast_ref()
}

impl SourceFiles for DiskFiles {
    fn read(&self, path: &Path) -> io::Result<Arc<str>> {
        std::fs::read_to_string(path).map(Arc::from)
    }

    fn read_project_file(&self, path: &Path) -> io::Result<Arc<str>> {
        let mut file = File::open(path)?;
        // Of the open file: whatever comes to the path meanwhile is not what is read.
        self.check_owner(path, file.metadata()?.uid())?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        Ok(Arc::from(text))
    }

    fn is_overlaid(&self, _: &Path) -> bool {
        false
    }
}

/// Reads from buffers where there is one, and from the disk elsewhere.
#[derive(Debug, Clone, Default)]
pub struct OverlayFiles {
    buffers: HashMap<PathBuf, Arc<str>>,
    disk: DiskFiles,
}

impl OverlayFiles {
    /// Lays buffers over these files.
    #[must_use]
    pub fn over(disk: DiskFiles) -> Self {
        Self {
            buffers: HashMap::new(),
            disk,
        }
    }

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
            None => self.disk.read(path),
        }
    }

    fn read_project_file(&self, path: &Path) -> io::Result<Arc<str>> {
        let Some(text) = self.buffers.get(path) else {
            return self.disk.read_project_file(path);
        };
        // What is edited is another user's as long as its file is.
        if let Ok(metadata) = path.metadata() {
            self.disk.check_owner(path, metadata.uid())?;
        }
        Ok(Arc::clone(text))
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
