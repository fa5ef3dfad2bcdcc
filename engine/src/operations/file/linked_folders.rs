//! The links to folders that a fingerprint follows, each folder once.
//!
//! First comes all that is in a folder without following anything. Then the links wait in the order of
//! their paths. One that leads to a folder that was gone through already, above what is searched or through a link before it, is
//! not followed, so that a search ends even where links lead in circles or to each other.

use std::collections::{BTreeMap, HashSet};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::search::FoundFile;

/// A folder, whatever path leads to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FolderId {
    device: u64,
    inode: u64,
}

impl FolderId {
    /// Returns the folder that a path leads to; nothing where there is none.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let metadata = path.metadata().ok().filter(std::fs::Metadata::is_dir)?;
        Some(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }
}

/// The links that a search has met, and the folders that it was in.
pub(super) struct LinkedFolders {
    seen: HashSet<FolderId>,
    waiting: BTreeMap<PathBuf, WaitingLink>,
}

/// A link to a folder before anybody knows whether it is followed.
struct WaitingLink {
    link: FoundFile,
    /// Whether the search wants the link itself, where that is not followed.
    is_wanted: bool,
}

/// What becomes of a link.
pub(super) enum NextLink {
    /// The search goes on in the folder at this path.
    Follow(PathBuf),
    /// The link counts as it is.
    Take(FoundFile),
    /// The link does not count.
    Leave,
}

impl LinkedFolders {
    /// Begins a search in a folder.
    pub(super) fn of_search_in(root: &Path) -> Self {
        let root = root.canonicalize().unwrap_or_default();
        Self {
            seen: root.ancestors().filter_map(FolderId::of).collect(),
            waiting: BTreeMap::new(),
        }
    }

    /// Notes that the search was in a folder.
    pub(super) fn note(&mut self, folder: &Path) {
        self.seen.extend(FolderId::of(folder));
    }

    /// Puts a link behind those that come before it.
    pub(super) fn add(&mut self, link: FoundFile, is_wanted: bool) {
        let path = link.path.clone();
        self.waiting.insert(path, WaitingLink { link, is_wanted });
    }

    /// Returns what becomes of the first link that waits; nothing where none does.
    pub(super) fn next(&mut self) -> Option<NextLink> {
        let (path, WaitingLink { link, is_wanted }) = self.waiting.pop_first()?;
        let is_new = FolderId::of(&path).is_some_and(|folder| self.seen.insert(folder));
        Some(match (is_new, is_wanted) {
            (true, _) => NextLink::Follow(path),
            (false, true) => NextLink::Take(link),
            (false, false) => NextLink::Leave,
        })
    }
}
