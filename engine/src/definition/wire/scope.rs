//! What is visible where.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Decoder;
use crate::{
    definition::{ProviderIndex, ProviderRemoval, Scope},
    modules::ModuleGraph,
    wire::{JsonText, Malformed, WirePlace, checked_index},
};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireScope {
    providers: BTreeMap<Arc<str>, usize>,
    provider_places: BTreeMap<Arc<str>, WirePlace>,
    config: JsonText,
}

impl WireScope {
    pub(super) fn of(scope: &Scope, graph: &ModuleGraph) -> Self {
        Self {
            providers: scope
                .providers
                .iter()
                .map(|(name, index)| (Arc::clone(name), index.0))
                .collect(),
            provider_places: scope
                .provider_places
                .iter()
                .map(|(name, place)| (Arc::clone(name), WirePlace::of(place, graph)))
                .collect(),
            config: JsonText(Value::Object(scope.config.clone())),
        }
    }

    pub(super) fn decode(self, decoder: &Decoder<'_>) -> Result<Scope, Malformed> {
        let providers = self.providers.into_iter().map(|(name, index)| {
            let index = checked_index(index, decoder.providers, "provider")?;
            Ok((name, ProviderIndex(index)))
        });
        let places = self.provider_places.into_iter();
        Ok(Scope {
            providers: providers.collect::<Result<_, Malformed>>()?,
            provider_places: places
                .map(|(name, place)| Ok((name, place.decode(decoder.graph)?)))
                .collect::<Result<_, Malformed>>()?,
            config: match self.config.0 {
                Value::Object(config) => config,
                _ => return Err(Malformed("configuration")),
            },
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireRemoval {
    name: Arc<str>,
    place: WirePlace,
    named_at: WirePlace,
}

impl WireRemoval {
    pub(super) fn of(removal: &ProviderRemoval, graph: &ModuleGraph) -> Self {
        Self {
            name: Arc::clone(&removal.name),
            place: WirePlace::of(&removal.place, graph),
            named_at: WirePlace::of(&removal.named_at, graph),
        }
    }

    pub(super) fn decode(self, graph: &ModuleGraph) -> Result<ProviderRemoval, Malformed> {
        Ok(ProviderRemoval {
            name: self.name,
            place: self.place.decode(graph)?,
            named_at: self.named_at.decode(graph)?,
        })
    }
}
