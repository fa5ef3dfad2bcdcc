//! Which providers and which configuration a task, hook or operation sees.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value};

use super::{place::Place, provider::ProviderIndex};

/// Names a scope within its workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(pub usize);

/// Is what is visible at one place of a workflow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scope {
    /// The providers by the name handlers know them under.
    pub providers: BTreeMap<Arc<str>, ProviderIndex>,
    /// The calls that gave the providers these names.
    pub provider_places: BTreeMap<Arc<str>, Place>,
    /// The merged configuration.
    pub config: Map<String, Value>,
}

/// Is a provider that goes out of scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRemoval {
    /// The name it was known under.
    pub name: Arc<str>,
    /// The call that takes it away.
    pub place: Place,
    /// The call that gave it the name.
    pub named_at: Place,
}
