//! A project on the disk: which directory it is, which config it has, what environment it
//! reads.

mod bounded_lines;
mod discovery;
mod environment;
mod git_ignored;
mod load;
mod loading;
mod search;
mod waiting;

pub use discovery::{ConfigFile, Project, ProjectError};
pub use environment::{Environment, EnvironmentError};
pub use load::{LoadError, LoadOptions, load};
pub(crate) use load::{LoadedRealm, evaluate_graph, load_graph, load_in_realm};
pub use loading::Loading;
pub use search::find_projects;
pub(crate) use waiting::{NoAnswer, wait_for_load};
