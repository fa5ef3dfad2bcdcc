//! What makes one run of a task reusable for another: named components, each with its own
//! hash and, where it is no secret, a printable value.

mod canonical;
mod handler;

pub use canonical::{canonical_json, hash_json};
pub use handler::{Capture, HandlerFingerprint};
pub(crate) use handler::Fingerprinter;
