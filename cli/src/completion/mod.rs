//! Completion: the shell asks `rig` itself, so that it knows the project.

pub(crate) mod candidates;
mod command_tree;
mod project;
mod safe_candidates;

use std::{env, io};

use clap_complete::env::{Bash, CompleteEnv, EnvCompleter as _, Fish, Shells, Zsh};

use self::safe_candidates::SafeShell;
use crate::{
    arguments::Shell,
    failure::{Exit, Failure, report},
};

/// The variable by which the scripts ask.
const VARIABLE: &str = "RIG_COMPLETE";

/// Says whether a shell asks what could be typed next.
pub(crate) fn is_asked_for() -> bool {
    env::var_os(VARIABLE).is_some_and(|shell| !shell.is_empty())
}

/// Answers the shell.
pub(crate) fn answer() -> Exit {
    let directory = env::current_dir().ok();
    let completion = CompleteEnv::with_factory(command_tree::build)
        .var(VARIABLE)
        .shells(Shells(&[
            &SafeShell(Bash),
            &SafeShell(Zsh),
            &SafeShell(Fish),
        ]))
        .bin("rig")
        .completer("rig");
    match completion.try_complete(env::args_os(), directory.as_deref()) {
        Ok(_) => Exit::Done,
        Err(error) => report(&Failure::CommandLine(error), false, None),
    }
}

/// Writes the script for a shell.
pub(crate) fn script(shell: Shell) -> io::Result<String> {
    let mut script = Vec::new();
    match shell {
        Shell::Bash => Bash.write_registration(VARIABLE, "rig", "rig", "rig", &mut script),
        Shell::Zsh => Zsh.write_registration(VARIABLE, "rig", "rig", "rig", &mut script),
        Shell::Fish => Fish.write_registration(VARIABLE, "rig", "rig", "rig", &mut script),
    }?;
    String::from_utf8(script).map_err(io::Error::other)
}
