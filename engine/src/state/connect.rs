//! Connections to a database file, each bounded before anything is read through it.

use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::bounds::{Bounds, Meter};
use super::migrations::{Layout, Layouts, layout};
use super::{PATIENCE, StateError, schema};

/// How many pages the log grows to, about 32 MiB, before it is written back in the middle of an
/// apply, which has to wait for the disk.
const LOG_PAGES: u32 = 16_000;

/// Enough for every statement of this module.
const CACHED_STATEMENTS: usize = 64;

/// A connection with the count of what it has cost.
#[derive(Debug)]
pub(super) struct Bounded {
    pub connection: Connection,
    pub meter: Meter,
}

impl Bounded {
    /// Opens a file; the path must be absolute and without links.
    pub(super) fn open(path: &Path, flags: OpenFlags, bounds: Bounds) -> rusqlite::Result<Self> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        Self::of(Connection::open_with_flags(path, flags)?, bounds)
    }

    /// Opens a file as if nobody could change it, which is enough to look at its schema.
    pub(super) fn open_unchanging(path: &Path, bounds: Bounds) -> rusqlite::Result<Self> {
        let mut address = String::from("file:");
        for byte in path.as_os_str().as_bytes() {
            let _infallible = write!(address, "%{byte:02x}");
        }
        address.push_str("?immutable=1");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        Self::of(Connection::open_with_flags(address, flags)?, bounds)
    }

    fn of(mut connection: Connection, bounds: Bounds) -> rusqlite::Result<Self> {
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        // Before the first read: closing must neither write to a file that turns out to be unusable
        // nor remove what readers join in by.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        let meter = Meter::install(&mut connection, bounds)?;
        Ok(Self { connection, meter })
    }

    /// Finds out which layout the file has, and makes sure that it has that layout's schema.
    ///
    /// # Errors
    /// When it is empty, another program's, of a newer layout, or not as Rigkit makes it.
    pub(super) fn known_layout(
        &self,
        shown: &Path,
        layouts: &Layouts<'_>,
    ) -> Result<usize, StateError> {
        let fail = |error| StateError::from_database(shown, error);
        let path = shown.to_owned();
        let known = match layout(&self.connection, layouts).map_err(fail)? {
            Layout::Known(known) => known,
            Layout::Empty => return Err(StateError::Empty { path }),
            Layout::Foreign => return Err(StateError::Foreign { path }),
            Layout::Newer(found) => {
                return Err(StateError::Newer {
                    path,
                    found,
                    supported: u32::try_from(layouts.steps.len()).unwrap_or(u32::MAX),
                });
            }
        };
        match schema::difference(&self.connection, known, layouts).map_err(fail)? {
            None => Ok(known),
            Some(detail) => Err(StateError::OtherSchema { path, detail }),
        }
    }
}

/// Prepares a connection to write, once its file is known to be a state.
pub(super) fn prepare_to_write(connection: &Connection) -> rusqlite::Result<()> {
    keep_a_log(connection)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)
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
