//! Opening a state file: to change it, or to read it without leaving a trace.
//!
//! The database keeps a log (`-wal`) and an index of it (`-shm`) beside the file. Rigkit
//! never removes these two, so a reader that finds them can join in without making anything;
//! all it may touch is the index, which is nothing but shared memory. A file without them was
//! last used by something else, or copied from elsewhere: nobody has it open, and a reader
//! takes a copy of its own. It does so too to bring an older layout up to date for itself.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use std::{fs, io, thread, time::Duration};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};
use tempfile::TempDir;

use super::migrations::{Layout, MIGRATIONS, layout, migrate};
use super::{PATIENCE, State, StateError, StateReader};

/// Keeps this process from copying a file while it creates it.
///
/// Closing any handle of a file drops the locks that this process has on it, and the database relies
/// on those.
static CREATING_OR_COPYING: Mutex<()> = Mutex::new(());

/// The size of a new file's pages in bytes.
///
/// Every page that a transaction touches goes to the log in whole, and storing a run touches
/// about ten, each a little; half the usual size keeps the log small.
const PAGE_SIZE: u32 = 2_048;

/// How many pages the log grows to, about 32 MiB, before it is written back in the middle of an
/// apply, which has to wait for the disk.
const LOG_PAGES: u32 = 16_000;

/// Enough for every statement of this module.
const CACHED_STATEMENTS: usize = 64;

impl State {
    /// Opens a state file to read and change it; makes it, and its directory, if need be.
    ///
    /// A file of an older layout is brought up to date.
    ///
    /// # Errors
    /// When the file is damaged, another program's or of a newer layout, in which case it is
    /// left as it is, or when it cannot be made or written.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        Self::open_with(path, MIGRATIONS)
    }

    pub(super) fn open_with(path: &Path, migrations: &[&str]) -> Result<Self, StateError> {
        let path = absolute(path)?;
        let _guard = CREATING_OR_COPYING
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).map_err(|error| {
                StateError::from_writing("create the directory", directory, error)
            })?;
        }
        refuse_unusable(&path, migrations)?;
        let open = || connect_to_write(&path, migrations);
        let (connection, layout) =
            open().map_err(|error| StateError::from_database(&path, error))?;
        require_known(layout, &path, migrations)?;
        let reader = StateReader {
            connection,
            path,
            copy: None,
        };
        // The first read makes the log and its index, by which readers join in.
        reader.serial()?;
        Ok(Self { reader })
    }
}

impl StateReader {
    /// Opens a state file as it is now, to read it only; `None` if there is none.
    ///
    /// Neither makes nor changes anything, but for the index beside the file, and works where
    /// nothing may be written. A file of an older layout is read through a copy.
    ///
    /// # Errors
    /// When the file is damaged, another program's or of a newer layout, or cannot be read.
    pub fn open_existing(path: &Path) -> Result<Option<Self>, StateError> {
        Self::open_existing_with(path, MIGRATIONS)
    }

    pub(super) fn open_existing_with(
        path: &Path,
        migrations: &[&str],
    ) -> Result<Option<Self>, StateError> {
        let path = absolute(path)?;
        if size_of(&path)? == 0 {
            return Ok(None);
        }
        let (mut connection, mut copy) = connect_to_read(&path)?;
        let fail = |error| StateError::from_database(&path, error);
        let mut found = layout(&connection, migrations).map_err(fail)?;
        if matches!(found, Layout::Known(known) if known < migrations.len()) {
            if copy.is_none() {
                let (newer, directory) = copy_through(&connection, &path)?;
                (connection, copy) = (newer, Some(directory));
            }
            found = migrate(&mut connection, migrations).map_err(fail)?;
        }
        if found == Layout::Empty {
            return Ok(None);
        }
        require_known(found, &path, migrations)?;
        connection.execute_batch("BEGIN").map_err(fail)?;
        let reader = Self {
            connection,
            path,
            copy,
        };
        reader.serial()?;
        Ok(Some(reader))
    }
}

fn absolute(path: &Path) -> Result<PathBuf, StateError> {
    std::path::absolute(path)
        .map_err(|error| StateError::from_reading("find the state file", path, error))
}

/// Gives a file's size in bytes, 0 if there is none.
fn size_of(path: &Path) -> Result<u64, StateError> {
    let fail = |error| Err(StateError::from_reading("open the state file", path, error));
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => fail(io::ErrorKind::IsADirectory.into()),
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => fail(error),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Says whether a file has the log and the index that Rigkit leaves beside it.
fn has_log_and_index(path: &Path) -> bool {
    beside(path, "-wal").exists() && beside(path, "-shm").exists()
}

fn require_known(found: Layout, path: &Path, migrations: &[&str]) -> Result<(), StateError> {
    match found {
        Layout::Empty | Layout::Known(_) => Ok(()),
        Layout::Newer(found) => Err(StateError::Newer {
            path: path.to_owned(),
            found,
            supported: u32::try_from(migrations.len()).unwrap_or(u32::MAX),
        }),
        Layout::Foreign => Err(StateError::Foreign {
            path: path.to_owned(),
        }),
    }
}

/// Refuses a file that cannot be used, before anything appears beside it.
fn refuse_unusable(path: &Path, migrations: &[&str]) -> Result<(), StateError> {
    if size_of(path)? == 0 || has_log_and_index(path) {
        return Ok(());
    }
    let look = || layout(&connect_to_unchanging(path)?, migrations);
    let found = look().map_err(|error| StateError::from_database(path, error))?;
    require_known(found, path, migrations)
}

/// Opens a file as if nobody could change it, which is enough to look at its header.
fn connect_to_unchanging(path: &Path) -> rusqlite::Result<Connection> {
    let mut address = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        let _infallible = write!(address, "%{byte:02x}");
    }
    address.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(address, flags)
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    // Before the first read: closing must neither write to a file that turns out to be unusable
    // nor remove what readers join in by.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

fn connect_to_write(path: &Path, migrations: &[&str]) -> rusqlite::Result<(Connection, Layout)> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut connection = connect(path, flags)?;
    if connection.is_readonly("main")? {
        // What may not be written was opened to be read instead, without a word.
        let failure = ffi::Error::new(ffi::SQLITE_READONLY);
        return Err(rusqlite::Error::SqliteFailure(failure, None));
    }
    let found = layout(&connection, migrations)?;
    if matches!(found, Layout::Newer(_) | Layout::Foreign) {
        return Ok((connection, found));
    }
    if found == Layout::Empty {
        connection.pragma_update(None, "page_size", PAGE_SIZE)?;
    }
    keep_a_log(&connection)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    if found == Layout::Known(migrations.len()) {
        return Ok((connection, found));
    }
    let found = migrate(&mut connection, migrations)?;
    Ok((connection, found))
}

/// Switches the file to a write-ahead log, unless its file system cannot have one.
///
/// While another process does the same, the database answers "busy" at once instead of waiting.
fn keep_a_log(connection: &Connection) -> rusqlite::Result<()> {
    let give_up = Instant::now() + PATIENCE;
    loop {
        let switched = connection.pragma_update(None, "journal_mode", "WAL");
        match switched {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && Instant::now() < give_up =>
            {
                thread::sleep(Duration::from_millis(1));
            }
            result => return result,
        }
    }
}

/// Opens the file itself if that leaves no trace, else a copy.
fn connect_to_read(path: &Path) -> Result<(Connection, Option<TempDir>), StateError> {
    loop {
        if has_log_and_index(path) {
            let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
                .map_err(|error| StateError::from_database(path, error))?;
            return Ok((connection, None));
        }
        if let Some((connection, directory)) = copy_unused(path)? {
            return Ok((connection, Some(directory)));
        }
    }
}

/// Copies a file that nobody uses; `None` if somebody began to meanwhile.
fn copy_unused(path: &Path) -> Result<Option<(Connection, TempDir)>, StateError> {
    let _guard = CREATING_OR_COPYING
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let directory = temporary_directory()?;
    let copy = copy_path(&directory);
    for suffix in ["", "-journal", "-wal"] {
        let source = beside(path, suffix);
        match fs::copy(&source, beside(&copy, suffix)) {
            Err(error) if suffix.is_empty() || error.kind() != io::ErrorKind::NotFound => {
                return Err(StateError::from_reading("read", &source, error));
            }
            _ => {}
        }
    }
    if has_log_and_index(path) {
        return Ok(None);
    }
    make_writable(&copy)?;
    let connection = connect(&copy, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .map_err(|error| StateError::from_database(path, error))?;
    Ok(Some((connection, directory)))
}

/// Copies what a connection sees, which others may be writing to.
fn copy_through(connection: &Connection, path: &Path) -> Result<(Connection, TempDir), StateError> {
    let directory = temporary_directory()?;
    let copy = copy_path(&directory);
    let copying = || {
        let target = copy.to_string_lossy();
        connection.execute("VACUUM INTO ?1", [target])?;
        connect(&copy, OpenFlags::SQLITE_OPEN_READ_WRITE)
    };
    let connection = copying().map_err(|error| StateError::from_database(path, error))?;
    Ok((connection, directory))
}

fn temporary_directory() -> Result<TempDir, StateError> {
    tempfile::Builder::new()
        .prefix("rigkit-state-")
        .tempdir()
        .map_err(|error| {
            StateError::from_writing("make a directory in", &std::env::temp_dir(), error)
        })
}

fn copy_path(directory: &TempDir) -> PathBuf {
    directory.path().join("state.sqlite")
}

/// Lets the copy of a file that may not be written be written.
fn make_writable(copy: &Path) -> Result<(), StateError> {
    use std::os::unix::fs::PermissionsExt;
    for suffix in ["", "-journal", "-wal"] {
        let file = beside(copy, suffix);
        if file.exists() {
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600))
                .map_err(|error| StateError::from_writing("change the mode of", &file, error))?;
        }
    }
    Ok(())
}
