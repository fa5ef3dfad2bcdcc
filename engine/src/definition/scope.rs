//! Which providers and which configuration a task, hook or operation sees.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value};

use super::provider::ProviderIndex;

/// Names a scope within its workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(pub usize);

/// Is what is visible at one place of a workflow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scope {
    /// The providers by the name handlers know them under.
    pub providers: BTreeMap<Arc<str>, ProviderIndex>,
    /// The merged configuration.
    pub config: Map<String, Value>,
}
