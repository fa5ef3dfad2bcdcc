//! Provider definitions, with every value of their configuration resolved.

use std::path::Path;

use rquickjs::{Function, Object, Value as JsValue};

use super::{
    extract::Extractor,
    provider::{ProviderDefinition, ProviderIndex, ProviderOrigin},
};
use crate::{
    diagnostic::DiagnosticCode,
    modules::ModuleOrigin,
    sandbox::{
        Thrown,
        json::{JsonFailure, to_json_object},
        loader::rigkit,
    },
};

const PLUGIN_HELP: &str =
    "give `defineProvider` an object with `createProvider` as its third argument";

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
        let provider_id: JsValue = object.get("providerId")?;
        let plugin: JsValue = object.get("plugin")?;
        let Some(plugin) = plugin.as_object() else {
            let range = place.range(self.graph);
            let message = format!("the provider `{name}` has no plugin");
            self.refuse(
                DiagnosticCode::ProviderWithoutPlugin,
                message,
                range,
                PLUGIN_HELP,
            );
            return Ok(None);
        };
        if !plugin.get::<_, JsValue>("createProvider")?.is_function() {
            let range = place.argument(self.graph, 2);
            let message =
                format!("the plugin of the provider `{name}` has no function `createProvider`");
            self.refuse(
                DiagnosticCode::ProviderWithoutPlugin,
                message,
                range,
                PLUGIN_HELP,
            );
            return Ok(None);
        }
        let Some(provider_id) = provider_id.as_string().and_then(|id| id.to_string().ok()) else {
            let range = place.argument(self.graph, 0);
            self.refuse(
                DiagnosticCode::NotAProvider,
                format!("the provider `{name}` has no id"),
                range,
                "",
            );
            return Ok(None);
        };
        let origin = self.origin(plugin);
        let plugin = self.fingerprints.read(plugin.as_value())?;
        let config = self.provider_config(object)?;
        let index = ProviderIndex(self.providers.len());
        self.providers.push(ProviderDefinition {
            provider_id,
            place,
            origin,
            value,
            config,
            plugin,
        });
        self.providers_by_value.insert(value, index);
        Ok(Some(index))
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
            Err(JsonFailure::NotJson(not_json)) => Ok(Err(plain_error(format!(
                "{} is {}, which is not JSON",
                not_json.path.after("config"),
                not_json.what
            )))),
        }
    }

    fn settled(&self, promise: &rquickjs::Promise<'js>) -> Result<JsValue<'js>, Thrown> {
        while promise.state() == rquickjs::promise::PromiseState::Pending
            && self.ctx.execute_pending_job()
        {}
        match promise.result::<JsValue>() {
            Some(Ok(value)) => Ok(value),
            Some(Err(_)) => Err(self.thrown()),
            None => Err(plain_error(
                "a value of the configuration never resolves: a definition has no timers and no network".to_owned(),
            )),
        }
    }
}

fn plain_error(message: String) -> Thrown {
    Thrown {
        name: "Error".to_owned(),
        message,
        help: None,
        frames: Vec::new(),
    }
}
