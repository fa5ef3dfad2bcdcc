//! What an operation asks for.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::model::ValueHandle;

/// Is the input of an operation; whatever it was written as, it has a JSON Schema.
#[derive(Debug, Clone)]
pub struct OperationInput {
    /// A JSON Schema of an object, draft 2020-12.
    pub schema: Value,
    /// The fields, in order, where the input was written with the field builder.
    pub fields: Option<Vec<InputField>>,
    /// A Standard Schema in the sandbox that has the last word.
    pub standard: Option<ValueHandle>,
    /// The schema made ready.
    pub validator: Arc<jsonschema::Validator>,
}

/// Is one field of an input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InputField {
    /// What it takes.
    pub kind: InputFieldKind,
    /// The name.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its place among the positional arguments, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
    /// Whether it must be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// What it is when it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_value: Option<Value>,
}

/// Says what a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputFieldKind {
    /// The name of a workspace; the handler receives `{ name, ctx }`.
    Workspace,
    /// A text.
    String,
    /// A switch.
    Boolean,
    /// A number.
    Number,
    /// Everything after `--`, as a list of texts.
    Rest,
}

/// The `format` by which a schema says that a text is the name of a workspace.
pub const WORKSPACE_FORMAT: &str = "rigkit-workspace";

/// The `format` by which a schema says that a list of texts is the rest of the command line.
pub const REST_FORMAT: &str = "rigkit-rest";

/// The largest whole number up to which JavaScript tells every one from the next.
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

impl InputField {
    /// Says whether it must be given: a switch and a field with a default need not.
    #[must_use]
    pub fn is_required(&self) -> bool {
        match self.kind {
            InputFieldKind::Boolean => self.required.unwrap_or(false),
            InputFieldKind::Rest => false,
            _ => self.required.unwrap_or(true) && self.default_value.is_none(),
        }
    }

    fn schema(&self) -> Value {
        let mut schema = match self.kind {
            InputFieldKind::Workspace => {
                json!({ "type": "string", "format": WORKSPACE_FORMAT, "minLength": 1 })
            }
            InputFieldKind::String if self.is_required() => {
                json!({ "type": "string", "minLength": 1 })
            }
            InputFieldKind::String => json!({ "type": "string" }),
            InputFieldKind::Boolean => json!({ "type": "boolean" }),
            InputFieldKind::Number => json!({ "type": "number" }),
            InputFieldKind::Rest => {
                json!({ "type": "array", "items": { "type": "string" }, "format": REST_FORMAT })
            }
        };
        if let Some(description) = &self.description {
            schema["description"] = Value::from(description.as_str());
        }
        if let Some(default) = self.default() {
            schema["default"] = default;
        }
        schema
    }

    fn default(&self) -> Option<Value> {
        let default = match self.kind {
            InputFieldKind::Boolean => Some(Value::Bool(false)),
            InputFieldKind::Rest => Some(Value::Array(Vec::new())),
            _ => None,
        };
        let default = default.filter(|_| !self.is_required());
        self.default_value.clone().or(default)
    }
}

/// Writes the JSON Schema of an input that is given as fields.
pub(super) fn schema_of_fields(fields: &[InputField]) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| (field.name.clone(), field.schema()))
        .collect();
    let required: Vec<&str> = fields
        .iter()
        .filter(|field| field.is_required())
        .map(|field| field.name.as_str())
        .collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// The schema of an operation that asks for nothing.
pub(super) fn empty_schema() -> Value {
    json!({ "type": "object", "properties": {}, "additionalProperties": false })
}
