//! The record of decisions: one line of JSON each, in a file of the person's own.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use nix::fcntl::OFlag;

use super::{Decision, Folder, OwnerRule, Subject, TrustError, error::shell_word};

/// The name of the record in the person's own directory.
const FILE_NAME: &str = "trusted";

/// The largest record that is read, in bytes; thousands of decisions fit.
pub(super) const MAX_BYTES: u64 = 1024 * 1024;

/// The bits of a file's mode that let others write it.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// Every decision of a person.
#[derive(Debug, Clone, Default)]
pub struct TrustRecord {
    decisions: Vec<Decision>,
}

impl TrustRecord {
    /// Reads the record in the person's own directory; one that is not there is empty.
    ///
    /// # Errors
    /// Where the record cannot be read as a whole, or others could have written it.
    pub fn read(host_dir: &Path) -> Result<Self, TrustError> {
        let path = own_path(host_dir)?;
        match open(&path) {
            Ok(file) => read_open(&path, file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(TrustError::Unreadable { path, source }),
        }
    }

    /// Returns the path of the record in the person's own directory.
    #[must_use]
    pub fn path_in(host_dir: &Path) -> PathBuf {
        host_dir.join(FILE_NAME)
    }

    /// Lists the decisions, the earliest first.
    #[must_use]
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// Returns the decision that code of the project in a folder may run, if there is one about
    /// the folder that is there now.
    #[must_use]
    pub fn trust_in(&self, root: &Path) -> Option<&Decision> {
        let folder = Folder::at(root).ok()?;
        self.decision(&folder, Subject::Code)
    }

    /// Returns the decision about exactly this folder and subject.
    pub(super) fn decision(&self, folder: &Folder, subject: Subject) -> Option<&Decision> {
        let is_meant =
            |decision: &&Decision| decision.folder.is_same(folder) && decision.subject == subject;
        self.decisions.iter().find(is_meant)
    }

    /// Adds a decision, in place of earlier ones about the path and subject.
    pub(super) fn add(&mut self, decision: Decision) {
        self.decisions.retain(|other| {
            other.folder.path != decision.folder.path || other.subject != decision.subject
        });
        self.decisions.push(decision);
    }

    /// Takes out the decisions about a path, whatever folder is there now.
    pub(super) fn take(&mut self, path: &Path) -> Vec<Decision> {
        let is_meant = |decision: &mut Decision| decision.folder.path == path;
        self.decisions.extract_if(.., is_meant).collect()
    }

    /// Writes the record as it is kept.
    pub(super) fn to_text(&self) -> Result<String, serde_json::Error> {
        let lines = self.decisions.iter().map(serde_json::to_string);
        lines.map(|line| line.map(|line| line + "\n")).collect()
    }
}

/// Returns the path of the record, where it can be a person's own.
pub(super) fn own_path(host_dir: &Path) -> Result<PathBuf, TrustError> {
    let path = TrustRecord::path_in(host_dir);
    // Where nobody knows the home, its place would be the current directory, which may be a
    // project's: no project decides on itself.
    if path.is_absolute() {
        Ok(path)
    } else {
        Err(TrustError::NoHome { path })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "it is in the person's home, and checked once it is open"
)]
fn open(path: &Path) -> io::Result<File> {
    // A pipe in its place must not keep anybody waiting.
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits())
        .open(path)
}

fn read_open(path: &Path, file: File) -> Result<TrustRecord, TrustError> {
    let unreadable = |source| TrustError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(damaged(path, "it is no file"));
    }
    check_exposure(path, metadata.uid(), metadata.mode())?;
    // Without room for all of it, a few bytes are asked for at a time.
    let bytes = metadata.len().min(MAX_BYTES) + 1;
    let mut text = String::with_capacity(usize::try_from(bytes).unwrap_or(0));
    match file.take(MAX_BYTES + 1).read_to_string(&mut text) {
        Ok(length) if length as u64 > MAX_BYTES => {
            let reason = format!("it is larger than {} KiB", MAX_BYTES / 1024);
            Err(damaged(path, reason))
        }
        Ok(_) => parse(path, &text),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(damaged(path, "it is not UTF-8"))
        }
        Err(error) => Err(unreadable(error)),
    }
}

fn check_exposure(path: &Path, owner: u32, mode: u32) -> Result<(), TrustError> {
    let exposed = |reason: String, remedy: String| TrustError::Exposed {
        path: path.to_owned(),
        reason,
        remedy,
    };
    let word = shell_word(path);
    if !OwnerRule::of_process().is_oneself(owner) {
        let reason = format!("belongs to another user ({owner})");
        return Err(exposed(reason, format!("rm {word}")));
    }
    if mode & WRITABLE_BY_OTHERS != 0 {
        let reason = "may be written by other users".to_owned();
        return Err(exposed(reason, format!("chmod go-w {word}")));
    }
    Ok(())
}

fn parse(path: &Path, text: &str) -> Result<TrustRecord, TrustError> {
    let lines = text.lines().enumerate();
    let written = lines.filter(|(_, line)| !line.trim().is_empty());
    let decisions = written.map(|(index, line)| {
        serde_json::from_str(line).map_err(|error| {
            // Of the line's own text nothing is repeated.
            let reason = format!("line {} is no decision, {}", index + 1, kind_of(&error));
            damaged(path, reason)
        })
    });
    Ok(TrustRecord {
        decisions: decisions.collect::<Result<_, _>>()?,
    })
}

fn kind_of(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Data => "something in it is missing or of the wrong kind",
        _ => "it is not JSON",
    }
}

fn damaged(path: &Path, reason: impl Into<String>) -> TrustError {
    TrustError::Damaged {
        path: path.to_owned(),
        reason: reason.into(),
    }
}
