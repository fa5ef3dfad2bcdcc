//! What providers keep: with the project, and on the developer's machine.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};
use thiserror::Error;

use crate::{
    sandbox::Secrets,
    state::{HostStorage, ProviderStore, State, StateError, StateFile},
};

/// Gives providers their storage.
pub(crate) struct ProviderStores {
    project: ProjectStore,
    host: Mutex<HostStorage>,
    secrets: Secrets,
}

/// Says how the storage of the project is reached.
pub(crate) enum ProjectStore {
    /// Through the state that the run has open.
    Shared(Arc<Mutex<State>>),
    /// Through a state that is opened when the first provider asks: a plan makes no file by
    /// itself.
    OnDemand {
        file: StateFile,
        state: Mutex<Option<Box<State>>>,
    },
}

/// Is one request to a storage.
pub(crate) struct StorageRequest {
    place: StoragePlace,
    action: StorageAction,
    key: String,
}

#[derive(Clone, Copy)]
enum StoragePlace {
    Project,
    Host,
}

enum StorageAction {
    Get,
    Set(Value),
    Delete,
    Entries,
}

/// Says why a request to a storage failed.
#[derive(Debug, Error)]
pub(crate) enum StorageError {
    #[error("a storage keeps only JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    #[error("a storage has no action `{0}`")]
    UnknownAction(String),
    #[error("a storage of the project cannot keep the secret `{0}`")]
    HoldsSecret(String),
    #[error(transparent)]
    State(#[from] StateError),
}

impl StorageRequest {
    /// Reads a request of the language.
    pub(crate) fn parse(
        place: &str,
        action: &str,
        key: String,
        value: &str,
    ) -> Result<Self, StorageError> {
        let place = if place == "host" {
            StoragePlace::Host
        } else {
            StoragePlace::Project
        };
        let action = match action {
            "get" => StorageAction::Get,
            "set" => StorageAction::Set(serde_json::from_str(value)?),
            "delete" => StorageAction::Delete,
            "entries" => StorageAction::Entries,
            other => return Err(StorageError::UnknownAction(other.to_owned())),
        };
        Ok(Self { place, action, key })
    }
}

impl ProviderStores {
    pub(crate) fn new(project: ProjectStore, host: HostStorage, secrets: Secrets) -> Self {
        Self {
            project,
            host: Mutex::new(host),
            secrets,
        }
    }

    /// Carries a request out for one provider.
    pub(crate) fn answer(
        &self,
        provider_id: &str,
        request: StorageRequest,
    ) -> Result<Value, StorageError> {
        match request.place {
            StoragePlace::Project => self.in_project(provider_id, request),
            StoragePlace::Host => act(
                &mut *lock(&self.host),
                provider_id,
                request.action,
                &request.key,
            ),
        }
    }

    fn in_project(
        &self,
        provider_id: &str,
        request: StorageRequest,
    ) -> Result<Value, StorageError> {
        if let StorageAction::Set(value) = &request.action {
            let secret = self.secrets.find(&request.key);
            if let Some(name) = secret.or_else(|| self.secrets.find_in(value)) {
                return Err(StorageError::HoldsSecret(name));
            }
        }
        match &self.project {
            ProjectStore::Shared(state) => {
                act(&mut *lock(state), provider_id, request.action, &request.key)
            }
            ProjectStore::OnDemand { file, state } => {
                let mut opened = lock(state);
                let state = match opened.take() {
                    Some(state) => state,
                    None => Box::new(State::open(file)?),
                };
                act(
                    &mut **opened.insert(state),
                    provider_id,
                    request.action,
                    &request.key,
                )
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn act(
    store: &mut dyn ProviderStore,
    provider_id: &str,
    action: StorageAction,
    key: &str,
) -> Result<Value, StorageError> {
    match action {
        StorageAction::Get => Ok(json!(store.get(provider_id, key)?)),
        StorageAction::Set(value) => Ok(json!(store.set(
            provider_id,
            key,
            &value,
            Timestamp::now()
        )?)),
        StorageAction::Delete => Ok(json!(store.delete(provider_id, key)?)),
        StorageAction::Entries => Ok(json!(store.entries(provider_id, key)?)),
    }
}
