//! What the resolver sees of the disk: buffers of an editor, and what the project may read.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use oxc_resolver::{FileMetadata, FileSystem, ResolveError};

use crate::{
    disk::{DiskError, EntryKind},
    source::ProjectFiles,
};

/// The files of one load, as a resolver asks for them. It reads nothing but `package.json`.
pub(super) struct GuardedFileSystem {
    files: Arc<ProjectFiles>,
}

impl GuardedFileSystem {
    pub(super) fn new(files: Arc<ProjectFiles>) -> Self {
        Self { files }
    }

    fn metadata_of(
        &self,
        path: &Path,
        kind: impl Fn(&ProjectFiles) -> Result<EntryKind, DiskError>,
    ) -> io::Result<FileMetadata> {
        if self.files.has_buffer(path) {
            return Ok(metadata(EntryKind::File));
        }
        Ok(metadata(kind(&self.files)?))
    }
}

fn metadata(kind: EntryKind) -> FileMetadata {
    FileMetadata::new(
        kind == EntryKind::File,
        kind == EntryKind::Folder,
        kind == EntryKind::Link,
    )
}

impl FileSystem for GuardedFileSystem {
    fn new() -> Self {
        Self::new(Arc::new(ProjectFiles::none()))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.read_to_string(path).map(String::into_bytes)
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        let text = self.files.read_manifest(path)?;
        Ok(text.as_ref().to_owned())
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.metadata_of(path, |files| Ok(files.status(path)?.kind))
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.metadata_of(path, |files| files.kind(path))
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        let target = self.files.roots().read_link(path);
        target.map_err(|error| io::Error::from(error).into())
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(self.files.real_path(path)?)
    }
}
