//! What a task's output has to look like.

use std::sync::Arc;

use serde_json::Value;
use thiserror::Error;

use super::model::ValueHandle;
use crate::identity::FingerprintId;

/// Is the option `output` of a task.
#[derive(Debug, Clone)]
pub enum OutputSchema {
    /// A JSON Schema, checked by the engine.
    JsonSchema {
        /// The schema as it was written.
        schema: Value,
        /// The schema made ready.
        validator: Arc<jsonschema::Validator>,
    },
    /// A Standard Schema, or an object with `parse` or `safeParse`, checked in the sandbox.
    Code {
        /// The schema in the sandbox.
        value: ValueHandle,
        /// What it checks, as far as a change of it can be told.
        fingerprint: FingerprintId,
    },
}

/// Makes a JSON Schema, draft 2020-12, ready to check values.
///
/// # Errors
/// Where it is no JSON Schema, or too large to be made ready.
pub(crate) fn json_schema_validator(
    schema: &Value,
) -> Result<Arc<jsonschema::Validator>, InvalidSchema> {
    if let Some(what) = excess(schema) {
        return Err(InvalidSchema(what));
    }
    jsonschema::draft202012::new(schema)
        .map(Arc::new)
        .map_err(|error| InvalidSchema(error.to_string()))
}

/// The reason why something is no JSON Schema that can be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub(crate) struct InvalidSchema(String);

/// The size in bytes up to which a schema is made ready to check values, which takes up to a thousand
/// times as much, and that of one pattern in it.
const MAX_SCHEMA_BYTES: usize = 256 * 1024;
const MAX_PATTERN_BYTES: usize = 4 * 1024;

/// Returns what of a schema is too large to be made ready, if anything is.
fn excess(schema: &Value) -> Option<String> {
    let mut bytes = 0;
    let mut left = vec![schema];
    while let Some(value) = left.pop() {
        // About what its text takes.
        bytes += 8;
        match value {
            Value::String(text) => bytes += text.len(),
            Value::Array(items) => left.extend(items),
            Value::Object(members) => {
                for (name, value) in members {
                    let is_pattern = name == "pattern" && value.is_string();
                    let pattern = value.as_str().filter(|_| is_pattern).unwrap_or(name);
                    if pattern.len() > MAX_PATTERN_BYTES {
                        let limit = MAX_PATTERN_BYTES >> 10;
                        return Some(format!("a name or a pattern has more than {limit} KiB"));
                    }
                    bytes += name.len();
                    left.push(value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        if bytes > MAX_SCHEMA_BYTES {
            return Some(format!("it has more than {} KiB", MAX_SCHEMA_BYTES >> 10));
        }
    }
    None
}
