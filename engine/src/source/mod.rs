//! Where source text comes from and how places in it are named.

mod files;
mod position;

pub(crate) use files::NoFiles;
pub use files::{DiskFiles, OverlayFiles, SourceFiles, foreign_file};
pub use position::{LineColumn, LineIndex, SourceRange};
