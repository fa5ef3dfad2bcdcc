//! Copying files and folders.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use serde::Deserialize;
use walkdir::{DirEntry, WalkDir};

use super::read::open_regular;
use super::replace::replace;
use super::write::make_parents;
use super::{FileKind, FileOperation, FilePath, OperationError, Scope};

/// Says what to copy where.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileCopy {
    /// The file, or the folder with everything in it.
    pub from: FilePath,
    /// What the copy is called.
    pub to: FilePath,
    /// Whether a file that is there is replaced and a folder that is there added to.
    #[serde(default)]
    pub overwrite: bool,
}

impl FileOperation for FileCopy {
    type Outcome = ();

    fn action(&self) -> String {
        format!("copy {:?} to {:?}", self.from.as_str(), self.to.as_str())
    }

    fn perform(&self, scope: &Scope) -> Result<(), OperationError> {
        let (from, to) = (scope.resolve(&self.from), scope.resolve(&self.to));
        if !self.overwrite {
            refuse_existing(&to, scope)?;
        }
        copy(&from, &to, scope)
    }
}

/// Keeps what is there from being replaced by mistake.
pub(super) fn refuse_existing(to: &Path, scope: &Scope) -> Result<(), OperationError> {
    if to.symlink_metadata().is_ok() {
        return Err(scope.failed_with_help(
            io::ErrorKind::AlreadyExists.into(),
            "pass `overwrite: true` to replace what is there",
        ));
    }
    Ok(())
}

/// Copies whatever is there.
pub(super) fn copy(from: &Path, to: &Path, scope: &Scope) -> Result<(), OperationError> {
    let metadata = from.metadata().map_err(|error| scope.failed(error))?;
    make_parents(to).map_err(|error| scope.failed(error))?;
    if metadata.is_dir() {
        copy_folder(from, to, scope)
    } else {
        copy_file(from, to).map_err(|error| scope.failed(error))
    }
}

fn copy_folder(from: &Path, to: &Path, scope: &Scope) -> Result<(), OperationError> {
    if is_within(to, from).map_err(|error| scope.failed(error))? {
        return Err(scope.refused("a folder cannot be copied into itself"));
    }
    for entry in WalkDir::new(from) {
        scope.check()?;
        let entry = entry.map_err(|error| scope.failed(error.into()))?;
        // Walking from a folder gives nothing that is not below it.
        let below = entry.path().strip_prefix(from).unwrap_or(Path::new(""));
        copy_entry(&entry, &to.join(below))
            .map_err(|error| scope.failed_at(entry.path(), error))?;
    }
    Ok(())
}

/// Copies a folder's entry without what is in it.
fn copy_entry(entry: &DirEntry, to: &Path) -> io::Result<()> {
    match entry.file_type().into() {
        FileKind::Directory => fs::create_dir_all(to),
        // The folder the walk starts in may be reached by a link.
        FileKind::Symlink if entry.depth() == 0 => fs::create_dir_all(to),
        FileKind::Symlink => copy_link(entry.path(), to),
        FileKind::File | FileKind::Other => copy_file(entry.path(), to),
    }
}

/// Copies the contents and the permissions of a file.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let permissions = from.metadata()?.permissions();
    replace(to, |file: &mut File| {
        io::copy(&mut open_regular(from)?, file)?;
        file.set_permissions(permissions.clone())
    })
}

/// Makes a link to the same target.
#[cfg(unix)]
pub(super) fn copy_link(from: &Path, to: &Path) -> io::Result<()> {
    let target = from.read_link()?;
    match fs::remove_file(to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::os::unix::fs::symlink(target, to)
}

/// Copies what the link points to, where making links takes a privilege.
#[cfg(not(unix))]
pub(super) fn copy_link(from: &Path, to: &Path) -> io::Result<()> {
    copy_file(from, to)
}

/// Tells whether `path`, which need not be there, is `folder` or in it.
pub(super) fn is_within(path: &Path, folder: &Path) -> io::Result<bool> {
    let folder = folder.canonicalize()?;
    let existing = path.ancestors().find(|ancestor| ancestor.exists());
    Ok(existing.unwrap_or(path).canonicalize()?.starts_with(folder))
}
