//! The forms in which definitions cross between this process and a confined evaluation.
//!
//! Whoever decodes does not trust whoever encoded: a confined evaluation has run a stranger's code.
//! So everything that a form refers to is looked up as it is decoded, and what does not exist is
//! refused. Ranges name a module and bytes, never a path, for whoever shows a range reads the file
//! that it is in.

mod diagnostic;
mod json_text;
mod path;
mod range;

use thiserror::Error;

pub(crate) use diagnostic::{WireDiagnostic, WireThrown};
pub(crate) use json_text::JsonText;
pub(crate) use path::WirePath;
pub(crate) use range::{WirePlace, WireRange};

/// The reason why a form cannot be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such {0}")]
pub(crate) struct Malformed(pub(crate) &'static str);

/// Returns a part of a list, if it is there.
pub(crate) fn checked_index(
    index: usize,
    length: usize,
    what: &'static str,
) -> Result<usize, Malformed> {
    if index < length {
        Ok(index)
    } else {
        Err(Malformed(what))
    }
}

/// Decodes each of several forms.
pub(crate) fn decode_all<W, T>(
    forms: Vec<W>,
    decode: impl FnMut(W) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    forms.into_iter().map(decode).collect()
}
