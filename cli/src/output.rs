//! Standard output and standard error: the one place that writes to them.
#![expect(
    clippy::disallowed_methods,
    reason = "here is where text is made safe to show"
)]

use std::{
    io::{self, BufWriter, IsTerminal as _, Write as _},
    os::fd::{AsFd as _, OwnedFd},
};

use rigkit_engine::display_text::is_shown_as_written;
use serde::Serialize;

use crate::{
    failure::Failure,
    progress::TakeLine,
    styled_text::{Line, whole_output_lines},
    terminal_json::ForTerminal,
};

/// How many bytes of lines wait for the others of a write.
const MOST_PENDING: usize = 32 * 1024;

/// Writes lines to stdout, with their colors where they are wanted.
pub(crate) fn lines(lines: &[Line]) -> Result<(), Failure> {
    write(lines).map_err(Failure::output)
}

/// Writes lines to stdout while they are made, so that few of them are held; `make` gets what takes them.
pub(crate) fn lines_as_made(
    make: impl FnOnce(&mut TakeLine<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut pending = String::new();
    let result = make(&mut |line| {
        pending.push_str(&line.ansi());
        pending.push('\n');
        if pending.len() < MOST_PENDING {
            return Ok(());
        }
        write_pending(&mut pending).map_err(Failure::output)
    });
    write_pending(&mut pending).map_err(Failure::output)?;
    result
}

/// Writes a text that was asked for, such as the result of an operation, as a whole. Colors are kept where
/// they are wanted, and nothing else that a terminal would obey.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    write_data(text).map_err(Failure::output)
}

/// Writes the one document of a `--json` run while it is made; on a terminal so that a person can read it.
pub(crate) fn document(value: &impl Serialize) -> Result<(), Failure> {
    write_json(value, is_terminal()).map_err(Failure::output)
}

/// Writes one line of JSON to stdout, for a program that reads them as they come.
pub(crate) fn json_line(value: &impl Serialize) -> io::Result<()> {
    write_json(value, false)
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

fn write_pending(pending: &mut String) -> io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(pending.as_bytes())?;
    pending.clear();
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

fn write_json(value: &impl Serialize, is_pretty: bool) -> io::Result<()> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    let written = if is_pretty {
        serde_json::to_writer_pretty(ForTerminal::new(&mut stdout), value)
    } else if is_terminal() {
        serde_json::to_writer(ForTerminal::new(&mut stdout), value)
    } else {
        serde_json::to_writer(&mut stdout, value)
    };
    written?;
    stdout.write_all(b"\n")?;
    stdout.flush()
}
