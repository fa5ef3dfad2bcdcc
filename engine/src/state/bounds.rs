//! What a state file may cost, whoever made it: how much is read of it, and in how many steps.
//!
//! A database can hold views that never end, values of gigabytes and trees that lead back to
//! themselves. The database is told to run nothing that the file brings along, and a connection
//! stops by itself before a statement takes longer than any state of Rigkit would need.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, Row, ffi};

use crate::trust::Trust;

/// The most bytes of a value, and of a row.
pub(super) const VALUE_BYTES: u64 = 16 << 20;

/// How many steps of the database lie between two looks at how many there were.
///
/// With fewer the looks would cost a few percent of the time of a plan.
const STEPS_PER_LOOK: i32 = 10_000;

/// The bounds of what one connection may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    /// The most steps of one statement.
    pub steps: u64,
    /// The most bytes of all values that are read; nothing where only each is bounded.
    pub bytes_read: Option<u64>,
    /// The most bytes of a file that is copied to be read.
    pub bytes_copied: u64,
}

impl Bounds {
    /// Returns the bounds for the state of a project.
    ///
    /// A million steps take about 20 ms. A million stored runs take fewer than 100 million steps.
    pub(super) fn of(trust: Trust) -> Self {
        match trust {
            Trust::Trusted => Self {
                steps: 300_000_000,
                bytes_read: None,
                bytes_copied: 1 << 30,
            },
            Trust::Untrusted => Self {
                steps: 30_000_000,
                bytes_read: Some(8 << 20),
                bytes_copied: 64 << 20,
            },
        }
    }
}

/// The count of what a connection has cost so far.
#[derive(Debug)]
pub(super) struct Meter {
    steps: Arc<AtomicU64>,
    bytes_left: Option<AtomicU64>,
}

impl Meter {
    /// Bounds a connection, before anything is read through it.
    pub(super) fn install(connection: &mut Connection, bounds: Bounds) -> rusqlite::Result<Self> {
        run_nothing_of_the_file(connection)?;
        limit_sizes(connection)?;
        let steps = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&steps);
        let look = move || {
            let before = counted.fetch_add(STEPS_PER_LOOK.unsigned_abs().into(), Ordering::Relaxed);
            before > bounds.steps
        };
        connection.progress_handler(STEPS_PER_LOOK, Some(look))?;
        Ok(Self {
            steps,
            bytes_left: bounds.bytes_read.map(AtomicU64::new),
        })
    }

    /// Begins to count the steps of another statement.
    pub(super) fn restart(&self) {
        self.steps.store(0, Ordering::Relaxed);
    }

    /// Counts the bytes of a row that was read.
    pub(super) fn charge(&self, row: &Row<'_>) -> rusqlite::Result<()> {
        let Some(left) = &self.bytes_left else {
            return Ok(());
        };
        let mut size = 0;
        for column in 0..row.as_ref().column_count() {
            size += match row.get_ref(column)? {
                rusqlite::types::ValueRef::Text(bytes) | rusqlite::types::ValueRef::Blob(bytes) => {
                    bytes.len() as u64
                }
                _ => 8,
            };
        }
        let before = left.load(Ordering::Relaxed);
        let after = before.checked_sub(size).ok_or_else(too_big)?;
        left.store(after, Ordering::Relaxed);
        Ok(())
    }
}

fn too_big() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_TOOBIG), None)
}

/// Keeps views, functions in the schema and the like from running.
///
/// Triggers are left: the schema has one, which writers need.
fn run_nothing_of_the_file(connection: &Connection) -> rusqlite::Result<()> {
    for (switch, is_on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
    ] {
        connection.set_db_config(switch, is_on)?;
    }
    // Memory that another process can cut off ends this one.
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "cell_size_check", true)
}

fn limit_sizes(connection: &Connection) -> rusqlite::Result<()> {
    let value_bytes = i32::try_from(VALUE_BYTES).unwrap_or(i32::MAX);
    for (limit, value) in [
        (Limit::SQLITE_LIMIT_LENGTH, value_bytes),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
        (Limit::SQLITE_LIMIT_COLUMN, 100),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 50),
        (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 10),
        (Limit::SQLITE_LIMIT_VDBE_OP, 25_000),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
        // The database attaches the file that it copies another one into.
        (Limit::SQLITE_LIMIT_ATTACHED, 1),
    ] {
        connection.set_limit(limit, value)?;
    }
    Ok(())
}

/// Keeps triggers from running, where nothing is written.
pub(super) fn run_no_triggers(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)
        .map(drop)
}
