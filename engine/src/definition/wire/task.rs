//! Tasks and their options.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use super::{Decoder, WireHandler, workflow::Shape};
use crate::{
    definition::{CacheTtl, OutputSchema, Task, TaskOptions, ValueHandle, json_schema_validator},
    identity::FingerprintId,
    modules::ModuleGraph,
    wire::{JsonText, Malformed, WirePlace},
};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireTask {
    name: Arc<str>,
    path: Arc<str>,
    place: WirePlace,
    handler: WireHandler,
    version: Option<String>,
    cache_ttl: Option<Duration>,
    output: Option<WireOutput>,
    cutoff: bool,
    scope: usize,
    after: usize,
    point: usize,
}

#[derive(Debug, Serialize, Deserialize)]
enum WireOutput {
    JsonSchema(JsonText),
    Code {
        value: u32,
        fingerprint: FingerprintId,
    },
}

impl WireTask {
    pub(super) fn of(task: &Task, graph: &ModuleGraph) -> Self {
        Self {
            name: Arc::clone(&task.name),
            path: Arc::clone(&task.path),
            place: WirePlace::of(&task.place, graph),
            handler: task.handler.into(),
            version: task.options.version.clone(),
            cache_ttl: task.options.cache_ttl.map(CacheTtl::duration),
            output: task.options.output.as_ref().map(WireOutput::of),
            cutoff: task.options.cutoff,
            scope: task.scope.0,
            after: task.after.0,
            point: task.point.0,
        }
    }

    pub(super) fn decode(self, decoder: &Decoder<'_>, shape: &Shape) -> Result<Task, Malformed> {
        Ok(Task {
            name: self.name,
            path: self.path,
            place: self.place.decode(decoder.graph)?,
            handler: decoder.handler(self.handler)?,
            options: TaskOptions {
                version: self.version,
                cache_ttl: self
                    .cache_ttl
                    .map(CacheTtl::from_duration)
                    .transpose()
                    .map_err(|_| Malformed("time to live"))?,
                output: self
                    .output
                    .map(|output| output.decode(decoder))
                    .transpose()?,
                cutoff: self.cutoff,
            },
            scope: shape.scope(self.scope)?,
            after: shape.point(self.after)?,
            point: shape.point(self.point)?,
        })
    }
}

impl WireOutput {
    fn of(output: &OutputSchema) -> Self {
        match output {
            OutputSchema::JsonSchema { schema, .. } => Self::JsonSchema(JsonText(schema.clone())),
            OutputSchema::Code { value, fingerprint } => Self::Code {
                value: value.0,
                fingerprint: *fingerprint,
            },
        }
    }

    fn decode(self, decoder: &Decoder<'_>) -> Result<OutputSchema, Malformed> {
        Ok(match self {
            Self::JsonSchema(JsonText(schema)) => OutputSchema::JsonSchema {
                validator: json_schema_validator(&schema).map_err(|_| Malformed("JSON Schema"))?,
                schema,
            },
            Self::Code { value, fingerprint } => OutputSchema::Code {
                value: ValueHandle(value),
                fingerprint: decoder.fingerprint(fingerprint)?,
            },
        })
    }
}
