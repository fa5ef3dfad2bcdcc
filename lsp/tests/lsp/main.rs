//! Tests of the language server through the messages that clients send.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests work in folders of their own"
)]
#![allow(
    clippy::needless_pass_by_value,
    reason = "tests read better with `json!` where it is used"
)]

mod bad_input;
mod call_hierarchy;
mod code_action;
mod code_lens;
mod commands;
mod completion;
mod context_keys;
mod definition;
mod diagnostics;
mod diagnostics_page;
mod documents;
mod explain;
mod folding;
mod fuzz;
mod hostile_text;
mod hover;
mod many_files;
mod operations;
mod outside;
mod projects;
mod references;
mod rename;
mod running;
mod support;
mod symbols;
mod trust;
mod typing;
mod unopened;
