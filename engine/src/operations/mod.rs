//! What handlers can do to the world outside the language runtime.
//!
//! A handler asks with a name and a JSON payload, whichever runtime it runs in;
//! [`Operation::parse`] turns that into one of a closed set of operations and
//! [`perform`] carries it out and answers with JSON. Every operation ends promptly when
//! its context is cancelled.

mod blocking;
pub mod command;
mod environment;
mod error;
pub mod file;
pub mod network;
mod open;
mod opener;
mod operation;
#[cfg(all(test, unix))]
mod provider_host_tests;
#[cfg(all(test, unix))]
mod test_support;
mod timer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::event::{CommandId, Event};
use crate::sandbox::Secrets;

pub use environment::CommandEnvironment;
pub use error::OperationError;
pub use open::Open;
pub use opener::{OpenerChoice, Openers};
pub use operation::Operation;
pub use timer::Sleep;

/// Is what an operation may use and tell of the handler it works for.
#[derive(Clone)]
pub struct OperationContext {
    /// Receives the events of the operation as they happen.
    pub emit: Arc<dyn Fn(Event) + Send + Sync>,
    /// Tells the next command from all others of the run.
    pub next_command: Arc<dyn Fn() -> CommandId + Send + Sync>,
    /// The task, hook or operation whose handler asked.
    pub node_path: Option<String>,
    /// Where relative paths start and commands run unless they say otherwise.
    pub project_dir: PathBuf,
    /// The environment commands inherit.
    pub environment: CommandEnvironment,
    /// What nobody may read in an event or an error.
    pub secrets: Secrets,
    /// Ends the operation early.
    pub cancel: CancellationToken,
    /// Receives what the caller is told while the operation runs.
    pub progress: Arc<dyn Fn(Value) + Send + Sync>,
}

impl OperationContext {
    /// Makes a path of a payload absolute.
    #[must_use]
    pub fn resolve(&self, path: &str) -> PathBuf {
        self.project_dir.join(Path::new(path))
    }
}

/// Carries out an operation and gives the JSON its caller is answered with.
///
/// # Errors
///
/// Fails as the operation does, and with [`OperationError::Cancelled`] soon after the
/// context's token is cancelled.
pub async fn perform(
    operation: Operation,
    context: &OperationContext,
) -> Result<Value, OperationError> {
    match operation {
        Operation::CommandRun(run) => command::run(run, context).await,
        Operation::FileRead(read) => file::perform(read, context).await,
        Operation::FileWrite(write) => file::perform(write, context).await,
        Operation::FileExists(exists) => file::perform(exists, context).await,
        Operation::FileStat(stat) => file::perform(stat, context).await,
        Operation::FileMkdir(mkdir) => file::perform(mkdir, context).await,
        Operation::FileRemove(remove) => file::perform(remove, context).await,
        Operation::FileCopy(copy) => file::perform(copy, context).await,
        Operation::FileRename(rename) => file::perform(rename, context).await,
        Operation::FileGlob(glob) => file::perform(glob, context).await,
        Operation::FileHash(hash) => file::perform(hash, context).await,
        Operation::TimerSleep(sleep) => timer::sleep(sleep, context).await,
        Operation::NetworkFetch(fetch) => network::fetch(fetch, context).await,
        Operation::LocalOpen(open) => open::open(open, context).await,
    }
}

/// Puts the outcome of an operation into JSON.
fn answer(outcome: impl serde::Serialize) -> Result<Value, OperationError> {
    serde_json::to_value(outcome).map_err(|_| OperationError::Internal {
        action: "put the outcome into JSON".to_owned(),
    })
}
