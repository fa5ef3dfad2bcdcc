//! Where source text comes from and how places in it are named.

mod excerpt;
mod files;
mod position;

pub use excerpt::read_excerpt;
pub use files::{Buffers, DiskFiles, OverlayFiles, SourceFiles};
pub(crate) use files::{MAX_SOURCE_BYTES, ProjectFiles, disk_error};
pub use position::{LineColumn, LineIndex, SourceRange};
