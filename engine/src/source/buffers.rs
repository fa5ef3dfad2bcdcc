//! Texts that stand in for files of the disk: what an editor has open and not saved.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The buffers of an editor, by the paths of the files that they stand in for.
#[derive(Debug, Clone, Default)]
pub struct Buffers {
    texts: HashMap<PathBuf, Arc<str>>,
}

impl Buffers {
    /// Lays a buffer over a path, in place of one that was there.
    pub fn set(&mut self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) {
        self.texts.insert(path.into(), text.into());
    }

    /// Takes the buffer of a path away, so that the disk shows again.
    pub fn remove(&mut self, path: &Path) {
        self.texts.remove(path);
    }

    /// Returns the text that stands in for a file, if there is one.
    #[must_use]
    pub fn get(&self, path: &Path) -> Option<Arc<str>> {
        self.texts.get(path).cloned()
    }
}
