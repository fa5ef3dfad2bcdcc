//! `rig completion`: a script that makes a shell complete `rig`.

use crate::{
    arguments::CompletionOptions,
    completion,
    failure::{Exit, Failure},
    output,
};

/// Prints the script.
pub(super) fn run(options: &CompletionOptions) -> Result<Exit, Failure> {
    let script = completion::script(options.shell).map_err(Failure::output)?;
    output::data(&script)?;
    Ok(Exit::Done)
}
