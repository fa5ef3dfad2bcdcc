//! What makes one run of a task reusable for another: named components, each with its own
//! hash and, where it is no secret, a printable value.

mod canonical;
mod handler;
mod secret;
mod task;

pub(crate) use canonical::hash_parts;
pub use canonical::{canonical_json, hash_json};
pub(crate) use handler::Fingerprinter;
pub use handler::{Capture, HandlerFingerprint};
pub(crate) use secret::SecretDigests;
pub(crate) use task::{
    ComponentName, HandlerValue, Identities, ProviderValue, UpstreamValue, checks_component,
};
