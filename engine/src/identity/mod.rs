//! What makes one run of a task reusable for another: named components, each with its own
//! hash and, where it is no secret, a printable value.

mod canonical;
mod fingerprinter;
mod fingerprints;
mod label;
mod package_versions;
mod secret;
mod task;
mod unseen;
mod value_graph;
mod wire;

pub use canonical::{canonical_json, hash_json};
pub(crate) use fingerprinter::Fingerprinter;
pub(crate) use fingerprints::shortened;
pub use fingerprints::{Capture, CodePlace, FingerprintId, Fingerprints};
pub(crate) use secret::SecretDigests;
pub(crate) use task::{
    ComponentName, HandlerValue, Identities, ProviderValue, UpstreamValue, checks_component,
};
pub(crate) use wire::WireFingerprints;
