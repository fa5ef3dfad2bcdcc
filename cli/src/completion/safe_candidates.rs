//! Answers to shells without candidates that cannot be shown, for a shell writes them on the terminal as they are, and
//! without options where something else may stand.

use std::{
    ffi::OsString,
    io::{self, Write},
    path::Path,
};

use clap::Command;
use clap_complete::env::EnvCompleter;
use rigkit_engine::display_text::is_shown_as_written;

/// A shell whose answers hold nothing but candidates that are shown as they are written, and no options among others.
pub(super) struct SafeShell<Shell>(pub(super) Shell);

impl<Shell: EnvCompleter> EnvCompleter for SafeShell<Shell> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn is(&self, name: &str) -> bool {
        self.0.is(name)
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        self.0.write_registration(var, name, bin, completer, buf)
    }

    fn write_complete(
        &self,
        cmd: &mut Command,
        args: Vec<OsString>,
        current_dir: Option<&Path>,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        let mut answer = Vec::new();
        self.0.write_complete(cmd, args, current_dir, &mut answer)?;
        let answer = String::from_utf8_lossy(&answer);
        buf.write_all(shown_candidates(&answer).as_bytes())
    }
}

/// Returns the candidates of an answer that are shown as they are written. Bash has them separated by
/// vertical tabs, the others by line ends; fish has a tab before what it says of one.
fn shown_candidates(answer: &str) -> String {
    let is_shown = |candidate: &&str| {
        let candidate = candidate.trim_end_matches(['\n', '\u{b}']);
        candidate.split('\t').all(is_shown_as_written)
    };
    let candidates = answer.split_inclusive(['\n', '\u{b}']);
    let shown: Vec<&str> = candidates.filter(is_shown).collect();
    // Where a person has begun with a dash, there is nothing else.
    let is_option = |candidate: &&str| candidate.starts_with('-');
    let has_others = !shown.iter().all(is_option);
    let wanted = |candidate: &&str| !has_others || !is_option(candidate);
    shown.into_iter().filter(wanted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_shown_is_not_offered() {
        let check = |answer: &str, expected: &str| assert_eq!(shown_candidates(answer), expected);
        check("", "");
        check("a\u{b}b\u{1b}[2J\u{b}c", "a\u{b}c");
        check("a\tof web\nb\tof\u{202e}x\nc\n", "a\tof web\nc\n");
    }

    #[test]
    fn options_are_offered_where_nothing_else_is() {
        let check = |answer: &str, expected: &str| assert_eq!(shown_candidates(answer), expected);
        check("--json\u{b}plan\u{b}-v", "plan\u{b}");
        check("--json\thelp\n-v\n", "--json\thelp\n-v\n");
    }
}
