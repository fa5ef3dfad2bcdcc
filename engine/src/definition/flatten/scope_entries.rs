//! What a sequence adds to the scope of everything after it: providers and configuration.

use super::{
    Arc, BadName, DiagnosticCode, Extractor, Flattening, JsValue, JsonFailure, Object, Place,
    ProviderRemoval, RESERVED_PROVIDER_NAMES, Scope, SourceRange, Text, describe, kind_of,
    member_names, nearest, to_json_object,
};

impl<'js> Flattening<'_, '_, 'js> {
    pub(super) fn add_provider(
        &mut self,
        scope: &mut Scope,
        value: &JsValue<'js>,
        site: &Place,
    ) -> rquickjs::Result<()> {
        let Some(value) = value.as_object() else {
            return Ok(());
        };
        let provider: JsValue = value.get("provider")?;
        let graph = self.extractor.graph;
        let Some(name) = self.extractor.name(value, site, "a provider")? else {
            return Ok(());
        };
        let ranges = (site.argument(graph, 0), site.argument(graph, 1));
        self.extractor
            .add_provider(scope, &name, &provider, site, ranges)
    }

    pub(super) fn remove_provider(
        &mut self,
        scope: &mut Scope,
        value: &JsValue<'js>,
        site: &Place,
    ) -> rquickjs::Result<()> {
        let Some(value) = value.as_object() else {
            return Ok(());
        };
        let Some(name) = self.extractor.name(value, site, "a provider")? else {
            return Ok(());
        };
        let removed = scope.providers.remove(&name);
        if let Some(named_at) = scope.provider_places.remove(&name) {
            self.provider_removals.push(ProviderRemoval {
                name: Arc::clone(&name),
                place: site.clone(),
                named_at,
            });
        }
        if removed.is_none() {
            let range = site.argument(self.extractor.graph, 0);
            let help = nearest(&name, scope.providers.keys().map(|known| &**known))
                .map(|known| format!("did you mean `{known}`?"))
                .unwrap_or_default();
            let message = format!("no provider `{name}` is in scope here");
            self.extractor
                .refuse(DiagnosticCode::UnknownProvider, message, range, &help);
        }
        Ok(())
    }

    pub(super) fn configure(&mut self, scope: &mut Scope, value: &JsValue<'js>, site: &Place) {
        let graph = self.extractor.graph;
        match to_json_object(&self.extractor.ctx, value) {
            Ok(object) => scope.config.extend(object),
            Err(JsonFailure::NotJson(not_json)) => {
                let range = match not_json.path.leading_names().as_slice() {
                    [] => site.argument(graph, 0),
                    names => site.property(graph, names),
                };
                let message = format!(
                    "{} is {}, which is not JSON",
                    not_json.path.after("configure input"),
                    not_json.what
                );
                let help = "a configuration is an object of texts, numbers, booleans, null, arrays and objects";
                self.extractor
                    .refuse(DiagnosticCode::NotJson, message, range, help);
            }
            Err(JsonFailure::Threw(error)) => {
                let _: Option<()> = self.extractor.or_problem(Err(error));
            }
        }
    }
}

const NAME_HELP: &str = "a name has letters, digits, signs and blanks";

impl<'js> Extractor<'_, 'js> {
    /// Adds the providers of a config or a workflow to a scope.
    pub(in crate::definition) fn add_providers(
        &mut self,
        scope: &mut Scope,
        holder: &Object<'js>,
    ) -> rquickjs::Result<()> {
        let place = self.place(holder);
        let providers: JsValue = holder.get("providers")?;
        let Some(providers) = providers.as_object() else {
            return Ok(());
        };
        for (key, member) in member_names(providers)? {
            let provider: JsValue = providers.get(member)?;
            let name = key.text.as_str();
            let path = ["providers", name];
            let ranges = (
                place.property_key(self.graph, &path),
                place.property(self.graph, &path),
            );
            if self.is_name(&key, "a provider", || ranges.0.clone()) {
                self.add_provider(scope, name, &provider, &place, ranges)?;
            }
        }
        Ok(())
    }

    fn add_provider(
        &mut self,
        scope: &mut Scope,
        name: &str,
        provider: &JsValue<'js>,
        place: &Place,
        (name_range, provider_range): (Option<SourceRange>, Option<SourceRange>),
    ) -> rquickjs::Result<()> {
        if RESERVED_PROVIDER_NAMES.contains(&name) {
            let message = format!(
                "a provider cannot be named `{name}`: handlers receive something else under it"
            );
            self.refuse(
                DiagnosticCode::ReservedProviderName,
                message,
                name_range,
                "",
            );
            return Ok(());
        }
        match provider.as_object() {
            Some(object) if kind_of(object)? == "rigkit.provider" => {
                if let Some(index) = self.provider(object, name)? {
                    let name: Arc<str> = Arc::from(name);
                    scope.providers.insert(Arc::clone(&name), index);
                    scope.provider_places.insert(name, place.clone());
                }
            }
            _ => {
                let message = format!(
                    "`{name}` is not a provider but {}",
                    describe(&self.ctx, provider)
                );
                let help = "a provider is what `defineProvider` gives, such as `host.provider()`";
                self.refuse(DiagnosticCode::NotAProvider, message, provider_range, help);
            }
        }
        Ok(())
    }

    /// Reads the member `name` as a name.
    pub(in crate::definition) fn name(
        &mut self,
        object: &Object<'js>,
        place: &Place,
        what: &str,
    ) -> rquickjs::Result<Option<Arc<str>>> {
        let name: JsValue = object.get("name")?;
        Ok(self.name_text(&name, place, what))
    }

    pub(in crate::definition) fn name_text(
        &mut self,
        name: &JsValue<'js>,
        place: &Place,
        what: &str,
    ) -> Option<Arc<str>> {
        let text = Text::of(name);
        let graph = self.graph;
        let range = || place.argument(graph, 0);
        let Some(text) = text else {
            let message = format!("{what} has no name but {}", describe(&self.ctx, name));
            self.refuse(DiagnosticCode::EmptyName, message, range(), "");
            return None;
        };
        self.is_name(&text, what, range)
            .then(|| Arc::from(text.text))
    }

    /// Judges a name, and refuses it where it cannot be one.
    pub(in crate::definition) fn is_name(
        &mut self,
        name: &Text,
        what: &str,
        range: impl FnOnce() -> Option<SourceRange>,
    ) -> bool {
        let bad = if name.is_whole {
            BadName::of(&name.text)
        } else {
            Some(BadName::HalfACharacter)
        };
        let Some(bad) = bad else {
            return true;
        };
        let (code, help) = match bad {
            BadName::Empty => (DiagnosticCode::EmptyName, ""),
            BadName::TooLong { .. } | BadName::Unshowable(_) | BadName::HalfACharacter => {
                (DiagnosticCode::InvalidName, NAME_HELP)
            }
        };
        self.refuse(code, format!("{what} has {bad}"), range(), help);
        false
    }
}
