//! Where a state file is, and what lies there and beside it before anything is opened.
//!
//! The database opens the files beside a state by their names: a named pipe as a journal would
//! make it wait for ever, a link would lead it elsewhere. So nothing is opened before all of them
//! were looked at.

use std::ffi::OsString;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::StateError;
use super::guarded_file::{look, require_file, require_folder, require_own};
use crate::trust::Trust;

/// A state file that is to be opened, and how far its content is relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateFile {
    path: PathBuf,
    folder: FolderRule,
    trust: Trust,
    /// Where copies are made; the system's folder for temporary files where nothing is said.
    copies: Option<PathBuf>,
}

/// What the folder of a state file may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FolderRule {
    /// A real folder, for it comes with the project.
    Real,
    /// Also a link to one, for a person has named it.
    Any,
}

impl StateFile {
    /// Returns the state file at a path of a project, in the folder that holds Rigkit's data there.
    #[must_use]
    pub fn of_project(path: PathBuf, trust: Trust) -> Self {
        Self {
            path,
            folder: FolderRule::Real,
            trust,
            copies: None,
        }
    }

    /// Returns a state file whose path a person has named.
    #[must_use]
    pub fn named(path: PathBuf, trust: Trust) -> Self {
        Self {
            path,
            folder: FolderRule::Any,
            trust,
            copies: None,
        }
    }

    /// Makes copies in this folder, which need not be there yet, where it can be written.
    #[must_use]
    pub fn copied_to(self, folder: PathBuf) -> Self {
        Self {
            copies: Some(folder),
            ..self
        }
    }

    /// Returns the path as it was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether code of the project may run, in which case its state is relied on as well.
    #[must_use]
    pub fn trust(&self) -> Trust {
        self.trust
    }

    /// Finds where the file is, or would be; nothing where its folder does not exist.
    pub(super) fn place(&self) -> Result<Option<Place>, StateError> {
        let fail = |error| StateError::from_reading("find the state file", &self.path, error);
        let shown = std::path::absolute(&self.path).map_err(fail)?;
        let (Some(folder), Some(name)) = (shown.parent(), shown.file_name()) else {
            return Err(fail(io::ErrorKind::IsADirectory.into()));
        };
        if self.folder == FolderRule::Real {
            require_folder(folder)?;
        }
        match fs::canonicalize(folder) {
            Ok(folder) => Ok(Some(Place {
                real: folder.join(name),
                shown,
                copies: self.copies.clone(),
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StateError::from_reading(
                "open the state file",
                &shown,
                error,
            )),
        }
    }
}

/// The path of a state file in a folder that exists.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The path without links on its way, by which the database opens it.
    pub real: PathBuf,
    /// The path that people know.
    pub shown: PathBuf,
    /// Where copies are made.
    pub copies: Option<PathBuf>,
}

/// A file of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The state file itself.
    Main,
    /// The log of what was written last.
    Log,
    /// The index of the log, which is shared memory.
    Index,
    /// What undoes a half-written change of a database without a log.
    Journal,
}

impl Part {
    const ALL: [Self; 4] = [Self::Main, Self::Log, Self::Index, Self::Journal];

    /// Returns the path of this part of the database in a file.
    pub(super) fn of(self, main: &Path) -> PathBuf {
        let suffix = match self {
            Self::Main => "",
            Self::Log => "-wal",
            Self::Index => "-shm",
            Self::Journal => "-journal",
        };
        let mut name = OsString::from(main);
        name.push(suffix);
        name.into()
    }
}

/// The files of a database as they were at one moment, each a regular one of this user.
#[derive(Debug)]
pub(super) struct Parts {
    found: [Option<Metadata>; 4],
}

impl Parts {
    /// Looks at all files of a database.
    ///
    /// # Errors
    /// When one is no regular file, or belongs to somebody else.
    pub(super) fn look(place: &Place) -> Result<Self, StateError> {
        let mut found = [None, None, None, None];
        for (found, part) in found.iter_mut().zip(Part::ALL) {
            let Some(metadata) = look(&part.of(&place.real))? else {
                continue;
            };
            let shown = part.of(&place.shown);
            require_file(&shown, &metadata)?;
            require_own(&shown, &metadata)?;
            *found = Some(metadata);
        }
        Ok(Self { found })
    }

    pub(super) fn get(&self, part: Part) -> Option<&Metadata> {
        self.found[part as usize].as_ref()
    }

    /// Returns whether there are the log and the index that Rigkit leaves beside the file.
    pub(super) fn has_log_and_index(&self) -> bool {
        self.get(Part::Log).is_some() && self.get(Part::Index).is_some()
    }

    /// Returns whether nothing lies beside the file.
    pub(super) fn is_alone(&self) -> bool {
        [Part::Log, Part::Index, Part::Journal]
            .iter()
            .all(|part| self.get(*part).is_none())
    }

    /// Returns whether another program may have left work half done.
    pub(super) fn has_journal(&self) -> bool {
        self.get(Part::Journal)
            .is_some_and(|journal| journal.len() > 0)
    }
}
