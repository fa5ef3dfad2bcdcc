//! The language server: the plan in the editor, and the actions beside it.
//!
//! Types of the protocol stay in this crate, and everything that decides is in the engine.

#![cfg_attr(
    test,
    expect(
        clippy::disallowed_methods,
        reason = "tests work in folders of their own"
    )
)]

mod activity;
mod analysis;
mod answer;
mod capabilities;
mod client_features;
mod command_line;
mod context_keys;
mod document;
mod documentation;
mod framing;
#[doc(hidden)]
pub mod fuzzing;
mod handlers;
mod large_answers;
mod location;
mod markdown;
mod open_project;
mod outbox;
mod outline;
mod pages;
mod projects;
mod publish;
mod questions;
mod refreshes;
mod requests;
mod runs;
mod safe_to_show;
mod server;
mod settings;
mod sites;
mod symbols;
mod task_state;
mod terminal_applies;
mod transport;
mod trust;
mod variables;
mod view;
mod watch;
mod world;
mod written_outline;

use std::{collections::BTreeMap, ffi::OsString, io, path::PathBuf, sync::Arc};

use rigkit_engine::{confined::Evaluator, executor, project::Project, sandbox::SandboxLimits};
use tokio::io::{AsyncRead, AsyncWrite, stdin, stdout};

/// Says what the server works with, whatever the client says.
#[derive(Clone)]
pub struct ServerOptions {
    /// The variables that projects may read once the user trusts them.
    pub variables: Arc<BTreeMap<String, String>>,
    /// The variables that are no text, for commands of those projects.
    pub undecodable_variables: Arc<BTreeMap<OsString, OsString>>,
    /// What evaluating a definition may use.
    pub limits: SandboxLimits,
    /// What evaluates projects that nobody trusts; without it the server does.
    pub evaluator: Option<Arc<Evaluator>>,
    /// The developer's own directory of Rigkit.
    pub host_dir: PathBuf,
    /// Where providers keep what belongs to the machine.
    pub host_storage_dir: PathBuf,
    /// A config that stands for that of its folder, whatever else is there.
    pub config: Option<Project>,
    /// Who asks, for records and locks.
    pub who: String,
    /// The version, which clients compare with what they expect.
    pub version: String,
}

/// Says how a client left the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It said goodbye first.
    Orderly,
    /// It was gone, or told the server to exit out of nothing.
    Abrupt,
}

/// Lists the code of every diagnostic that the server may publish; `docs/diagnostics.md` explains
/// each.
#[must_use]
pub fn diagnostic_codes() -> Vec<&'static str> {
    requests::diagnostic::codes()
}

/// Serves one client on a pair of streams, until it leaves. It has to be called where a runtime of
/// tokio with several threads is.
pub async fn serve_on(
    options: ServerOptions,
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin + Send + 'static,
) -> Ending {
    server::serve(options, input, output).await
}

/// Serves one client on standard input and output, until it leaves.
///
/// # Errors
/// Where the machine has no threads to serve with.
pub fn serve(options: ServerOptions) -> io::Result<Ending> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = executor::build(builder.worker_threads(2).enable_all(), 3)?;
    let ending = runtime.block_on(serve_on(options, stdin(), stdout()));
    // A read of standard input may never return.
    runtime.shutdown_background();
    Ok(ending)
}
