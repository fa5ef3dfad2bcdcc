//! Which folder the files of a project may come from.

use std::{
    env,
    path::{Path, PathBuf},
};

use rustix::fs::{AtFlags, CWD, statat};

use super::{EntryKind, FileIdentity, Status};

/// Returns the folder that the files of a project may be imported from: the repository it is in, else
/// the project's own directory.
///
/// The repository is the nearest folder, from the project upward, with a `.git` that belongs to the
/// owner of the project. Neither `/` is one nor the home folder, and what is above that is not
/// asked: somebody who keeps their home under version control does not open it to every project
/// in it.
#[must_use]
pub fn import_root(project_root: &Path) -> PathBuf {
    let Ok(project) = Status::at(project_root) else {
        return project_root.to_path_buf();
    };
    let home = env::home_dir().filter(|home| home.is_absolute());
    let home = home.and_then(|home| identity(&home));
    let is_below_home = |folder: &&Path| home.is_none() || identity(folder) != home;
    let is_repository = |folder: &&Path| {
        Status::at(&folder.join(".git")).is_ok_and(|git| {
            git.owner == project.owner && matches!(git.kind, EntryKind::Folder | EntryKind::File)
        })
    };
    project_root
        .ancestors()
        .filter(|folder| folder.parent().is_some())
        .take_while(is_below_home)
        .find(is_repository)
        .unwrap_or(project_root)
        .to_path_buf()
}

/// Returns which folder it is, whatever the names it goes by.
fn identity(folder: &Path) -> Option<FileIdentity> {
    let stat = statat(CWD, folder, AtFlags::empty()).ok()?;
    Some(Status::of(&stat).identity)
}
