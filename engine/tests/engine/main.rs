//! Tests of the engine through the requests that programs make of it.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod apply;
mod definition;
mod handlers;
mod operations;
mod plan;
mod support;
mod workspaces;
