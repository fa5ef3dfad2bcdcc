//! Standard output and standard error: the one place that writes to them.
#![expect(
    clippy::disallowed_methods,
    reason = "here is where text is made safe to show"
)]

use std::{
    io::{self, IsTerminal as _, Write as _},
    os::fd::{AsFd as _, OwnedFd},
};

use rigkit_engine::display_text::is_shown_as_written;
use serde::Serialize;

use crate::{
    failure::Failure,
    styled_text::{Line, whole_output_lines},
    terminal_json::for_terminal,
};

/// Writes lines to stdout, with their colors where they are wanted.
pub(crate) fn lines(lines: &[Line]) -> Result<(), Failure> {
    write(lines).map_err(Failure::output)
}

/// Writes a text that was asked for, such as the result of an operation, as a whole. Colors are kept where
/// they are wanted, and nothing else that a terminal would obey.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    write_data(text).map_err(Failure::output)
}

/// Writes the one document of a `--json` run; on a terminal so that a person can read it.
pub(crate) fn document(value: &impl Serialize) -> Result<(), Failure> {
    let written = if is_terminal() {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    let json = written.map_err(|error| Failure::output(error.into()))?;
    write_json(&json).map_err(Failure::output)
}

/// Writes one line of JSON to stdout, for a program that reads them as they come.
pub(crate) fn json_line(value: &impl Serialize) -> io::Result<()> {
    write_json(&serde_json::to_string(value)?)
}

/// Returns whether stdout is a terminal.
pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Returns whether stderr is a terminal.
pub(crate) fn is_stderr_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Returns whether what goes to stderr has colors.
pub(crate) fn stderr_has_colors() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
}

/// Returns stderr for a command that owns the terminal while it runs.
pub(crate) fn stderr_for_command() -> io::Result<OwnedFd> {
    io::stderr().as_fd().try_clone_to_owned()
}

/// Says something to the person, on stderr. That nobody listens is no failure.
pub(crate) fn note(line: impl Into<Line>) {
    notes(&[line.into()]);
}

/// Says several lines to the person, on stderr.
pub(crate) fn notes(lines: &[Line]) {
    let mut stderr = anstream::stderr().lock();
    for line in lines {
        let _ = writeln!(stderr, "{}", line.ansi());
    }
}

fn write(lines: &[Line]) -> io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    for line in lines {
        writeln!(stdout, "{}", line.ansi())?;
    }
    stdout.flush()
}

fn write_data(text: &str) -> io::Result<()> {
    // A program may read columns that tabs are between.
    let is_plain = if is_terminal() {
        text.split('\n').all(is_shown_as_written)
    } else {
        text.split(['\n', '\t']).all(is_shown_as_written)
    };
    if !is_plain {
        return write(&whole_output_lines(text));
    }
    let end = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.write_all(end.as_bytes())?;
    stdout.flush()
}

fn write_json(json: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    if stdout.is_terminal() {
        stdout.write_all(for_terminal(json).as_bytes())?;
    } else {
        stdout.write_all(json.as_bytes())?;
    }
    stdout.write_all(b"\n")?;
    stdout.flush()
}
