//! Tests of the engine through the requests that programs make of it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests work in folders of their own"
)]

mod apply;
mod definition;
mod handlers;
mod identity;
mod operations;
mod plan;
mod support;
mod workspaces;
