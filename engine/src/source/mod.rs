//! Where source text comes from and how places in it are named.

mod files;
mod position;

pub use files::{DiskFiles, foreign_file, OverlayFiles, SourceFiles};
pub use position::{LineColumn, LineIndex, SourceRange};
