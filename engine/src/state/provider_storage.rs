//! What providers keep from run to run, in the state.

use jiff::Timestamp;
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::columns::{Json, Millis};
use super::{State, StateError, StateReader};

/// Is a value that a provider keeps under a key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StorageRecord {
    /// The provider.
    pub provider_id: String,
    /// The key.
    pub key: String,
    /// The value.
    pub value: Value,
    /// When the key got its first value.
    #[serde(serialize_with = "crate::iso_time::serialize")]
    pub created_at: Timestamp,
    /// When the key got this value.
    #[serde(serialize_with = "crate::iso_time::serialize")]
    pub updated_at: Timestamp,
}

/// Keeps values for providers, each provider apart from the others.
pub trait ProviderStore {
    /// Gives what is kept under a key.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn get(&self, provider_id: &str, key: &str) -> Result<Option<StorageRecord>, StateError>;

    /// Keeps a value under a key, in place of what was there.
    ///
    /// # Errors
    /// When the store cannot be written; it is as it was then.
    fn set(
        &mut self,
        provider_id: &str,
        key: &str,
        value: &Value,
        at: Timestamp,
    ) -> Result<StorageRecord, StateError>;

    /// Forgets a key, and says whether there was something under it.
    ///
    /// # Errors
    /// When the store cannot be written; it is as it was then.
    fn delete(&mut self, provider_id: &str, key: &str) -> Result<bool, StateError>;

    /// Gives everything under keys with a prefix, sorted by the keys' bytes.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn entries(&self, provider_id: &str, prefix: &str) -> Result<Vec<StorageRecord>, StateError>;
}

const RECORD: &str = "SELECT provider_id, key, created_at, updated_at, value FROM provider_storage";

impl StateReader {
    /// Gives what a provider keeps under a key.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn stored_value(
        &self,
        provider_id: &str,
        key: &str,
    ) -> Result<Option<StorageRecord>, StateError> {
        let sql = format!("{RECORD} WHERE provider_id = ?1 AND key = ?2");
        self.row(&sql, [provider_id, key], record)
    }

    /// Gives everything a provider keeps under keys with a prefix, sorted by the keys' bytes.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn stored_entries(
        &self,
        provider_id: &str,
        prefix: &str,
    ) -> Result<Vec<StorageRecord>, StateError> {
        let sql = format!("{RECORD} WHERE provider_id = ?1 AND key >= ?2 ORDER BY key");
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let read = |row: &Row<'_>| {
                self.meter.charge(row)?;
                record(row)
            };
            statement
                .query_map([provider_id, prefix], read)?
                // Sorted by bytes, keys with the prefix are the first from the prefix on.
                .take_while(|row| !row.as_ref().is_ok_and(|row| !row.key.starts_with(prefix)))
                .collect()
        })
    }
}

impl StateReader {
    /// Lists the providers that keep something, by their ids.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn storing_providers(&self) -> Result<Vec<String>, StateError> {
        let sql = "SELECT DISTINCT provider_id FROM provider_storage ORDER BY provider_id";
        self.rows(sql, (), |row| row.get(0))
    }
}

impl State {
    /// Forgets all that a provider keeps, and returns how much that was.
    ///
    /// # Errors
    /// When the state cannot be written; it is as it was then.
    pub fn forget_provider(&mut self, provider_id: &str) -> Result<usize, StateError> {
        self.write(|connection| {
            connection
                .prepare_cached("DELETE FROM provider_storage WHERE provider_id = ?1")?
                .execute([provider_id])
        })
    }
}

impl ProviderStore for State {
    fn get(&self, provider_id: &str, key: &str) -> Result<Option<StorageRecord>, StateError> {
        self.stored_value(provider_id, key)
    }

    fn set(
        &mut self,
        provider_id: &str,
        key: &str,
        value: &Value,
        at: Timestamp,
    ) -> Result<StorageRecord, StateError> {
        self.write(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO provider_storage (provider_id, key, created_at, updated_at, value)
                     VALUES (?1, ?2, ?3, ?3, ?4)
                     ON CONFLICT (provider_id, key)
                     DO UPDATE SET updated_at = excluded.updated_at, value = excluded.value
                     RETURNING provider_id, key, created_at, updated_at, value",
                )?
                .query_row(params![provider_id, key, Millis(at), Json(value)], record)
        })
    }

    fn delete(&mut self, provider_id: &str, key: &str) -> Result<bool, StateError> {
        let deleted = self.write(|connection| {
            connection
                .prepare_cached("DELETE FROM provider_storage WHERE provider_id = ?1 AND key = ?2")?
                .execute([provider_id, key])
        })?;
        Ok(deleted > 0)
    }

    fn entries(&self, provider_id: &str, prefix: &str) -> Result<Vec<StorageRecord>, StateError> {
        self.stored_entries(provider_id, prefix)
    }
}

fn record(row: &Row<'_>) -> rusqlite::Result<StorageRecord> {
    Ok(StorageRecord {
        provider_id: row.get(0)?,
        key: row.get(1)?,
        created_at: row.get(2).map(|Millis(time)| time)?,
        updated_at: row.get(3).map(|Millis(time)| time)?,
        value: row.get(4).map(|Json(value)| value)?,
    })
}
