//! Which folder the files of a project may come from.

use std::{
    env,
    path::{Path, PathBuf},
};

use rustix::fs::{AtFlags, CWD, statat};

use super::{EntryKind, FileIdentity, Status};

/// Returns the folder that the files of a project may be imported from: the repository it is in, else the
/// project's own directory.
///
/// The repository is the nearest folder, from the project upward, with a `.git` that belongs to the
/// owner of the project. The home folder, what is above it, and `/` are none: somebody who keeps
/// their home under version control does not open it to every project in it.
#[must_use]
pub fn import_root(project_root: &Path) -> PathBuf {
    let Ok(project) = Status::at(project_root) else {
        return project_root.to_path_buf();
    };
    let is_repository = |folder: &&Path| {
        Status::at(&folder.join(".git")).is_ok_and(|git| {
            git.owner == project.owner && matches!(git.kind, EntryKind::Folder | EntryKind::File)
        })
    };
    project_root
        .ancestors()
        .filter(|folder| folder.parent().is_some())
        .find(is_repository)
        .filter(|folder| !holds_home(folder))
        .unwrap_or(project_root)
        .to_path_buf()
}

/// Returns whether a folder is the home folder or above it, whatever the names that both go by.
fn holds_home(folder: &Path) -> bool {
    let Some(identity) = identity(folder) else {
        return false;
    };
    let home = env::home_dir().unwrap_or_default();
    home.ancestors()
        .any(|ancestor| self::identity(ancestor) == Some(identity))
}

fn identity(folder: &Path) -> Option<FileIdentity> {
    let stat = statat(CWD, folder, AtFlags::empty()).ok()?;
    Some(Status::of(&stat).identity)
}
