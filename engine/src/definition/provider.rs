//! Providers as they are defined.

use serde_json::Value;

use super::{model::ValueHandle, place::Place};
use crate::{identity::FingerprintId, sandbox::Thrown};

/// Names a provider within its definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderIndex(pub usize);

/// Is one provider: what it is and how it is configured.
#[derive(Debug, Clone)]
pub struct ProviderDefinition {
    /// Tells providers, and their storage, apart.
    pub provider_id: String,
    /// Where it was defined.
    pub place: Place,
    /// Whose code it is.
    pub origin: ProviderOrigin,
    /// The definition in the sandbox.
    pub value: ValueHandle,
    /// The configuration with every value resolved, or why one cannot be.
    ///
    /// A secret stands in it in clear; it may only be kept as a keyed digest.
    pub config: Result<Value, Thrown>,
    /// What its plugin does, as far as a change of it can be told.
    pub plugin: FingerprintId,
}

/// Says whose code a provider is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderOrigin {
    /// The one inside the binary, which has no checks and no artifacts.
    BuiltIn,
    /// The project's, or a package's.
    Project,
}
