//! The flag that was most likely meant by one that does not exist.

use std::ffi::OsString;

use clap::{
    Command,
    error::{ContextKind, ContextValue, ErrorKind},
};
use rigkit_engine::definition::nearest;

/// Adds to an error about an unknown flag which one was most likely meant, where the library finds none.
pub(crate) fn add(mut error: clap::Error, command: &Command, words: &[OsString]) -> clap::Error {
    let has_suggestion = error.get(ContextKind::SuggestedArg).is_some();
    if error.kind() != ErrorKind::UnknownArgument || has_suggestion {
        return error;
    }
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let Some(near) = nearest_flag(typed, meant_command(command, words)) else {
        return error;
    };
    // That it could be meant as a value is less likely.
    error.remove(ContextKind::Suggested);
    error.insert(ContextKind::SuggestedArg, ContextValue::String(near));
    error
}

/// Follows the words of a command line to the command that they name.
fn meant_command<'a>(command: &'a Command, words: &[OsString]) -> &'a Command {
    let words = words.iter().take_while(|word| *word != "--");
    words.fold(command, |command, word| {
        command.find_subcommand(word).unwrap_or(command)
    })
}

fn nearest_flag(typed: &str, command: &Command) -> Option<String> {
    let typed = typed.strip_prefix("--")?;
    let arguments = command.get_arguments().filter(|one| !one.is_hide_set());
    let flags: Vec<&str> = arguments.filter_map(clap::Arg::get_long).collect();
    nearest(typed, flags).map(|near| format!("--{near}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use clap::CommandFactory as _;

    use super::*;
    use crate::arguments::Arguments;

    #[test]
    fn the_nearest_flag_is_that_of_the_command() {
        let check = |line: &str, expected: Option<&str>| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let mut command = Arguments::command();
            let error = command.try_get_matches_from_mut(&words).unwrap_err();
            let error = add(error, &command, &words);
            let suggested = match error.get(ContextKind::SuggestedArg) {
                Some(ContextValue::String(suggested)) => Some(suggested.as_str()),
                _ => None,
            };
            assert_eq!(suggested, expected, "{line}");
            assert_eq!(error.kind(), ErrorKind::UnknownArgument);
        };
        check("rig rm one --yse", Some("--yes"));
        check("rig rm --froce", Some("--force"));
        check("rig apply --jbos 3", Some("--jobs"));
        check("rig cache invalidate --lal", Some("--all"));
        check("rig --jsn ls", Some("--json"));
        check("rig plan --nothing-alike", None);
        check("rig plan -x", None);
    }
}
