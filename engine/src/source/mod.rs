//! Where source text comes from and how places in it are named.

mod buffers;
mod excerpt;
mod files;
mod footprint;
mod position;

pub use buffers::Buffers;
pub use excerpt::read_excerpt;
pub(crate) use files::{ProjectFiles, disk_error, foreign_file, without_byte_order_mark};
pub use footprint::{Footprint, ImportSite, Looks};
pub use position::{LineColumn, LineIndex, SourceRange};
