//! What to type instead of a command that other tools have and `rig` has not.

use clap::{
    builder::StyledStr,
    error::{ContextKind, ContextValue, ErrorKind},
};

/// Commands that people look for, and the one that does it.
const ELSEWHERE: &[(&[&str], &str)] = &[
    (&["status", "diff", "check", "validate"], "rig plan"),
    (&["up", "start", "build", "install", "sync"], "rig apply"),
    (&["list", "workspaces", "ps"], "rig ls"),
    (&["new", "fork", "clone"], "rig create NAME"),
    (&["remove", "delete", "destroy", "down"], "rig rm NAME"),
    (&["exec", "shell", "ssh"], "rig run WORKSPACE OPERATION"),
    (&["logs", "history"], "rig log"),
    (&["clean", "reset"], "rig cache clear"),
    (&["tasks", "show", "tree"], "rig graph"),
];

/// Adds to an error about an unknown command which command was probably meant.
pub(super) fn add(mut error: clap::Error) -> clap::Error {
    if let Some(tip) = of(&error) {
        // What is only spelt alike was not meant then.
        error.remove(ContextKind::SuggestedSubcommand);
        let tip = ContextValue::StyledStrs(vec![StyledStr::from(tip)]);
        error.insert(ContextKind::Suggested, tip);
    }
    error
}

/// Says which command was probably meant, where it is known by another name elsewhere.
pub(super) fn of(error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand) else {
        return None;
    };
    let mut known = ELSEWHERE.iter();
    let (_, command) = known.find(|(others, _)| others.contains(&typed.as_str()))?;
    Some(format!("what comes nearest is `{command}`"))
}
