//! Looking at what providers have stored, and forgetting it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Engine, apply::lock_state, select};
use crate::{
    definition::Definition,
    error::{EngineError, NameKind},
    state::{HostStorage, ProviderStore as _, StorageRecord},
};

/// Something that a provider has stored, as people and programs see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredEntry {
    /// The provider, by its id.
    pub provider_id: String,
    /// Where it is kept.
    pub place: StoragePlace,
    /// The key.
    pub key: String,
    /// The value, without secrets.
    pub value: Value,
    /// When the key got its first value.
    #[serde(serialize_with = "crate::iso_time::serialize")]
    pub created_at: Timestamp,
    /// When the key got this value.
    #[serde(serialize_with = "crate::iso_time::serialize")]
    pub updated_at: Timestamp,
}

/// Where providers store things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoragePlace {
    /// In the state of the project.
    Project,
    /// In the person's own folder, for all their projects.
    Host,
}

impl Engine {
    /// Lists what a provider has stored, or what all providers of the project have; changes nothing.
    ///
    /// # Errors
    /// Where the config is wrong, for then nobody knows what in it is secret, where there is no such provider, or
    /// where a store cannot be read.
    pub fn stored_entries(&self, provider: Option<&str>) -> Result<Vec<StoredEntry>, EngineError> {
        let definition = self.definition()?;
        let ids = self.provider_ids(Some(&definition), provider)?;
        let state = self.read_state()?;
        let host = HostStorage::new(self.options.host_storage_dir.clone());
        let mut entries = Vec::new();
        for id in ids {
            if let Some(state) = &state {
                let records = state.stored_entries(&id, "")?.into_iter();
                entries.extend(records.map(|record| self.entry(StoragePlace::Project, record)));
            }
            let records = host.entries(&id, "")?.into_iter();
            entries.extend(records.map(|record| self.entry(StoragePlace::Host, record)));
        }
        Ok(entries)
    }

    /// Lists the ids of the providers that the project uses, or that have stored something in it.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub fn storing_providers(&self) -> Result<Vec<String>, EngineError> {
        let definition = self.definition_if_right()?;
        self.provider_ids(definition.as_ref(), None)
    }

    /// Forgets all that a provider has stored, and returns how much that was.
    ///
    /// # Errors
    /// Where there is no such provider, or a store cannot be written.
    pub fn clear_storage(&self, provider: &str) -> Result<usize, EngineError> {
        let definition = self.definition_if_right()?;
        let mut cleared = 0;
        for id in self.provider_ids(definition.as_ref(), Some(provider))? {
            if self.read_state()?.is_some() {
                cleared += lock_state(&self.open_state()?).forget_provider(&id)?;
            }
            let mut host = HostStorage::new(self.options.host_storage_dir.clone());
            cleared += host.forget_provider(&id)?;
        }
        Ok(cleared)
    }

    /// Finds providers by an id, or by a name under which handlers know them; all where none is named.
    fn provider_ids(
        &self,
        definition: Option<&Definition>,
        named: Option<&str>,
    ) -> Result<Vec<String>, EngineError> {
        let mut ids: BTreeSet<String> = match self.read_state()? {
            Some(state) => state.storing_providers()?.into_iter().collect(),
            None => BTreeSet::new(),
        };
        let defined = definition.map(named_providers).unwrap_or_default();
        ids.extend(defined.iter().map(|(_, id)| id.clone()));
        let Some(named) = named else {
            return Ok(ids.into_iter().collect());
        };
        if ids.contains(named) {
            return Ok(vec![named.to_owned()]);
        }
        let by_name: BTreeSet<String> = defined
            .into_iter()
            .filter(|(name, _)| name == named)
            .map(|(_, id)| id)
            .collect();
        if by_name.is_empty() {
            let known = ids.into_iter().collect();
            return Err(select::unknown(NameKind::Provider, named, known));
        }
        Ok(by_name.into_iter().collect())
    }

    fn entry(&self, place: StoragePlace, record: StorageRecord) -> StoredEntry {
        let secrets = self.variables.secrets();
        StoredEntry {
            provider_id: record.provider_id,
            place,
            key: secrets.mask(&record.key),
            value: secrets.mask_json(&record.value),
            created_at: record.created_at,
            updated_at: record.updated_at,
        }
    }
}

/// Returns the providers of a definition: each name that handlers know one under, with its id.
fn named_providers(definition: &Definition) -> Vec<(String, String)> {
    let scopes = definition
        .workflows
        .iter()
        .flat_map(|workflow| &workflow.scopes);
    let providers = scopes.flat_map(|scope| &scope.providers);
    providers
        .map(|(name, index)| {
            let id = definition.provider(*index).provider_id.clone();
            (name.to_string(), id)
        })
        .collect()
}
