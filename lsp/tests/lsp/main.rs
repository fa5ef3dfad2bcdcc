//! Tests of the language server through the messages that clients send.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    clippy::needless_pass_by_value,
    reason = "tests read better with `json!` where it is used"
)]

mod bad_input;
mod code_action;
mod code_lens;
mod commands;
mod completion;
mod diagnostics;
mod diagnostics_page;
mod documents;
mod fuzz;
mod hover;
mod outside;
mod projects;
mod support;
mod trust;
mod typing;
