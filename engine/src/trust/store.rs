//! Changes of the record: one at a time, each kept as a whole or not at all.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs::File,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{
    Decision, Folder, OwnerRule, Subject, TrustError, TrustRecord,
    record::{MAX_BYTES, own_path},
};
use crate::{
    disk::{Links, Root},
    state::{StateError, private_files},
};

/// The extensions of files that modules are read from.
const MODULES: [&str; 9] = ["ts", "mts", "cts", "tsx", "js", "mjs", "cjs", "jsx", "json"];

/// How many files of a folder are looked at for their owners.
const MAX_ENTRIES: usize = 10_000;

/// The place where a person's decisions are kept.
#[derive(Debug, Clone)]
pub struct TrustStore {
    host_dir: PathBuf,
}

/// A decision that is on record now.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The decision, which may be an earlier one.
    pub decision: Decision,
    /// Whether nobody had decided so before.
    pub is_new: bool,
}

impl TrustStore {
    /// Keeps decisions in the person's own directory, which need not exist yet.
    #[must_use]
    pub fn new(host_dir: impl Into<PathBuf>) -> Self {
        Self {
            host_dir: host_dir.into(),
        }
    }

    /// Reads the record.
    ///
    /// # Errors
    /// As [`TrustRecord::read`].
    pub fn read(&self) -> Result<TrustRecord, TrustError> {
        TrustRecord::read(&self.host_dir)
    }

    /// Records that code of the project in a folder may run.
    ///
    /// # Errors
    /// Where the folder cannot be used, or the record cannot be read or written.
    pub fn trust(&self, root: &Path, by: &str) -> Result<Recorded, TrustError> {
        self.decide(&folder_at(root)?, Subject::Code, by)
    }

    /// Records that files in a folder and below it may belong to those other users to whom the
    /// folder, or one of the files in it that decide what a project does, belongs now.
    ///
    /// # Errors
    /// Where nothing there belongs to another user, the folder cannot be used, or the record
    /// cannot be read or written.
    pub fn accept_owners(&self, folder: &Path, by: &str) -> Result<Vec<Recorded>, TrustError> {
        let folder = folder_at(folder)?;
        let owners = foreign_owners(&folder.path);
        if owners.is_empty() {
            return Err(TrustError::NothingForeign { path: folder.path });
        }
        let decide = |owner| self.decide(&folder, Subject::Owner { owner }, by);
        owners.into_iter().map(decide).collect()
    }

    /// Forgets every decision about a path; returns what was forgotten.
    ///
    /// # Errors
    /// Where the record cannot be read or written.
    pub fn revoke(&self, path: &Path) -> Result<Vec<Decision>, TrustError> {
        let has_any = |record: &TrustRecord| {
            let mut decisions = record.decisions().iter();
            decisions.any(|decision| decision.folder.path == path)
        };
        if !has_any(&self.read()?) {
            return Ok(Vec::new());
        }
        let _lock = self.lock()?;
        let mut record = self.read()?;
        let revoked = record.take(path);
        self.write(&record)?;
        Ok(revoked)
    }

    fn decide(&self, folder: &Folder, subject: Subject, by: &str) -> Result<Recorded, TrustError> {
        let known = |record: &TrustRecord| {
            let decision = record.decision(folder, subject)?.clone();
            Some(Recorded {
                decision,
                is_new: false,
            })
        };
        // Mostly it is on record, and nothing has to be written.
        if let Some(recorded) = known(&self.read()?) {
            return Ok(recorded);
        }
        let _lock = self.lock()?;
        let mut record = self.read()?;
        if let Some(recorded) = known(&record) {
            return Ok(recorded);
        }
        let decision = Decision {
            folder: folder.clone(),
            subject,
            at: Timestamp::now(),
            by: by.to_owned(),
        };
        record.add(decision.clone());
        self.write(&record)?;
        Ok(Recorded {
            decision,
            is_new: true,
        })
    }

    fn lock(&self) -> Result<File, TrustError> {
        let path = own_path(&self.host_dir)?.with_extension("lock");
        private_files::create_private_directory(&self.host_dir)?;
        let file = private_files::open_lock_file(&path)?;
        file.lock()
            .map_err(|error| StateError::from_writing("lock", &path, error))?;
        Ok(file)
    }

    fn write(&self, record: &TrustRecord) -> Result<(), TrustError> {
        let path = own_path(&self.host_dir)?;
        let text = record
            .to_text()
            .map_err(|error| StateError::from_writing("write", &path, error.into()))?;
        if text.len() as u64 > MAX_BYTES {
            return Err(TrustError::Full { path });
        }
        Ok(private_files::replace(&path, text.as_bytes())?)
    }
}

/// Returns whether a file may decide what a project does: a module, or variables.
fn decides(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let extension = path.extension().and_then(OsStr::to_str);
    name.starts_with(".env") || extension.is_some_and(|extension| MODULES.contains(&extension))
}

fn folder_at(path: &Path) -> Result<Folder, TrustError> {
    Folder::at(path).map_err(|source| TrustError::BadFolder {
        path: path.to_owned(),
        source,
    })
}

/// Returns the other users to whom a folder, or a file in it that decides what a project does,
/// belongs.
fn foreign_owners(folder: &Path) -> BTreeSet<u32> {
    let Ok(root) = Root::open(folder, Links::Inside) else {
        return BTreeSet::new();
    };
    let listing = root.list(Path::new(""), MAX_ENTRIES);
    let entries = listing.map(|listing| listing.entries).unwrap_or_default();
    let names = entries.iter().map(|entry| Path::new(&entry.0));
    let owners = std::iter::once(Path::new(""))
        .chain(names.filter(|name| decides(name)))
        .filter_map(|name| Some(root.status(name).ok()?.owner));
    let rule = OwnerRule::of_process();
    owners.filter(|owner| !rule.is_oneself(*owner)).collect()
}
