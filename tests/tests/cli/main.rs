//! End-to-end tests of `rig`: what is typed, what is seen, what is left behind.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests work in folders of their own"
)]

mod all_projects;
mod apply;
mod bad_config;
mod bad_surroundings;
mod branches;
mod cache;
mod causes;
mod commands;
mod completion;
mod configs;
mod confined;
mod environment;
mod fixtures;
mod globals;
mod graph;
mod host;
mod host_storage;
mod hostile_text;
mod kill;
mod links;
mod locks;
mod log;
mod loops;
mod nested;
mod network;
mod operations;
mod owners;
mod plan;
mod setup;
mod storage;
mod terminal;
mod terminals;
mod trust;
mod workflows;
mod workspaces;
