//! Bytes of a text, and where in it they are written.

use std::ops::Range;

/// One byte that is read, and the stretch of the text that stands for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) byte: u8,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A stretch of the text that holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) range: Range<usize>,
    /// The number of the secret.
    pub(super) secret: usize,
}
