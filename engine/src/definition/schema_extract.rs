//! Schemas of outputs and inputs, judged where they are written.

use std::sync::Arc;

use rquickjs::{Function, Object, Value as JsValue, function::This};
use serde_json::Value;

use super::{
    extract::{Extractor, describe, kind_of},
    input::{InputField, OperationInput, empty_schema, schema_of_fields},
    place::Place,
    schema::{OutputSchema, json_schema_validator},
};
use crate::{
    diagnostic::DiagnosticCode,
    sandbox::json::{JsonFailure, to_json},
};

impl<'js> Extractor<'_, 'js> {
    /// Reads the option `output` of a task.
    pub(super) fn output_schema(
        &mut self,
        options: &Object<'js>,
        place: &Place,
    ) -> rquickjs::Result<Option<OutputSchema>> {
        let value: JsValue = options.get("output")?;
        if value.is_undefined() {
            return Ok(None);
        }
        let Some(object) = value.as_object() else {
            let message = format!(
                "`output` is not a schema but {}",
                describe(&self.ctx, &value)
            );
            let range = place.property(self.graph, &["output"]);
            self.refuse(DiagnosticCode::InvalidSchema, message, range, OUTPUT_HELP);
            return Ok(None);
        };
        if is_code(object)? {
            return Ok(Some(OutputSchema::Code {
                value: self.keep(value.clone())?,
                fingerprint: self.fingerprints.read(&value)?,
            }));
        }
        let schema = self.json_schema(&value, "output", place)?;
        Ok(schema.map(|(schema, validator)| OutputSchema::JsonSchema { schema, validator }))
    }

    /// Reads the member `input` of an operation; nothing if it is no input.
    pub(super) fn operation_input(
        &mut self,
        definition: &Object<'js>,
        place: &Place,
        id: &str,
    ) -> rquickjs::Result<Option<OperationInput>> {
        let value: JsValue = definition.get("input")?;
        if value.is_undefined() {
            return Ok(self.input(empty_schema(), None, place));
        }
        let Some(object) = value.as_object() else {
            let message = format!(
                "`input` of `{id}` is not a schema but {}",
                describe(&self.ctx, &value)
            );
            let range = place.property(self.graph, &["input"]);
            self.refuse(DiagnosticCode::InvalidSchema, message, range, INPUT_HELP);
            return Ok(None);
        };
        if kind_of(object)? == "rigkit.operation-input" || object.contains_key("fields")? {
            return self.field_input(object, place);
        }
        if object.contains_key("~standard")? {
            return self.standard_input(object, place);
        }
        let schema = self.json_schema(&value, "input", place)?;
        Ok(schema.and_then(|(schema, _)| self.object_input(schema, place)))
    }

    fn field_input(
        &mut self,
        object: &Object<'js>,
        place: &Place,
    ) -> rquickjs::Result<Option<OperationInput>> {
        let fields: JsValue = object.get("fields")?;
        let read = match to_json(&self.ctx, &fields) {
            Ok(json) => {
                serde_json::from_value::<Vec<InputField>>(json).map_err(|error| error.to_string())
            }
            Err(JsonFailure::Threw(error)) => return Err(error),
            Err(JsonFailure::NotJson(not_json)) => Err(format!(
                "{} is {}",
                not_json.path.after("fields"),
                not_json.what
            )),
        };
        match read {
            Ok(fields) => Ok(self.input(schema_of_fields(&fields), Some(fields), place)),
            Err(reason) => {
                let range = place.property(self.graph, &["input"]);
                let message = format!("`input` has a field that is none: {reason}");
                self.refuse(DiagnosticCode::InvalidSchema, message, range, INPUT_HELP);
                Ok(None)
            }
        }
    }

    fn standard_input(
        &mut self,
        object: &Object<'js>,
        place: &Place,
    ) -> rquickjs::Result<Option<OperationInput>> {
        let Some(schema) = self.standard_json_schema(object)? else {
            let range = place.property(self.graph, &["input"]);
            let message =
                "this schema cannot give a JSON Schema, which the command line needs for its flags";
            let help = "use a library whose schemas can (zod 4, arktype, valibot with its JSON Schema package), or write a JSON Schema";
            self.refuse(DiagnosticCode::InvalidSchema, message, range, help);
            return Ok(None);
        };
        let value = self.keep(object.clone().into_value())?;
        Ok(self
            .object_input(schema, place)
            .map(|input| OperationInput {
                standard: Some(value),
                ..input
            }))
    }

    /// Asks a Standard Schema for its JSON Schema, in the ways that libraries offer it.
    fn standard_json_schema(&mut self, object: &Object<'js>) -> rquickjs::Result<Option<Value>> {
        let ask: Function = crate::sandbox::loader::rigkit(&self.ctx)?.get("standardJsonSchema")?;
        let answer: JsValue = ask.call((
            This(JsValue::new_undefined(self.ctx.clone())),
            object.clone(),
        ))?;
        match to_json(&self.ctx, &answer) {
            Ok(Value::Object(schema)) => Ok(Some(Value::Object(schema))),
            Err(JsonFailure::Threw(error)) => Err(error),
            _ => Ok(None),
        }
    }

    fn object_input(&mut self, schema: Value, place: &Place) -> Option<OperationInput> {
        if schema.get("type").is_some_and(|kind| kind != "object") {
            let range = place.property(self.graph, &["input"]);
            let message = "the input of an operation must be an object";
            self.refuse(DiagnosticCode::InvalidSchema, message, range, INPUT_HELP);
            return None;
        }
        let mut schema = schema;
        if let Some(members) = schema.as_object_mut() {
            members
                .entry("type")
                .or_insert_with(|| Value::from("object"));
            members
                .entry("additionalProperties")
                .or_insert(Value::Bool(false));
        }
        self.input(schema, None, place)
    }

    fn input(
        &mut self,
        schema: Value,
        fields: Option<Vec<InputField>>,
        place: &Place,
    ) -> Option<OperationInput> {
        let validator = self.validator(&schema, "input", place)?;
        Some(OperationInput {
            schema,
            fields,
            standard: None,
            validator,
        })
    }

    fn json_schema(
        &mut self,
        value: &JsValue<'js>,
        option: &str,
        place: &Place,
    ) -> rquickjs::Result<Option<(Value, Arc<jsonschema::Validator>)>> {
        match to_json(&self.ctx, value) {
            Ok(schema) => Ok(self
                .validator(&schema, option, place)
                .map(|validator| (schema, validator))),
            Err(JsonFailure::Threw(error)) => Err(error),
            Err(JsonFailure::NotJson(not_json)) => {
                let message = format!(
                    "{} is {}, which no JSON Schema has",
                    not_json.path.after(option),
                    not_json.what
                );
                let range = place.property(self.graph, &[option]);
                self.refuse(DiagnosticCode::InvalidSchema, message, range, "");
                Ok(None)
            }
        }
    }

    fn validator(
        &mut self,
        schema: &Value,
        option: &str,
        place: &Place,
    ) -> Option<Arc<jsonschema::Validator>> {
        match json_schema_validator(schema) {
            Ok(validator) => Some(validator),
            Err(error) => {
                let message = format!("`{option}` is not a JSON Schema: {error}");
                let range = place.property(self.graph, &[option]);
                self.refuse(DiagnosticCode::InvalidSchema, message, range, "");
                None
            }
        }
    }
}

const OUTPUT_HELP: &str =
    "a JSON Schema, a Standard Schema, or an object with `parse` or `safeParse`";
const INPUT_HELP: &str = "a JSON Schema of an object, a Standard Schema, or fields: `input: (w) => w.input({ port: w.number() })`";

/// Says whether a schema is code and not a JSON Schema.
fn is_code(schema: &Object<'_>) -> rquickjs::Result<bool> {
    for member in ["~standard", "parse", "safeParse"] {
        let value: JsValue = schema.get(member)?;
        if value.is_function() || (member == "~standard" && value.is_object()) {
            return Ok(true);
        }
    }
    Ok(false)
}
