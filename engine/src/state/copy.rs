//! Private copies of state files: of those that nobody vouches for, of those that cannot be read
//! without a trace, and of those whose layout is older.
//!
//! A copy ends every race with whoever made the file, who can neither cut it off nor put another
//! one in its place while it is read. It has a name for a moment only: once it is open, its folder
//! goes, so that no process leaves one behind, however it ends.

use std::fs::{DirBuilder, File, Metadata, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
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

/// The mode of folders of copies: no other user may enter.
const FOLDER_MODE: u32 = 0o700;

/// Copies a file of a project that nobody vouches for, with its log.
///
/// A journal is not copied: it makes the database delete a file of any name that it holds. Nor is
/// the index, which is made anew.
pub(super) fn copy_of_stranger(place: &Place, bounds: Bounds) -> Result<Bounded, StateError> {
    if Parts::look(place)?.has_journal() {
        return Err(StateError::LeftJournal {
            path: Part::Journal.of(&place.shown),
        });
    }
    copy(place, &[Part::Main, Part::Log], bounds)
}

/// Copies a file that nobody uses; nothing if somebody began to meanwhile.
pub(super) fn copy_unused(place: &Place, bounds: Bounds) -> Result<Option<Bounded>, StateError> {
    let copied = copy(place, &[Part::Main, Part::Journal, Part::Log], bounds)?;
    let has_begun = Parts::look(place)?.has_log_and_index();
    Ok((!has_begun).then_some(copied))
}

/// Copies what a connection sees, which others may be writing to.
pub(super) fn copy_through(
    bounded: &Bounded,
    place: &Place,
    bounds: Bounds,
) -> Result<Bounded, StateError> {
    let directory = temporary_directory(place)?;
    let copy = copy_path(&directory)?;
    let copying = || {
        let target = copy.to_string_lossy();
        bounded.connection.execute("VACUUM INTO ?1", [target])?;
        open(&copy, bounds)
    };
    copying().map_err(|error| StateError::from_database(&place.shown, error))
}

fn copy(place: &Place, parts: &[Part], bounds: Bounds) -> Result<Bounded, StateError> {
    let _guard = OPENING_OR_COPYING
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    for _ in 0..ATTEMPTS {
        let directory = temporary_directory(place)?;
        let copy = copy_path(&directory)?;
        let before = stamps(place, parts)?;
        for part in parts {
            copy_part(place, *part, &copy, bounds.bytes_copied)?;
        }
        if stamps(place, parts)? == before {
            return open(&copy, bounds)
                .map_err(|error| StateError::from_database(&place.shown, error));
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

/// Opens a copy with all that the database needs of it, so that its folder can go.
fn open(copy: &Path, bounds: Bounds) -> rusqlite::Result<Bounded> {
    let bounded = Bounded::open(copy, OpenFlags::SQLITE_OPEN_READ_WRITE, bounds)?;
    let connection = &bounded.connection;
    // Nobody else opens it, so no file has to tell others what is in its log.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    // The first read opens the log, and takes back what a journal holds.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode != "wal" {
        connection.pragma_update(None, "journal_mode", "MEMORY")?;
    }
    Ok(bounded)
}

/// Makes a folder that no other user may enter.
fn temporary_directory(place: &Place) -> Result<TempDir, StateError> {
    let own = place
        .copies
        .as_deref()
        .filter(|folder| folder.is_absolute());
    let own = own.and_then(|folder| {
        let made = DirBuilder::new()
            .recursive(true)
            .mode(FOLDER_MODE)
            .create(folder);
        made.and_then(|()| temporary_directory_in(folder)).ok()
    });
    let system = std::env::temp_dir();
    own.map_or_else(|| temporary_directory_in(&system), Ok)
        .map_err(|error| StateError::from_writing("make a directory in", &system, error))
}

fn temporary_directory_in(folder: &Path) -> io::Result<TempDir> {
    tempfile::Builder::new()
        .prefix("state-")
        .permissions(Permissions::from_mode(FOLDER_MODE))
        .tempdir_in(folder)
}

/// Returns the path of the copy in its folder, without links on its way.
fn copy_path(directory: &TempDir) -> Result<PathBuf, StateError> {
    let directory = directory.path();
    directory
        .canonicalize()
        .map(|directory| directory.join("state.sqlite"))
        .map_err(|error| StateError::from_reading("find", directory, error))
}
