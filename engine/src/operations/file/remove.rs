//! Removing files and folders.

use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;

use super::stat::is_absence;
use super::{FileOperation, FilePath, OperationError, Scope};

/// Says what to remove.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRemove {
    /// The file, folder or link; what a link points to stays.
    pub path: FilePath,
    /// Whether a folder goes with everything in it; without, only an empty one does.
    #[serde(default)]
    pub recursive: bool,
    /// Whether it is fine when nothing is there.
    #[serde(default)]
    pub force: bool,
}

impl FileOperation for FileRemove {
    /// Whether something was there.
    type Outcome = bool;

    fn action(&self) -> String {
        format!("remove {:?}", self.path.as_str())
    }

    fn perform(&self, scope: &Scope) -> Result<bool, OperationError> {
        let path = scope.resolve(&self.path);
        let metadata = match path.symlink_metadata() {
            Ok(metadata) => metadata,
            Err(error) if self.force && is_absence(&error) => return Ok(false),
            Err(error) => return Err(scope.failed(error)),
        };
        match (metadata.is_dir(), self.recursive) {
            (false, _) => fs::remove_file(path).map_err(|error| scope.failed(error))?,
            (true, false) => fs::remove_dir(path).map_err(|error| folder_stays(error, scope))?,
            (true, true) => {
                refuse_project(&path, scope)?;
                remove_folder(&path, scope)?;
            }
        }
        Ok(true)
    }
}

/// Keeps a path that came out shorter than meant from taking the project with it.
fn refuse_project(path: &Path, scope: &Scope) -> Result<(), OperationError> {
    let canonical = |path: &Path| path.canonicalize().map_err(|error| scope.failed(error));
    if canonical(&scope.project_dir)?.starts_with(canonical(path)?) {
        return Err(scope.refused("the project is in it"));
    }
    Ok(())
}

fn folder_stays(error: io::Error, scope: &Scope) -> OperationError {
    if error.kind() == io::ErrorKind::DirectoryNotEmpty {
        return scope.failed_with_help(error, "pass `recursive: true` to remove what is in it too");
    }
    scope.failed(error)
}

/// Removes a folder entry by entry, so that it can be cancelled in between; what is below
/// an entry is left to the standard library, which cannot be led astray by a link that
/// appears meanwhile.
pub(super) fn remove_folder(folder: &Path, scope: &Scope) -> Result<(), OperationError> {
    for entry in folder.read_dir().map_err(|error| scope.failed(error))? {
        scope.check()?;
        let entry = entry.map_err(|error| scope.failed(error))?;
        remove_entry(&entry).map_err(|error| scope.failed_at(&entry.path(), error))?;
    }
    fs::remove_dir(folder).map_err(|error| scope.failed(error))
}

fn remove_entry(entry: &fs::DirEntry) -> io::Result<()> {
    if entry.file_type()?.is_dir() {
        fs::remove_dir_all(entry.path())
    } else {
        fs::remove_file(entry.path())
    }
}
