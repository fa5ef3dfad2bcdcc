//! Standard output: the one place that writes data.

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

use crate::failure::Failure;

/// Writes a text, with its colors where they are wanted.
pub(crate) fn text(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    written.map_err(Failure::output)
}

/// Writes the one document of a `--json` run.
pub(crate) fn document(value: &impl Serialize) -> Result<(), Failure> {
    write_document(value).map_err(Failure::output)
}

fn write_document(value: &impl Serialize) -> io::Result<()> {
    let stdout = io::stdout();
    let is_for_eyes = stdout.is_terminal();
    let mut bytes = if is_for_eyes {
        serde_json::to_vec_pretty(value)?
    } else {
        serde_json::to_vec(value)?
    };
    bytes.push(b'\n');
    let mut stdout = stdout.lock();
    stdout.write_all(&bytes)?;
    stdout.flush()
}

/// Puts lines together; ends with a newline unless there are none.
pub(crate) fn lines(lines: &[String]) -> String {
    lines
        .iter()
        .flat_map(|line| [line.as_str(), "\n"])
        .collect()
}

/// Says something to the person, on stderr. That nobody listens is no failure.
pub(crate) fn note(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}
