//! What a task's output has to look like.

use std::sync::Arc;

use serde_json::Value;

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
/// Where it is no JSON Schema.
pub(crate) fn json_schema_validator(
    schema: &Value,
) -> Result<Arc<jsonschema::Validator>, Box<jsonschema::ValidationError<'_>>> {
    jsonschema::draft202012::new(schema)
        .map(Arc::new)
        .map_err(Box::new)
}
