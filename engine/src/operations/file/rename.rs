//! Moving files and folders.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::copy::{copy, copy_link, is_within, refuse_existing};
use super::remove::remove_folder;
use super::write::make_parents;
use super::{FileOperation, FilePath, OperationError, Scope};

/// Says what to move where.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRename {
    /// The file or folder.
    pub from: FilePath,
    /// What it is called afterwards.
    pub to: FilePath,
    /// Whether a file or folder that is there is replaced.
    #[serde(default)]
    pub overwrite: bool,
}

impl FileOperation for FileRename {
    type Outcome = ();

    fn action(&self) -> String {
        format!("move {:?} to {:?}", self.from.as_str(), self.to.as_str())
    }

    fn perform(&self, scope: &Scope) -> Result<(), OperationError> {
        let (from, to) = (scope.resolve(&self.from), scope.resolve(&self.to));
        // Looked at first, so that a move that cannot be leaves no folders behind.
        from.symlink_metadata()
            .map_err(|error| scope.failed(error))?;
        if !self.overwrite {
            refuse_existing(&to, scope)?;
        }
        refuse_nested(&from, &to, scope)?;
        make_parents(&to).map_err(|error| scope.failed(error))?;
        if to.symlink_metadata().is_ok_and(|there| there.is_dir()) {
            replace_folder(&from, &to, scope)
        } else {
            rename(&from, &to, scope)
        }
    }
}

/// Refuses to move a folder into itself, and anything onto a folder it is in.
fn refuse_nested(from: &Path, to: &Path, scope: &Scope) -> Result<(), OperationError> {
    let within = |path: &Path, folder: &Path| {
        Ok(folder.symlink_metadata().is_ok_and(|there| there.is_dir()) && is_within(path, folder)?)
    };
    let nested = within(to, from).and_then(|into| Ok(into || within(from, to)?));
    if nested.map_err(|error| scope.failed(error))? {
        return Err(scope.refused("one of them is in the other"));
    }
    Ok(())
}

/// Puts something in the place of a folder, which is only removed when that worked.
fn replace_folder(from: &Path, to: &Path, scope: &Scope) -> Result<(), OperationError> {
    let aside = aside(to);
    fs::rename(to, &aside).map_err(|error| scope.failed(error))?;
    if let Err(error) = rename(from, to, scope) {
        // Where it was before is free, so this fails only when nothing works any more; the
        // first error is the one to tell.
        let _ = fs::rename(&aside, to);
        return Err(error);
    }
    remove_folder(&aside, scope)
}

/// Gives a name beside a folder that nothing has yet.
fn aside(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}", uuid::Uuid::new_v4().simple()));
    folder.with_file_name(name)
}

fn rename(from: &Path, to: &Path, scope: &Scope) -> Result<(), OperationError> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            move_by_copy(from, to, scope)
        }
        renamed => renamed.map_err(|error| scope.failed(error)),
    }
}

/// Moves to another file system; the original goes only when the copy is complete.
fn move_by_copy(from: &Path, to: &Path, scope: &Scope) -> Result<(), OperationError> {
    let metadata = from
        .symlink_metadata()
        .map_err(|error| scope.failed(error))?;
    if metadata.is_symlink() {
        copy_link(from, to).map_err(|error| scope.failed(error))?;
    } else {
        copy(from, to, scope)?;
    }
    if metadata.is_dir() {
        remove_folder(from, scope)
    } else {
        fs::remove_file(from).map_err(|error| scope.failed(error))
    }
}
