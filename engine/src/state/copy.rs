//! Private copies of state files: of those that nobody vouches for, of those that cannot be read
//! without a trace, and of those whose layout is older.
//!
//! A copy ends every race with whoever made the file, who can neither cut it off nor put another
//! one in its place while it is read.

use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::OpenFlags;
use tempfile::TempDir;

use super::StateError;
use super::bounds::Bounds;
use super::connect::Bounded;
use super::guarded_file::{FileId, open_to_read, require_own};
use super::place::{Part, Parts, Place};

/// Keeps this process from copying a file while it creates or opens it.
///
/// Closing any handle of a file drops the locks that this process has on it, and the database relies
/// on those.
pub(super) static OPENING_OR_COPYING: Mutex<()> = Mutex::new(());

/// How often a copy is begun of a file that somebody changes meanwhile.
const ATTEMPTS: usize = 3;

/// A connection to a copy, with the folder that the copy is in.
pub(super) struct Copied {
    pub bounded: Bounded,
    pub directory: TempDir,
}

/// Copies a file of a project that nobody vouches for, with its log.
///
/// A journal is not copied: it makes the database delete a file of any name that it holds. Nor is
/// the index, which is made anew.
pub(super) fn copy_of_stranger(place: &Place, bounds: Bounds) -> Result<Copied, StateError> {
    if Parts::look(place)?.has_journal() {
        return Err(StateError::LeftJournal {
            path: Part::Journal.of(&place.shown),
        });
    }
    copy(place, &[Part::Main, Part::Log], bounds)
}

/// Copies a file that nobody uses; nothing if somebody began to meanwhile.
pub(super) fn copy_unused(place: &Place, bounds: Bounds) -> Result<Option<Copied>, StateError> {
    let copied = copy(place, &[Part::Main, Part::Journal, Part::Log], bounds)?;
    let has_begun = Parts::look(place)?.has_log_and_index();
    Ok((!has_begun).then_some(copied))
}

/// Copies what a connection sees, which others may be writing to.
pub(super) fn copy_through(
    bounded: &Bounded,
    shown: &Path,
    bounds: Bounds,
) -> Result<Copied, StateError> {
    let directory = temporary_directory()?;
    let copy = copy_path(&directory)?;
    let copying = || {
        let target = copy.to_string_lossy();
        bounded.connection.execute("VACUUM INTO ?1", [target])?;
        Bounded::open(&copy, OpenFlags::SQLITE_OPEN_READ_WRITE, bounds)
    };
    let bounded = copying().map_err(|error| StateError::from_database(shown, error))?;
    Ok(Copied { bounded, directory })
}

fn copy(place: &Place, parts: &[Part], bounds: Bounds) -> Result<Copied, StateError> {
    let _guard = OPENING_OR_COPYING
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    for _ in 0..ATTEMPTS {
        let directory = temporary_directory()?;
        let copy = copy_path(&directory)?;
        let before = stamps(place, parts)?;
        for part in parts {
            copy_part(place, *part, &copy, bounds.bytes_copied)?;
        }
        if stamps(place, parts)? == before {
            let bounded = Bounded::open(&copy, OpenFlags::SQLITE_OPEN_READ_WRITE, bounds)
                .map_err(|error| StateError::from_database(&place.shown, error))?;
            return Ok(Copied { bounded, directory });
        }
    }
    Err(StateError::Unsteady {
        path: place.shown.clone(),
    })
}

fn copy_part(place: &Place, part: Part, copy: &Path, limit: u64) -> Result<(), StateError> {
    let source = part.of(&place.real);
    let shown = part.of(&place.shown);
    let Some((file, metadata)) = open_to_read(&source)? else {
        return Ok(());
    };
    require_own(&shown, &metadata)?;
    let too_large = || StateError::TooLarge {
        path: shown.clone(),
        limit,
    };
    if metadata.len() > limit {
        return Err(too_large());
    }
    let target = part.of(copy);
    let copied = write_bounded(file, &target, limit)
        .map_err(|error| StateError::from_writing("copy", &shown, error))?;
    if copied > limit {
        return Err(too_large());
    }
    Ok(())
}

fn write_bounded(source: File, target: &Path, limit: u64) -> io::Result<u64> {
    let mut target = File::create_new(target)?;
    let copied = io::copy(&mut source.take(limit + 1), &mut target)?;
    target.flush()?;
    Ok(copied)
}

/// What tells whether a file changed.
#[derive(PartialEq)]
struct Stamp {
    file: FileId,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            file: FileId::of(metadata),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

fn stamps(place: &Place, parts: &[Part]) -> Result<Vec<Option<Stamp>>, StateError> {
    let found = Parts::look(place)?;
    Ok(parts
        .iter()
        .map(|part| found.get(*part).map(Stamp::of))
        .collect())
}

/// Makes a folder that no other user may enter.
fn temporary_directory() -> Result<TempDir, StateError> {
    tempfile::Builder::new()
        .prefix("rigkit-state-")
        .tempdir()
        .map_err(|error| {
            StateError::from_writing("make a directory in", &std::env::temp_dir(), error)
        })
}

/// Returns the path of the copy in its folder, without links on its way.
fn copy_path(directory: &TempDir) -> Result<PathBuf, StateError> {
    let directory = directory.path();
    directory
        .canonicalize()
        .map(|directory| directory.join("state.sqlite"))
        .map_err(|error| StateError::from_reading("find", directory, error))
}
