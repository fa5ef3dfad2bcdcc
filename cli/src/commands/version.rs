//! `rig version` and `rig --version`: which version this is.

use clap::CommandFactory as _;
use serde::Serialize;

use crate::{
    arguments::Arguments,
    failure::{Exit, Failure},
    output,
};

#[derive(Serialize)]
struct VersionDocument {
    name: &'static str,
    version: &'static str,
}

/// Prints the version.
pub(crate) fn run(is_json: bool) -> Result<Exit, Failure> {
    if is_json {
        output::document(&VersionDocument {
            name: "rig",
            version: env!("CARGO_PKG_VERSION"),
        })?;
    } else {
        output::data(&Arguments::command().render_version())?;
    }
    Ok(Exit::Done)
}
