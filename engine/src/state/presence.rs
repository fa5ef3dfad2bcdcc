//! Whether a state file is still the one that was opened.
//!
//! A file that is removed or replaced can be written on for as long as it is open, and all of it
//! is gone in the end. So each change looks first, and a run looks once more when it ends.

use super::StateError;
use super::error::Displacement;
use super::guarded_file::{FileId, look};
use super::place::{Part, Place};

/// The files that were opened, by what the system tells them apart by.
#[derive(Debug)]
pub(super) struct Presence {
    place: Place,
    main: Option<FileId>,
    /// Without a log where the file system cannot have one.
    log: Option<FileId>,
}

impl Presence {
    /// Notes the files that are there now.
    pub(super) fn of(place: Place) -> Result<Self, StateError> {
        Ok(Self {
            main: id(&place, Part::Main)?,
            log: id(&place, Part::Log)?,
            place,
        })
    }

    /// Makes sure that the files are still those that were opened.
    pub(super) fn check(&self) -> Result<(), StateError> {
        for (part, opened) in [(Part::Main, self.main), (Part::Log, self.log)] {
            let now = id(&self.place, part)?;
            if now == opened {
                continue;
            }
            return Err(StateError::Displaced {
                path: self.place.shown.clone(),
                displacement: match now {
                    None => Displacement::Removed,
                    Some(_) => Displacement::Replaced,
                },
            });
        }
        Ok(())
    }
}

fn id(place: &Place, part: Part) -> Result<Option<FileId>, StateError> {
    let found = look(&part.of(&place.real))?;
    Ok(found.as_ref().map(FileId::of))
}
