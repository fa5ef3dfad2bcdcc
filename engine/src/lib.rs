//! Loads, plans, applies and caches Rigkit workflows.
//!
//! The engine knows nothing of terminals, language servers or command lines: its API is
//! plain data in, plain data and a stream of [`event`]s out. [`Engine`] has one method for
//! each request.

pub mod authoring;
pub mod definition;
pub mod diagnostic;
pub mod digest;
pub mod display_text;
mod engine;
pub mod error;
pub mod event;
pub mod graph;
pub mod host;
pub mod identity;
mod iso_time;
pub mod modules;
pub mod operations;
pub mod plan;
pub mod project;
mod run;
mod runtime;
pub mod sandbox;
pub mod source;
pub mod state;
pub mod trust;
pub mod wording;

pub use engine::*;
pub use error::EngineError;
pub use tokio_util::sync::CancellationToken;
