//! Operations and their inputs.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Decoder, WireHandler, workflow::Shape};
use crate::{
    definition::{InputField, Operation, OperationInput, ValueHandle, json_schema_validator},
    modules::ModuleGraph,
    wire::{JsonText, Malformed, WirePlace},
};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireOperation {
    id: Arc<str>,
    title: Option<String>,
    description: Option<String>,
    schema: JsonText,
    fields: Option<JsonText>,
    standard: Option<u32>,
    run: WireHandler,
    scope: usize,
    place: WirePlace,
}

impl WireOperation {
    pub(super) fn of(operation: &Operation, graph: &ModuleGraph) -> Self {
        let input = &operation.input;
        let fields = input.fields.as_ref();
        Self {
            id: Arc::clone(&operation.id),
            title: operation.title.clone(),
            description: operation.description.clone(),
            schema: JsonText(input.schema.clone()),
            fields: fields.and_then(|fields| serde_json::to_value(fields).ok().map(JsonText)),
            standard: input.standard.map(|value| value.0),
            run: operation.run.into(),
            scope: operation.scope.0,
            place: WirePlace::of(&operation.place, graph),
        }
    }

    pub(super) fn decode(
        self,
        decoder: &Decoder<'_>,
        shape: &Shape,
    ) -> Result<Operation, Malformed> {
        let fields: Option<Vec<InputField>> = self
            .fields
            .map(|JsonText(fields)| serde_json::from_value(fields))
            .transpose()
            .map_err(|_| Malformed("field of an input"))?;
        Ok(Operation {
            id: self.id,
            title: self.title,
            description: self.description,
            input: OperationInput {
                validator: json_schema_validator(&self.schema.0)
                    .map_err(|_| Malformed("JSON Schema"))?,
                schema: self.schema.0,
                fields,
                standard: self.standard.map(ValueHandle),
            },
            run: decoder.handler(self.run)?,
            scope: shape.scope(self.scope)?,
            place: self.place.decode(decoder.graph)?,
        })
    }
}
