//! Events for programs: one JSON object a line on stdout, as they happen.

use rigkit_engine::event::EventRecord;

use crate::output;

/// Writes an event. The run goes on when nobody reads it any more.
pub(super) fn write(record: &EventRecord) {
    let _ = output::json_line(record);
}
