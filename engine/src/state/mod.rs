//! What outlives a run: stored task runs, applies, workspaces, what providers keep, locks.
//!
//! One `SQLite` file holds it, by default `.rigkit/state.sqlite`. [`State`] may change it and
//! is made by whoever applies; [`StateReader`] sees one moment of it, changes nothing, and is
//! all that a plan needs. Each method that writes is one transaction that also raises the
//! [serial](StateReader::serial), so a result is stored in whole or not at all, and whoever
//! shows the state notices.
//!
//! A commit survives the death of the process at once, and that of the machine from the next
//! [`State::checkpoint`] on.
//!
//! A state may come with a stranger's repository. So what lies at its path is looked at before it
//! is opened ([`StateFile`]), its schema is compared before anything is read of it, and reading is
//! bounded.

mod applies;
mod bounds;
mod columns;
mod connect;
mod copy;
mod error;
mod failures;
mod file_names;
mod fuzzed;
mod guarded_file;
mod host_storage;
mod ids;
mod invalidate;
mod lock;
mod machine_key;
mod migrations;
mod open;
mod place;
mod presence;
pub(crate) mod private_files;
mod provider_storage;
mod prune;
mod read_runs;
mod record_runs;
mod runs;
mod schema;
mod stamp;
mod stored_output;
mod workspace_operations;
mod workspaces;

#[cfg(test)]
mod tests;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Params, Row, TransactionBehavior};

use bounds::Meter;
use connect::Bounded;
use presence::Presence;

pub use applies::{ApplyCounts, ApplyMatch, ApplyRecord, FinishedApply, NewApply};
pub use error::{Displacement, StateError};
pub use failures::FailedTask;
pub(crate) use file_names::safe_file_name;
#[doc(hidden)]
pub use fuzzed::{fuzzed_file, fuzzed_file_seeds};
pub use guarded_file::FileKind;
pub use host_storage::HostStorage;
pub use ids::{ApplyId, OperationRunId, RunId, WorkspaceId};
pub use lock::{ApplyLock, ApplyLocks, Attempt, Holder};
pub use machine_key::{MachineKey, machine_key};
pub use place::StateFile;
pub use provider_storage::{ProviderStore, StorageRecord};
pub use prune::{RUNS_FOR_EXPLAIN, RUNS_FOR_REUSE};
pub use runs::{
    InvalidatedRun, Invalidation, InvalidationCause, NewRun, RunRecord, RunSummary, StoredArtifact,
    StoredComponent,
};
pub use stamp::StateStamp;
pub use stored_output::StoredOutput;
pub use workspace_operations::WorkspaceOperationRun;
pub use workspaces::{NewWorkspace, WorkspaceRecord, WorkspaceState};

/// How long a writer waits for another one; none of them takes long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads a state file.
///
/// One that [`StateReader::open_existing`] gave sees the file as it was at that moment, in all
/// its answers. While it lives, the log beside the file cannot shrink, so it should not live
/// longer than a plan.
#[derive(Debug)]
pub struct StateReader {
    connection: Connection,
    meter: Meter,
    path: PathBuf,
    is_copy: bool,
}

/// Reads and changes a state file.
#[derive(Debug)]
pub struct State {
    reader: StateReader,
    presence: Presence,
}

impl Deref for State {
    type Target = StateReader;

    fn deref(&self) -> &StateReader {
        &self.reader
    }
}

impl StateReader {
    fn new(bounded: Bounded, path: PathBuf, is_copy: bool) -> Self {
        Self {
            connection: bounded.connection,
            meter: bounded.meter,
            path,
            is_copy,
        }
    }

    /// Gives the absolute path of the state file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Says whether a copy of the state file is read, as
    /// [`open_existing`](StateReader::open_existing) makes one of a file that it cannot read
    /// without a trace.
    ///
    /// That takes time in proportion to the file, until the next time somebody writes to it.
    #[must_use]
    pub fn is_copy(&self) -> bool {
        self.is_copy
    }

    /// Gives the number that rises with every change of the state.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn serial(&self) -> Result<u64, StateError> {
        let sql = "SELECT value FROM meta WHERE key = 'serial'";
        let serial = self.row(sql, (), |row| row.get(0).map(|columns::Count(count)| count))?;
        serial.ok_or_else(|| self.damaged("it has no serial"))
    }

    /// Returns the error of content that contradicts what Rigkit stores.
    pub(crate) fn damaged(&self, detail: impl Into<String>) -> StateError {
        StateError::Damaged {
            path: self.path.clone(),
            detail: detail.into(),
        }
    }

    /// Looks through the whole file and says what is wrong with it, one line a finding.
    ///
    /// Takes time in proportion to the file.
    ///
    /// # Errors
    /// When the file cannot be read at all.
    pub fn integrity_problems(&self) -> Result<Vec<String>, StateError> {
        let mut problems: Vec<String> =
            self.rows("PRAGMA integrity_check", (), |row| row.get(0))?;
        problems.retain(|problem| problem != "ok");
        let dangling = "SELECT \"table\", parent FROM pragma_foreign_key_check
             UNION ALL SELECT 'current_runs', 'node_runs' FROM current_runs
               WHERE run NOT IN (SELECT ordinal FROM node_runs)
             UNION ALL SELECT 'run_upstreams', 'node_runs' FROM run_upstreams
               WHERE run NOT IN (SELECT ordinal FROM node_runs)";
        let dangling: Vec<(String, String)> =
            self.rows(dangling, (), |row| Ok((row.get(0)?, row.get(1)?)))?;
        problems.extend(dangling.into_iter().map(|(table, parent)| {
            format!("a row of {table} refers to a row of {parent} that is missing")
        }));
        Ok(problems)
    }

    fn rows<T, C: FromIterator<T>>(
        &self,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<C, StateError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let read = |row: &Row<'_>| {
                self.meter.charge(row)?;
                read(row)
            };
            statement.query_map(params, read)?.collect()
        })
    }

    fn row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StateError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let read = |row: &Row<'_>| {
                self.meter.charge(row)?;
                read(row)
            };
            statement.query_row(params, read).optional()
        })
    }

    fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StateError> {
        self.meter.restart();
        work(&self.connection).map_err(|error| self.failure(error))
    }

    fn failure(&self, error: rusqlite::Error) -> StateError {
        StateError::from_database(&self.path, error)
    }
}

impl State {
    /// Moves what was written into the state file itself, on disk, and empties the log.
    ///
    /// For the end of an apply. Does what it can without waiting for anyone: a reader may hold
    /// on to the log.
    ///
    /// # Errors
    /// When the state cannot be written, or is not where it was any more.
    pub fn checkpoint(&mut self) -> Result<(), StateError> {
        let connection = &self.reader.connection;
        self.reader.meter.restart();
        let checkpoint = || {
            connection.busy_timeout(Duration::ZERO)?;
            let result =
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_busy| Ok(()));
            connection.busy_timeout(PATIENCE)?;
            result
        };
        match checkpoint().map_err(|error| self.failure(error)) {
            Err(StateError::Busy { .. }) | Ok(()) => self.presence.check(),
            Err(error) => Err(error),
        }
    }

    /// Does some work in a transaction, and raises the serial if that changed anything.
    ///
    /// Nothing is changed where the file is not what was opened any more.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StateError> {
        let reader = &mut self.reader;
        reader.meter.restart();
        let failure = |error| StateError::from_database(&reader.path, error);
        let transaction = reader
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failure)?;
        let result = changed(&transaction, work).map_err(failure)?;
        self.presence.check()?;
        transaction.commit().map_err(failure)?;
        Ok(result)
    }
}

fn changed<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let before = connection.total_changes();
    let result = work(connection)?;
    if connection.total_changes() != before {
        connection
            .prepare_cached("UPDATE meta SET value = value + 1 WHERE key = 'serial'")?
            .execute(())?;
    }
    Ok(result)
}
