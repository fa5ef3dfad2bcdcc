//! The modules a definition is made of: found, parsed, stripped of types and linked, but
//! not yet run.

mod call_site;
mod callees;
mod checking;
mod deep_thread;
mod environment_reads;
mod exports;
pub(crate) mod functions;
mod fuzzed;
mod graph;
mod guarded_file_system;
mod import;
mod loops;
mod module;
mod nesting;
mod preparation;
mod read_module;
mod resolve;
mod sources;
mod transpile;
mod transpile_cache;
mod wire;

pub use call_site::{ArgumentSite, CallSite, PropertySite};
pub(crate) use callees::callee_at;
pub(crate) use checking::{ModuleChecker, UncheckedModule, check, looks_deep};
pub(crate) use deep_thread::spawn_deep;
pub(crate) use environment_reads::{VariableWay, environment_reads};
pub(crate) use exports::ModuleNames;
#[doc(hidden)]
pub use fuzzed::{fuzzed_entry, fuzzed_entry_seeds};
pub(crate) use graph::RequiredFile;
pub use graph::{GraphOptions, IdentityUse, ModuleGraph};
pub use import::Import;
pub use module::{Module, ModuleId, ModuleOrigin};
pub(crate) use preparation::{PREPARATION_TIME, Preparation, takes_too_long};
pub use resolve::{BuiltInModule, PackageIdentity};
pub(crate) use resolve::{RequestKind, ResolveFailure, ResolvedFile, Target};
pub(crate) use sources::{GraphSources, original_offset, start_of_loop_after};
pub(crate) use transpile::{ModuleFormat, normalized_text};
pub(crate) use transpile_cache::TranspileCache;
pub(crate) use wire::{WireGraph, WireResolved};
