//! What a load looked at on the disk, whether it was there or not, and which file imports which.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use crate::disk::{DiskError, EntryKind, FileIdentity, ImportRoots, Status};

/// Everything that a load read or looked for in vain, for a program that keeps what was loaded and
/// wants to know when it would be another.
#[derive(Debug, Clone, Default)]
pub struct Footprint(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    project_root: PathBuf,
    looks: HashMap<PathBuf, Look>,
    imports: Vec<ImportSite>,
}

/// What was at the paths of a footprint at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looks(BTreeMap<PathBuf, Option<Seen>>);

/// What tells a file from another one that came to its path; of a folder only which one it is, for
/// nothing was read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Folder(FileIdentity),
    Other(FileIdentity, u64, SystemTime),
}

impl Seen {
    fn of(status: Status) -> Self {
        match status.kind {
            EntryKind::Folder => Self::Folder(status.identity),
            _ => Self::Other(status.identity, status.bytes, status.changed),
        }
    }
}

/// What a load saw at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// A file that it read.
    Read(Status),
    /// Something that it did not read.
    There,
    /// Nothing.
    Missing,
}

/// An import that leads to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSite {
    /// The file that it is written in.
    pub importer: PathBuf,
    /// Where its specifier is written, in bytes.
    pub bytes: Range<u32>,
    /// The file that it leads to.
    pub target: PathBuf,
}

impl Footprint {
    /// Returns the paths that were looked at.
    #[must_use]
    pub fn paths(&self) -> BTreeSet<PathBuf> {
        self.lock().looks.keys().cloned().collect()
    }

    /// Looks again at everything, to compare it with what is there later.
    #[must_use]
    pub fn look(&self) -> Looks {
        let (root, paths) = {
            let noted = self.lock();
            let paths: Vec<PathBuf> = noted.looks.keys().cloned().collect();
            (noted.project_root.clone(), paths)
        };
        let roots = ImportRoots::of_project(&root);
        let looks = paths.into_iter().map(|path| {
            let seen = roots.status(&path).ok().map(Seen::of);
            (path, seen)
        });
        Looks(looks.collect())
    }

    /// Returns whether something is not as it was when it was looked at.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        let (root, looks) = {
            let noted = self.lock();
            (noted.project_root.clone(), noted.looks.clone())
        };
        let roots = ImportRoots::of_project(&root);
        looks
            .iter()
            .any(|(path, look)| !look.is_still_so(roots.status(path)))
    }

    /// Returns the imports that were found, also where not all of them could be loaded.
    #[must_use]
    pub fn imports(&self) -> Vec<ImportSite> {
        self.lock().imports.clone()
    }

    /// Notes which project the load is of.
    pub(super) fn note_project(&self, root: &Path) {
        root.clone_into(&mut self.lock().project_root);
    }

    /// Notes a file that was read.
    pub(super) fn note_read(&self, path: &Path, status: Status) {
        let look = Look::Read(status);
        self.lock().looks.insert(path.to_path_buf(), look);
    }

    /// Notes what was found where something was looked for.
    pub(crate) fn note_look<T>(&self, path: &Path, found: &Result<T, DiskError>) {
        let look = match found {
            Ok(_) => Look::There,
            Err(_) => Look::Missing,
        };
        self.lock().looks.entry(path.to_path_buf()).or_insert(look);
    }

    /// Notes an import.
    pub(crate) fn note_import(&self, import: ImportSite) {
        self.lock().imports.push(import);
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Look {
    fn is_still_so(self, now: Result<Status, DiskError>) -> bool {
        match (self, now) {
            (Self::Read(before), Ok(now)) => Seen::of(before) == Seen::of(now),
            (Self::There, Ok(_)) | (Self::Missing, Err(_)) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::fs;

    use super::*;

    #[test]
    fn what_comes_goes_or_changes_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let (file, missing) = (root.join("a.ts"), root.join("lib/b.ts"));
        fs::write(&file, "1").unwrap();
        let look = || {
            let footprint = Footprint::default();
            let roots = ImportRoots::of_project(&root);
            footprint.note_project(&root);
            footprint.note_read(&file, roots.status(&file).unwrap());
            footprint.note_look(&missing, &roots.status(&missing));
            footprint
        };
        let footprint = look();
        assert!(!footprint.is_stale());
        assert_eq!(
            footprint.paths(),
            BTreeSet::from([file.clone(), missing.clone()])
        );
        let before = footprint.look();
        assert_eq!(footprint.look(), before);
        fs::write(&file, "22").unwrap();
        assert!(footprint.is_stale());
        assert_ne!(footprint.look(), before);
        let footprint = look();
        fs::create_dir(root.join("lib")).unwrap();
        assert!(!footprint.is_stale());
        fs::write(&missing, "").unwrap();
        assert!(footprint.is_stale());
        let footprint = look();
        fs::remove_file(&missing).unwrap();
        assert!(footprint.is_stale());
    }
}
