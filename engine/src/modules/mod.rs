//! The modules a definition is made of: found, parsed, stripped of types and linked, but
//! not yet run.

mod call_site;
pub(crate) mod functions;
mod graph;
mod import;
mod resolve;
mod transpile;
mod transpile_cache;

pub use call_site::{ArgumentSite, CallSite, PropertySite};
pub use graph::{GraphOptions, IdentityUse, Module, ModuleGraph, ModuleId, ModuleOrigin};
pub(crate) use graph::{MAX_MODULE_BYTES, RequiredFile};
pub use import::Import;
pub use resolve::{BuiltInModule, PackageIdentity};
pub(crate) use resolve::{RequestKind, Target};
pub(crate) use transpile::{ModuleFormat, normalized_text};
pub(crate) use transpile_cache::TranspileCache;
