//! `.rigkit`, the folder of a project that is Rigkit's own.

use std::path::Path;

use super::{DiskError, Links, Root};

/// The folder `.rigkit` of a project: a real folder, below which no link is followed.
///
/// What a repository brings as `.rigkit` may be a link to anywhere, or hold links; both are refused.
#[derive(Debug, Clone, Copy)]
pub struct DataFolder;

impl DataFolder {
    /// The name below the project's directory.
    pub const NAME: &str = ".rigkit";

    /// Opens the folder of a project; nothing where there is none yet.
    ///
    /// # Errors
    /// Where a link or a file is in its place, or the system refuses.
    pub fn open(project_root: &Path) -> Result<Option<Root>, DiskError> {
        let project = Root::open(project_root, Links::Refused)?;
        match project.open_folder(Path::new(Self::NAME), Links::Refused) {
            Ok(folder) => Ok(Some(folder)),
            Err(DiskError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens the folder of a project, and makes it where there is none yet.
    ///
    /// # Errors
    /// Where a link or a file is in its place, or the system refuses.
    pub fn make(project_root: &Path) -> Result<Root, DiskError> {
        let project = Root::open(project_root, Links::Refused)?;
        project.create_folders(Path::new(Self::NAME))?;
        project.open_folder(Path::new(Self::NAME), Links::Refused)
    }
}
