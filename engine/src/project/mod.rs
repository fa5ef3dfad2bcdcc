//! A project on the disk: which directory it is, which config it has, what environment it
//! reads.

mod discovery;
mod dotenv;
mod env_files;
mod environment;
mod expansion;
mod git_ignored;
mod load;
mod loading;
mod search;
mod waiting;

pub use discovery::{ConfigFile, Project, ProjectError};
#[doc(hidden)]
pub use dotenv::dotenv_assignments;
pub use environment::{Environment, EnvironmentWarning, UnreadableVariable, VariableAccess};
pub use load::{LoadError, LoadOptions, load};
pub(crate) use load::{LoadedRealm, evaluate_graph, load_graph, load_in_realm};
pub use loading::Loading;
pub use search::find_projects;
pub(crate) use waiting::{NoAnswer, wait_for_load};
