//! Provider definitions, with every value of their configuration resolved.

use std::{collections::HashMap, path::Path};

use rquickjs::{Function, Object, Value as JsValue};

use super::{
    extract::Extractor,
    model::ValueHandle,
    place::Place,
    provider::{ProviderDefinition, ProviderIndex, ProviderOrigin},
};
use crate::{
    diagnostic::DiagnosticCode,
    identity::FingerprintId,
    modules::ModuleOrigin,
    sandbox::{
        Thrown,
        json::{JsonFailure, to_json_object},
        loader::rigkit,
        text::Text,
    },
    source::SourceRange,
};

const PLUGIN_HELP: &str = "give `defineProvider` an object with `createProvider` as its third \
                           argument, here or in another definition with the same id";

/// Is a provider definition that was read, whose plugin may be that of another one.
pub(super) struct FoundProvider<'js> {
    name: String,
    provider_id: String,
    place: Place,
    object: Object<'js>,
    value: ValueHandle,
    config: Result<serde_json::Value, Thrown>,
    plugin: Option<FoundPlugin<'js>>,
}

#[derive(Clone)]
struct FoundPlugin<'js> {
    object: Object<'js>,
    origin: ProviderOrigin,
    fingerprint: FingerprintId,
}

impl<'js> Extractor<'_, 'js> {
    /// Reads a provider definition; one that is used twice is read once.
    pub(super) fn provider(
        &mut self,
        object: &Object<'js>,
        name: &str,
    ) -> rquickjs::Result<Option<ProviderIndex>> {
        let value = self.keep(object.clone().into_value())?;
        if let Some(known) = self.providers_by_value.get(&value) {
            return Ok(Some(*known));
        }
        let place = self.place(object);
        let Some(provider_id) = self.provider_id(object, name, &place)? else {
            return Ok(None);
        };
        let plugin: JsValue = object.get("plugin")?;
        let plugin = match plugin.as_object() {
            None => None,
            Some(plugin) if plugin.get::<_, JsValue>("createProvider")?.is_function() => {
                Some(self.plugin(plugin)?)
            }
            Some(_) => {
                let range = place.argument(self.graph, 2);
                let message =
                    format!("the plugin of the provider `{name}` has no function `createProvider`");
                self.no_plugin(message, range);
                return Ok(None);
            }
        };
        let config = self.provider_config(object)?;
        let index = ProviderIndex(self.providers.len());
        self.providers.push(FoundProvider {
            name: name.to_owned(),
            provider_id,
            place,
            object: object.clone(),
            value,
            config,
            plugin,
        });
        self.providers_by_value.insert(value, index);
        Ok(Some(index))
    }

    fn provider_id(
        &mut self,
        object: &Object<'js>,
        name: &str,
        place: &Place,
    ) -> rquickjs::Result<Option<String>> {
        let id: JsValue = object.get("providerId")?;
        let id = Text::of(&id);
        let graph = self.graph;
        let range = || place.argument(graph, 0);
        let Some(id) = id else {
            let message = format!("the provider `{name}` has no id");
            self.refuse(DiagnosticCode::NotAProvider, message, range(), "");
            return Ok(None);
        };
        // An id is shown as a name is, but an empty one was never refused.
        let is_id = id.text.is_empty() || self.is_name(&id, "the id of a provider", range);
        Ok(is_id.then_some(id.text))
    }

    fn plugin(&mut self, plugin: &Object<'js>) -> rquickjs::Result<FoundPlugin<'js>> {
        let origin = self.origin(plugin);
        let fingerprint = self.fingerprints.read(plugin.as_value())?;
        Ok(FoundPlugin {
            object: plugin.clone(),
            origin,
            fingerprint,
        })
    }

    fn no_plugin(&mut self, message: String, range: Option<SourceRange>) {
        self.refuse(
            DiagnosticCode::ProviderWithoutPlugin,
            message,
            range,
            PLUGIN_HELP,
        );
    }

    /// Gives each provider its plugin: its own, or the last of those with its id.
    pub(super) fn finish_providers(&mut self) -> rquickjs::Result<Vec<ProviderDefinition>> {
        let found = std::mem::take(&mut self.providers);
        let mut plugins: HashMap<String, FoundPlugin<'js>> = HashMap::new();
        for provider in &found {
            if let Some(plugin) = &provider.plugin {
                plugins.insert(provider.provider_id.clone(), plugin.clone());
            }
        }
        let mut finished = Vec::new();
        for provider in found {
            let shared = plugins.get(&provider.provider_id);
            finished.extend(self.finish_provider(provider, shared)?);
        }
        Ok(finished)
    }

    fn finish_provider(
        &mut self,
        provider: FoundProvider<'js>,
        shared: Option<&FoundPlugin<'js>>,
    ) -> rquickjs::Result<Option<ProviderDefinition>> {
        let (plugin, value) = match (provider.plugin, shared) {
            (Some(own), _) => (own, provider.value),
            (None, Some(shared)) => {
                let with_plugin: Function = rigkit(&self.ctx)?.get("withPlugin")?;
                let complete = with_plugin.call((provider.object, shared.object.clone()))?;
                (shared.clone(), self.keep(complete)?)
            }
            (None, None) => {
                let message = format!("the provider `{}` has no plugin", provider.name);
                self.no_plugin(message, provider.place.range(self.graph));
                return Ok(None);
            }
        };
        Ok(Some(ProviderDefinition {
            provider_id: provider.provider_id,
            place: provider.place,
            origin: plugin.origin,
            value,
            config: provider.config,
            plugin: plugin.fingerprint,
        }))
    }

    fn origin(&self, plugin: &Object<'js>) -> ProviderOrigin {
        let create = plugin.get::<_, Function>("createProvider");
        let file = create.and_then(|create| create.get::<_, String>("fileName"));
        let module = file
            .ok()
            .and_then(|file| self.graph.find_by_name(Path::new(&file)));
        let is_built_in = module
            .is_some_and(|id| matches!(self.graph.module(id).origin, ModuleOrigin::BuiltIn(_)));
        if is_built_in {
            ProviderOrigin::BuiltIn
        } else {
            ProviderOrigin::Project
        }
    }

    /// Resolves the configuration; what cannot be is an error only where the provider is used.
    fn provider_config(
        &mut self,
        object: &Object<'js>,
    ) -> rquickjs::Result<Result<serde_json::Value, Thrown>> {
        let resolve: Function = rigkit(&self.ctx)?.get("resolveConfig")?;
        let config: JsValue = object.get("config")?;
        let resolved = resolve
            .call::<_, rquickjs::Promise>((config,))
            .map_err(|_| self.thrown())
            .and_then(|promise| self.settled(&promise));
        let resolved = match resolved {
            Ok(resolved) => resolved,
            Err(thrown) => return Ok(Err(thrown)),
        };
        match to_json_object(&self.ctx, &resolved) {
            Ok(config) => Ok(Ok(serde_json::Value::Object(config))),
            Err(JsonFailure::Threw(error)) => Err(error),
            Err(JsonFailure::NotJson(not_json)) => {
                let (path, what) = (not_json.path.after("config"), not_json.what);
                let message = format!("{path} is {what}, which is not JSON");
                Ok(Err(Thrown::without_place("Error", message)))
            }
        }
    }

    fn settled(&self, promise: &rquickjs::Promise<'js>) -> Result<JsValue<'js>, Thrown> {
        while promise.state() == rquickjs::promise::PromiseState::Pending
            && self.ctx.execute_pending_job()
        {}
        match promise.result::<JsValue>() {
            Some(Ok(value)) => Ok(value),
            Some(Err(_)) => Err(self.thrown()),
            None => Err(Thrown::without_place(
                "Error",
                "a value of the configuration never resolves: a definition has no timers and no network",
            )),
        }
    }
}
