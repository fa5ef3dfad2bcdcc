//! Providers and how they are configured.

use serde::{Deserialize, Serialize};

use super::Decoder;
use crate::{
    definition::{ProviderDefinition, ProviderOrigin, ValueHandle},
    identity::FingerprintId,
    modules::ModuleGraph,
    wire::{JsonText, Malformed, WirePlace, WireThrown},
};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireProvider {
    provider_id: String,
    place: WirePlace,
    is_built_in: bool,
    value: u32,
    config: Result<JsonText, WireThrown>,
    plugin: FingerprintId,
}

impl WireProvider {
    pub(super) fn of(provider: &ProviderDefinition, graph: &ModuleGraph) -> Self {
        Self {
            provider_id: provider.provider_id.clone(),
            place: WirePlace::of(&provider.place, graph),
            is_built_in: provider.origin == ProviderOrigin::BuiltIn,
            value: provider.value.0,
            config: match &provider.config {
                Ok(config) => Ok(JsonText(config.clone())),
                Err(thrown) => Err(WireThrown::of(thrown, graph)),
            },
            plugin: provider.plugin,
        }
    }

    pub(super) fn decode(self, decoder: &Decoder<'_>) -> Result<ProviderDefinition, Malformed> {
        Ok(ProviderDefinition {
            provider_id: self.provider_id,
            place: self.place.decode(decoder.graph)?,
            origin: if self.is_built_in {
                ProviderOrigin::BuiltIn
            } else {
                ProviderOrigin::Project
            },
            value: ValueHandle(self.value),
            config: match self.config {
                Ok(JsonText(config)) => Ok(config),
                Err(thrown) => Err(thrown.decode(decoder.graph)?),
            },
            plugin: decoder.fingerprint(self.plugin)?,
        })
    }
}
