//! What the end-to-end tests share: the built `rig`, projects to run it in, and what it wrote.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests work in folders of their own"
)]

mod binary;
mod bounded;
mod command;
mod language_client;
mod npm;
mod output;
mod project;
mod redact;
mod running;
mod schemas;
mod terminal;
mod typescript;
pub mod walk;

pub use binary::{rig, use_rig};
pub use bounded::Bounds;
pub use command::{RigCommand, may_mount};
pub use language_client::LanguageClient;
pub use npm::{npm, npm_with, packages_of};
pub use output::Output;
pub use project::Project;
pub use redact::redact;
pub use running::Running;
pub use schemas::check_document;
pub use terminal::{Key, Terminal};
pub use typescript::{compile, installed_packages, typescript_folder};
