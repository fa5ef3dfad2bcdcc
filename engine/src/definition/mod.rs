//! What a config defines: a plain graph of workflows, tasks, operations and providers,
//! each with the place it was written at.

mod cache_ttl;
mod extract;
mod flatten;
mod input;
mod model;
mod names;
mod options;
mod path_parts;
mod place;
mod provider;
mod provider_extract;
mod schema;
mod schema_extract;
mod scope;
mod warnings;
mod wire;

pub use cache_ttl::{CacheTtl, InvalidCacheTtl};
pub(crate) use extract::extract;
pub use input::{
    InputField, InputFieldKind, MAX_SAFE_INTEGER, OperationInput, REST_FORMAT, WORKSPACE_FORMAT,
};
pub use model::{
    ConsoleLine, Definition, HandlerRef, Operation, Outline, Point, PointId, Task, TaskIndex,
    TaskOptions, ValueHandle, Workflow, WorkspaceDefinition,
};
pub use names::{
    MAX_NAME_LENGTH, RESERVED_OPERATION_IDS, RESERVED_PROVIDER_NAMES, by_nearness, nearest,
};
pub use path_parts::{PathPart, PathPartKind, Renaming};
pub use place::Place;
pub use provider::{ProviderDefinition, ProviderIndex, ProviderOrigin};
pub use schema::OutputSchema;
pub(crate) use schema::json_schema_validator;
pub use scope::{ProviderRemoval, Scope, ScopeId};
pub(crate) use wire::WireDefinition;
