//! What providers keep for all projects of a person, in one file a provider.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::columns::whole_milliseconds;
use super::file_names::safe_file_name;
use super::private_files::{
    ClosedTo, create_private_directory, open_lock_file, read_private, replace,
};
use super::{ProviderStore, StateError, StorageRecord};

const WHAT: &str = "host storage";

/// The most bytes of a provider's file.
const LONGEST_FILE: u64 = 64 << 20;

/// The layout of the files; others are not touched.
const VERSION: u32 = 1;

/// Keeps values for providers in the files of a directory.
///
/// Several processes may share the directory: a writer waits for the others of its provider, a
/// reader never waits and sees what the last finished writer left. Nothing is made before
/// something is to be kept.
#[derive(Debug, Clone)]
pub struct HostStorage {
    directory: PathBuf,
}

/// Is the content of a provider's file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    version: u32,
    provider_id: String,
    entries: BTreeMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    value: Value,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl HostStorage {
    /// Keeps things in a directory, which need not exist yet.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Gives the directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Forgets all that a provider keeps, and returns how much that was.
    ///
    /// # Errors
    /// When the store cannot be read or written; it is as it was then.
    pub fn forget_provider(&mut self, provider_id: &str) -> Result<usize, StateError> {
        if self.read(provider_id)?.is_empty() {
            return Ok(0);
        }
        self.update(provider_id, |entries| {
            let forgotten = std::mem::take(entries).len();
            (forgotten, Changed::Yes)
        })
    }

    fn file(&self, provider_id: &str, ending: &str) -> PathBuf {
        let name = safe_file_name(provider_id) + ending;
        self.directory.join(name)
    }

    fn read(&self, provider_id: &str) -> Result<BTreeMap<String, Entry>, StateError> {
        let path = self.file(provider_id, ".json");
        match read_private(&path, LONGEST_FILE, ClosedTo::Writers)? {
            Some(content) => parse(&content, provider_id, &path),
            None => Ok(BTreeMap::new()),
        }
    }

    /// Changes what a provider keeps while no one else does; `change` says whether it did.
    fn update<T>(
        &mut self,
        provider_id: &str,
        change: impl FnOnce(&mut BTreeMap<String, Entry>) -> (T, Changed),
    ) -> Result<T, StateError> {
        create_private_directory(&self.directory)?;
        let _lock = self.lock(provider_id)?;
        let mut entries = self.read(provider_id)?;
        let (result, changed) = change(&mut entries);
        if changed == Changed::Yes {
            let content = Content {
                version: VERSION,
                provider_id: provider_id.to_owned(),
                entries,
            };
            self.store(&content)?;
        }
        Ok(result)
    }

    fn lock(&self, provider_id: &str) -> Result<File, StateError> {
        let path = self.file(provider_id, ".lock");
        let file = open_lock_file(&path)?;
        file.lock()
            .map_err(|error| StateError::from_writing("lock", &path, error))?;
        Ok(file)
    }

    fn store(&self, content: &Content) -> Result<(), StateError> {
        let path = self.file(&content.provider_id, ".json");
        let mut text = serde_json::to_vec_pretty(content)
            .map_err(|error| StateError::from_writing("write", &path, error.into()))?;
        text.push(b'\n');
        if text.len() as u64 > LONGEST_FILE {
            return Err(StateError::TooLarge {
                path,
                limit: LONGEST_FILE,
            });
        }
        replace(&path, &text)
    }
}

impl ProviderStore for HostStorage {
    fn get(&self, provider_id: &str, key: &str) -> Result<Option<StorageRecord>, StateError> {
        let entry = self.read(provider_id)?.remove_entry(key);
        Ok(entry.map(|(key, entry)| entry.into_record(provider_id, key)))
    }

    fn set(
        &mut self,
        provider_id: &str,
        key: &str,
        value: &Value,
        at: Timestamp,
    ) -> Result<StorageRecord, StateError> {
        let at = whole_milliseconds(at);
        let created_at = self.update(provider_id, |entries| {
            let created_at = entries.get(key).map_or(at, |entry| entry.created_at);
            let entry = Entry {
                value: value.clone(),
                created_at,
                updated_at: at,
            };
            entries.insert(key.to_owned(), entry);
            (created_at, Changed::Yes)
        })?;
        Ok(StorageRecord {
            provider_id: provider_id.to_owned(),
            key: key.to_owned(),
            value: value.clone(),
            created_at,
            updated_at: at,
        })
    }

    fn delete(&mut self, provider_id: &str, key: &str) -> Result<bool, StateError> {
        if !self.read(provider_id)?.contains_key(key) {
            return Ok(false);
        }
        self.update(provider_id, |entries| match entries.remove(key) {
            Some(_) => (true, Changed::Yes),
            None => (false, Changed::No),
        })
    }

    fn entries(&self, provider_id: &str, prefix: &str) -> Result<Vec<StorageRecord>, StateError> {
        let entries = self.read(provider_id)?;
        let with_prefix = entries
            .into_iter()
            .filter(|(key, _)| key.starts_with(prefix));
        Ok(with_prefix
            .map(|(key, entry)| entry.into_record(provider_id, key))
            .collect())
    }
}

#[derive(PartialEq)]
enum Changed {
    Yes,
    No,
}

impl Entry {
    fn into_record(self, provider_id: &str, key: String) -> StorageRecord {
        StorageRecord {
            provider_id: provider_id.to_owned(),
            key,
            value: self.value,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

fn parse(
    content: &[u8],
    provider_id: &str,
    path: &Path,
) -> Result<BTreeMap<String, Entry>, StateError> {
    let damaged = |detail| StateError::DamagedFile {
        what: WHAT,
        path: path.to_owned(),
        detail,
    };
    let content: Content =
        serde_json::from_slice(content).map_err(|error| damaged(error.to_string()))?;
    if content.version != VERSION {
        let found = content.version;
        return Err(damaged(format!(
            "its version is {found}, this version of Rigkit knows {VERSION}"
        )));
    }
    if content.provider_id != provider_id {
        let found = content.provider_id;
        return Err(damaged(format!(
            "it belongs to the provider `{found}` instead of `{provider_id}`"
        )));
    }
    Ok(content.entries)
}
