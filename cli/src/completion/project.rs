//! The project that a half-typed command line is about.

use std::{env, path::PathBuf};

use rigkit_engine::Engine;

use crate::{arguments::GlobalOptions, context::Context};

/// Gives the words typed so far, from `rig` on.
pub(super) fn words() -> Vec<String> {
    let mut words = env::args_os().filter_map(|word| word.into_string().ok());
    words.by_ref().find(|word| word == "--");
    words.collect()
}

/// Makes an engine for the project; nothing where there is none.
pub(super) fn engine() -> Option<Engine> {
    let words = words();
    let options = GlobalOptions {
        chdir: value(&words, &["-C", "--chdir"]).map(PathBuf::from),
        state: value(&words, &["--state"]).map(PathBuf::from),
        config: value(&words, &["--config"]).map(PathBuf::from),
        // Whoever presses TAB wants to see words.
        quiet: true,
        ..GlobalOptions::default()
    };
    Context::new(options).ok()?.engine().ok()
}

/// Gives the workflow that was named so far.
pub(super) fn workflow() -> Option<String> {
    value(&words(), &["-w", "--workflow"])
}

fn value(words: &[String], flags: &[&str]) -> Option<String> {
    let nexts = words.iter().skip(1).map(Some).chain([None]);
    words
        .iter()
        .zip(nexts)
        .find_map(|(word, next)| match word.split_once('=') {
            Some((flag, value)) if flags.contains(&flag) => Some(value.to_owned()),
            _ if flags.contains(&word.as_str()) => next.cloned(),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_half_typed_flags_are_found() {
        let check = |line: &str, expected: Option<&str>| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(
                value(&words, &["-C", "--chdir"]).as_deref(),
                expected,
                "{line}"
            );
        };
        check("rig plan", None);
        check("rig -C dir plan", Some("dir"));
        check("rig --chdir=dir plan", Some("dir"));
        check("rig plan -C", None);
    }
}
