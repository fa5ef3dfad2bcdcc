//! The text around a place that was reported.

use std::path::Path;

use super::files::{MAX_SOURCE_BYTES, without_byte_order_mark};
use crate::disk::{Links, Root};

/// Reads the text of a file that a range names, to show the lines around it; nothing where it cannot be
/// shown.
///
/// Ranges name files by their real path. One that leads through a link by now leads to something
/// that was never read for it, and so none is followed, wherever it is.
#[must_use]
pub fn read_excerpt(path: &Path) -> Option<String> {
    let system = Root::open(Path::new("/"), Links::Refused).ok()?;
    let relative = path.strip_prefix("/").ok()?;
    let bytes = system.read(relative, MAX_SOURCE_BYTES).ok()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    Some(without_byte_order_mark(text).to_owned())
}
