//! Loads, plans, applies and caches Rigkit workflows.
//!
//! The engine knows nothing of terminals, language servers or command lines: its API is
//! plain data in, plain data and a stream of [`event`]s out. [`Engine`] has one method for
//! each request.

#![cfg_attr(
    test,
    expect(
        clippy::disallowed_methods,
        reason = "tests work in folders of their own"
    )
)]

pub mod authoring;
pub mod confined;
pub mod definition;
pub mod diagnostic;
pub mod digest;
pub mod disk;
pub mod display_text;
mod engine;
pub mod error;
pub mod error_cause;
pub mod event;
pub mod executor;
#[doc(hidden)]
pub mod fuzzing;
pub mod graph;
pub mod host;
pub mod identity;
pub mod iso_time;
pub mod memory;
pub mod modules;
#[expect(
    clippy::disallowed_methods,
    reason = "handlers run in trusted projects only, and their paths are the person's own"
)]
pub mod operations;
pub mod plan;
mod processes;
pub mod project;
mod run;
mod runtime;
pub mod sandbox;
pub mod source;
#[expect(
    clippy::disallowed_methods,
    reason = "the database opens its files by path; what is at them is looked at before"
)]
pub mod state;
#[doc(hidden)]
pub mod testing;
pub mod trust;
mod wire;
pub mod wording;

pub use engine::*;
pub use error::EngineError;
pub use run::{FollowedLog, PastLog};
pub use tokio_util::sync::CancellationToken;
