//! Opening a state file: to change it, or to read it without leaving a trace.
//!
//! The database keeps a log (`-wal`) and an index of it (`-shm`) beside the file. Rigkit
//! never removes these two, so a reader that finds them can join in without making anything;
//! all it may touch is the index, which is nothing but shared memory. A file without them was
//! last used by something else, or copied from elsewhere: nobody has it open, and a reader
//! takes a copy of its own. It does so too to bring an older layout up to date for itself, and
//! always where nobody vouches for the project.

use std::io;
use std::path::Path;
use std::sync::PoisonError;

use rusqlite::{Connection, OpenFlags};
use tempfile::NamedTempFile;

use super::bounds::{Bounds, run_no_triggers};
use super::connect::{Bounded, prepare_to_write};
use super::copy::{OPENING_OR_COPYING, copy_of_stranger, copy_through, copy_unused};
use super::migrations::{LAYOUTS, Layouts, migrate};
use super::place::{Part, Parts, Place};
use super::presence::Presence;
use super::{State, StateError, StateFile, StateReader};

/// The size of a new file's pages in bytes.
///
/// Every page that a transaction touches goes to the log in whole, and storing a run touches
/// about ten, each a little; half the usual size keeps the log small.
const PAGE_SIZE: u32 = 2_048;

/// The mode of a new file: people who share a project can read its state.
const FILE_MODE: u32 = 0o644;

impl State {
    /// Opens a state file to read and change it; makes it, and its directory, if need be.
    ///
    /// A file of an older layout is brought up to date.
    ///
    /// # Errors
    /// When the file is damaged, another program's or person's, not as Rigkit makes it or of a newer
    /// layout, in which case it is left as it is, or when it cannot be made or written.
    pub fn open(file: &StateFile) -> Result<Self, StateError> {
        Self::open_with(file, &LAYOUTS)
    }

    pub(super) fn open_with(file: &StateFile, layouts: &Layouts<'_>) -> Result<Self, StateError> {
        let _guard = OPENING_OR_COPYING
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let place = make_folder(file)?;
        let bounds = Bounds::of(file.trust());
        if Parts::look(&place)?.get(Part::Main).is_none() {
            make_file(&place, layouts, bounds)?;
        }
        refuse_unusable(&place, layouts, bounds)?;
        let bounded = open_to_write(&place, layouts, bounds)?;
        let reader = StateReader::new(bounded, place.shown.clone(), false);
        // The first read makes the log and its index, by which readers join in.
        reader.serial()?;
        let presence = Presence::of(place)?;
        Ok(Self { reader, presence })
    }
}

impl StateReader {
    /// Opens a state file as it is now, to read it only; `None` if there is none.
    ///
    /// Neither makes nor changes anything, but for the index beside the file, and works where
    /// nothing may be written. A file of an older layout is read through a copy, and so is that of
    /// a project that nobody vouches for.
    ///
    /// # Errors
    /// When the file is damaged, another program's or person's, not as Rigkit makes it or of a newer
    /// layout, or cannot be read.
    pub fn open_existing(file: &StateFile) -> Result<Option<Self>, StateError> {
        Self::open_existing_with(file, &LAYOUTS)
    }

    pub(super) fn open_existing_with(
        file: &StateFile,
        layouts: &Layouts<'_>,
    ) -> Result<Option<Self>, StateError> {
        let Some(place) = file.place()? else {
            return Ok(None);
        };
        let parts = Parts::look(&place)?;
        match parts.get(Part::Main) {
            None => return Ok(None),
            Some(main) if main.len() == 0 => return Err(StateError::Empty { path: place.shown }),
            Some(_) => {}
        }
        let bounds = Bounds::of(file.trust());
        let (mut bounded, mut is_copy) = if file.trust().is_trusted() {
            open_to_read(&place, parts, bounds)?
        } else {
            (copy_of_stranger(&place, bounds)?, true)
        };
        let known = bounded.known_layout(&place.shown, layouts)?;
        let fail = |error| StateError::from_database(&place.shown, error);
        if known < layouts.steps.len() {
            if !is_copy {
                (bounded, is_copy) = (copy_through(&bounded, &place, bounds)?, true);
            }
            migrate(&mut bounded.connection, layouts).map_err(fail)?;
        }
        run_no_triggers(&bounded.connection).map_err(fail)?;
        bounded.connection.execute_batch("BEGIN").map_err(fail)?;
        let reader = Self::new(bounded, place.shown.clone(), is_copy);
        reader.serial()?;
        Ok(Some(reader))
    }
}

/// Opens the file itself if that leaves no trace, else a copy; returns which it is.
fn open_to_read(
    place: &Place,
    parts: Parts,
    bounds: Bounds,
) -> Result<(Bounded, bool), StateError> {
    let mut parts = parts;
    loop {
        if parts.has_log_and_index() {
            refuse_journal(place, &parts)?;
            let bounded = Bounded::open(&place.real, OpenFlags::SQLITE_OPEN_READ_ONLY, bounds);
            let bounded =
                bounded.map_err(|error| StateError::from_database(&place.shown, error))?;
            return Ok((bounded, false));
        }
        if let Some(copied) = copy_unused(place, bounds)? {
            return Ok((copied, true));
        }
        parts = Parts::look(place)?;
    }
}

/// Refuses a database that has a log and a journal, for it never writes both.
fn refuse_journal(place: &Place, parts: &Parts) -> Result<(), StateError> {
    if parts.has_log_and_index() && parts.has_journal() {
        let path = Part::Journal.of(&place.shown);
        return Err(StateError::LeftJournal { path });
    }
    Ok(())
}

/// Makes the folder of a state file if there is none, and finds the file's place in it.
fn make_folder(file: &StateFile) -> Result<Place, StateError> {
    if let Some(place) = file.place()? {
        return Ok(place);
    }
    let folder = file.path().parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .map_err(|error| StateError::from_writing("create the directory", folder, error))?;
    let missing = || {
        let gone = io::ErrorKind::NotFound.into();
        StateError::from_writing("create the directory", folder, gone)
    };
    file.place()?.ok_or_else(missing)
}

/// Makes a new state file, which appears in whole, or leaves the one that somebody else has made
/// meanwhile.
fn make_file(place: &Place, layouts: &Layouts<'_>, bounds: Bounds) -> Result<(), StateError> {
    let folder = place.real.parent().unwrap_or(Path::new("/"));
    let fail = |error| StateError::from_writing("make", &place.shown, error);
    let new = new_file_in(folder).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => {
            StateError::from_writing("make a file in", folder_of(&place.shown), error)
        }
        _ => fail(error),
    })?;
    let fill = || -> rusqlite::Result<()> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let mut bounded = Bounded::open(new.path(), flags, bounds)?;
        bounded
            .connection
            .pragma_update(None, "page_size", PAGE_SIZE)?;
        // Nothing has to be undone in a file that goes away when it is not finished.
        bounded
            .connection
            .pragma_update(None, "journal_mode", "MEMORY")?;
        migrate(&mut bounded.connection, layouts).map(drop)
    };
    fill().map_err(|error| StateError::from_database(&place.shown, error))?;
    match new.persist_noclobber(&place.real) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(fail(error.error)),
        _ => Ok(()),
    }
}

fn new_file_in(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    tempfile::Builder::new()
        .prefix(".state-")
        .suffix(".new")
        .permissions(std::fs::Permissions::from_mode(FILE_MODE))
        .tempfile_in(folder)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// Refuses a file that cannot be used, before anything appears beside it.
fn refuse_unusable(place: &Place, layouts: &Layouts<'_>, bounds: Bounds) -> Result<(), StateError> {
    let parts = Parts::look(place)?;
    if parts.get(Part::Main).is_some_and(|main| main.len() == 0) {
        let path = place.shown.clone();
        return Err(StateError::Empty { path });
    }
    refuse_journal(place, &parts)?;
    if !parts.is_alone() {
        return Ok(());
    }
    Bounded::open_unchanging(&place.real, bounds)
        .map_err(|error| StateError::from_database(&place.shown, error))?
        .known_layout(&place.shown, layouts)
        .map(drop)
}

fn open_to_write(
    place: &Place,
    layouts: &Layouts<'_>,
    bounds: Bounds,
) -> Result<Bounded, StateError> {
    let fail = |error| StateError::from_database(&place.shown, error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let mut bounded = Bounded::open(&place.real, flags, bounds).map_err(fail)?;
    require_writable(&bounded.connection).map_err(fail)?;
    let known = bounded.known_layout(&place.shown, layouts)?;
    prepare_to_write(&bounded.connection).map_err(fail)?;
    if known < layouts.steps.len() {
        migrate(&mut bounded.connection, layouts).map_err(fail)?;
    }
    Ok(bounded)
}

fn require_writable(connection: &Connection) -> rusqlite::Result<()> {
    use rusqlite::ffi;
    if connection.is_readonly("main")? {
        // What may not be written was opened to be read instead, without a word.
        let failure = ffi::Error::new(ffi::SQLITE_READONLY);
        return Err(rusqlite::Error::SqliteFailure(failure, None));
    }
    Ok(())
}
