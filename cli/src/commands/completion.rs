//! `rig completion`: a script that makes a shell complete `rig`.

use std::{env, path::Path};

use clap::ValueEnum as _;
use rigkit_engine::display_text::escape;

use crate::{
    arguments::{CompletionOptions, Shell},
    completion,
    failure::{Exit, Failure, UsageCode},
    output,
};

/// Prints the script.
pub(super) fn run(options: &CompletionOptions) -> Result<Exit, Failure> {
    let shell = match options.shell {
        Some(shell) => shell,
        None => own_shell()?,
    };
    let script = completion::script(shell).map_err(Failure::output)?;
    output::data(&script)?;
    Ok(Exit::Done)
}

/// Finds the person's own shell, which the variable `SHELL` names.
fn own_shell() -> Result<Shell, Failure> {
    let path = env::var("SHELL").unwrap_or_default();
    let name = Path::new(&path).file_name().unwrap_or_default();
    let known = name.to_str().map(|name| Shell::from_str(name, false));
    if let Some(Ok(shell)) = known {
        return Ok(shell);
    }
    let message = if path.is_empty() {
        "the SHELL to complete for is not named, and the variable `SHELL` names none".to_owned()
    } else {
        format!("there is no completion for the SHELL `{}`", escape(&path))
    };
    let names: Vec<String> = Shell::value_variants()
        .iter()
        .filter_map(Shell::to_possible_value)
        .map(|shell| shell.get_name().to_owned())
        .collect();
    let help = format!("name one: rig completion {}", names.join("|"));
    Err(Failure::usage(UsageCode::MissingAnswer, message, help))
}
