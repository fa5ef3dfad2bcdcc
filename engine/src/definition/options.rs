//! The options of tasks, operations and workspaces, judged where they are written.

use rquickjs::{Object, Value as JsValue};
use serde_json::Value;

use super::{
    cache_ttl::CacheTtl,
    extract::{Extractor, describe},
    model::TaskOptions,
    names::nearest,
    place::Place,
};
use crate::{
    diagnostic::DiagnosticCode,
    sandbox::{
        json::{JsonFailure, to_json},
        text::{member_names, shown_text},
    },
};

/// The options that something has.
pub(super) struct OptionNames {
    /// What has them.
    owner: &'static str,
    names: &'static [&'static str],
}

const TASK: OptionNames = OptionNames {
    owner: "a task",
    names: &["version", "cacheTTL", "output", "cutoff"],
};

/// The options of an operation.
pub(super) const OPERATION: OptionNames = OptionNames {
    owner: "an operation",
    names: &["title", "description", "input", "run"],
};

/// The options of a workspace.
pub(super) const WORKSPACE: OptionNames = OptionNames {
    owner: "a workspace",
    names: &["create", "remove"],
};

impl OptionNames {
    fn nearest(&self, written: &str) -> Option<&'static str> {
        nearest(written, self.names.iter().copied())
    }
}

impl<'js> Extractor<'_, 'js> {
    /// Reads the options of a task node.
    pub(super) fn task_options(
        &mut self,
        node: &Object<'js>,
        place: &Place,
    ) -> rquickjs::Result<TaskOptions> {
        let options: JsValue = node.get("options")?;
        let Some(options) = options.as_object() else {
            if !options.is_undefined() && !options.is_null() {
                let message = format!(
                    "the options of a task are an object, not {}",
                    describe(&self.ctx, &options)
                );
                let range = place.argument(self.graph, 1);
                self.refuse(DiagnosticCode::InvalidOption, message, range, "");
            }
            return Ok(TaskOptions::default());
        };
        self.check_option_names(options, &TASK, &[], place)?;
        Ok(TaskOptions {
            version: self.text_option(options, "version", place)?,
            cache_ttl: self.cache_ttl(options, place)?,
            output: self.output_schema(options, place)?,
            cutoff: self.switch_option(options, "cutoff", place)?,
        })
    }

    /// Refuses options that do not exist, and returns those that were most likely meant.
    pub(super) fn check_option_names(
        &mut self,
        options: &Object<'js>,
        known: &OptionNames,
        own: &[&str],
        place: &Place,
    ) -> rquickjs::Result<Vec<&'static str>> {
        let OptionNames { owner, names } = known;
        let mut meant = Vec::new();
        for (name, _) in member_names(options)? {
            let key = name.text;
            if names.contains(&key.as_str()) || own.contains(&key.as_str()) {
                continue;
            }
            let nearest = known.nearest(&key);
            let help = nearest.map_or_else(
                || format!("the options are {}", names.join(", ")),
                |known| format!("did you mean `{known}`?"),
            );
            meant.extend(nearest);
            let range = place.property_name(self.graph, &key);
            let message = format!("{owner} has no option `{key}`");
            self.refuse(DiagnosticCode::InvalidOption, message, range, &help);
        }
        Ok(meant)
    }

    /// Reads an optional text.
    pub(super) fn text_option(
        &mut self,
        options: &Object<'js>,
        name: &str,
        place: &Place,
    ) -> rquickjs::Result<Option<String>> {
        let value: JsValue = options.get(name)?;
        let text = shown_text(&value);
        if text.is_none() && !value.is_undefined() {
            let message = format!(
                "`{name}` must be a text, not {}",
                describe(&self.ctx, &value)
            );
            let range = place.property(self.graph, &[name]);
            self.refuse(DiagnosticCode::InvalidOption, message, range, "");
        }
        Ok(text)
    }

    fn switch_option(
        &mut self,
        options: &Object<'js>,
        name: &str,
        place: &Place,
    ) -> rquickjs::Result<bool> {
        let value: JsValue = options.get(name)?;
        if value.as_bool().is_none() && !value.is_undefined() {
            let message = format!(
                "`{name}` must be true or false, not {}",
                describe(&self.ctx, &value)
            );
            let range = place.property(self.graph, &[name]);
            self.refuse(DiagnosticCode::InvalidOption, message, range, "");
        }
        Ok(value.as_bool().unwrap_or_default())
    }

    /// Reads a value as JSON; members that are undefined count as not there.
    fn json_without_undefined(&self, value: &JsValue<'js>) -> Result<Value, JsonFailure> {
        let read = to_json(&self.ctx, value);
        let (Err(JsonFailure::NotJson(not_json)), Some(object)) = (&read, value.as_object()) else {
            return read;
        };
        if not_json.what != "undefined" || not_json.path.leading_names().len() != 1 {
            return read;
        }
        let rest = Object::new(self.ctx.clone())?;
        for member in object.props::<String, JsValue>() {
            let (name, member) = member?;
            if !member.is_undefined() {
                rest.set(name, member)?;
            }
        }
        to_json(&self.ctx, rest.as_value())
    }

    fn cache_ttl(
        &mut self,
        options: &Object<'js>,
        place: &Place,
    ) -> rquickjs::Result<Option<CacheTtl>> {
        let value: JsValue = options.get("cacheTTL")?;
        if value.is_undefined() {
            return Ok(None);
        }
        let problem = match self.json_without_undefined(&value) {
            Ok(json) => match CacheTtl::from_json(&json) {
                Ok(ttl) => return Ok(Some(ttl)),
                Err(problem) => problem.to_string(),
            },
            Err(JsonFailure::Threw(error)) => return Err(error),
            Err(JsonFailure::NotJson(not_json)) if value.is_number() => {
                format!(
                    "`cacheTTL` must be a finite duration of zero or more, not {}",
                    not_json.what
                )
            }
            Err(JsonFailure::NotJson(not_json)) => {
                format!("`cacheTTL` cannot be {}", not_json.what)
            }
        };
        let range = place.property(self.graph, &["cacheTTL"]);
        let help = "a number of milliseconds, a text such as \"90s\", \"30m\", \"1.5h\" or \"1d\", or an object such as { hours: 2 }";
        self.refuse(DiagnosticCode::InvalidCacheTtl, problem, range, help);
        Ok(None)
    }
}
