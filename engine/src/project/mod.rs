//! A project on the disk: which directory it is, which config it has, what environment it
//! reads.

mod discovery;
mod environment;
mod load;
mod waiting;

pub use discovery::{ConfigFile, Project, ProjectError, find_projects};
pub use environment::{Environment, EnvironmentError};
pub use load::{LoadError, LoadOptions, load};
pub(crate) use load::{LoadedRealm, evaluate_graph, load_in_realm};
pub(crate) use waiting::{NoAnswer, wait_for_load};
