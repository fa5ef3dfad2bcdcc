//! The modules a definition is made of: found, parsed, stripped of types and linked, but
//! not yet run.

mod call_site;
pub(crate) mod functions;
mod graph;
mod guarded_file_system;
mod import;
mod loops;
mod module;
mod nesting;
mod preparation;
mod read_module;
mod resolve;
mod transpile;
mod transpile_cache;

pub use call_site::{ArgumentSite, CallSite, PropertySite};
pub(crate) use graph::RequiredFile;
pub use graph::{GraphOptions, IdentityUse, ModuleGraph};
pub use import::Import;
pub(crate) use module::MAX_MODULE_BYTES;
pub use module::{Module, ModuleId, ModuleOrigin};
pub(crate) use preparation::{PREPARATION_TIME, Preparation, takes_too_long};
pub use resolve::{BuiltInModule, PackageIdentity};
pub(crate) use resolve::{RequestKind, Target};
pub(crate) use transpile::{ModuleFormat, normalized_text};
pub(crate) use transpile_cache::TranspileCache;
