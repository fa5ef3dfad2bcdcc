//! Events for programs: one JSON object a line on stdout, as they happen.

use std::io::{self, Write as _};

use rigkit_engine::event::EventRecord;

/// Writes an event. The run goes on when nobody reads it any more.
pub(super) fn write(record: &EventRecord) {
    if let Ok(mut line) = serde_json::to_vec(record) {
        line.push(b'\n');
        let mut stdout = io::stdout().lock();
        let _ = stdout.write_all(&line).and_then(|()| stdout.flush());
    }
}
