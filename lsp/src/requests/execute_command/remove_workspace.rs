//! `rigkit.removeWorkspace`: takes a workspace away.

use std::sync::Arc;

use rigkit_engine::RemoveWorkspaceRequest;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;

use super::{Command, CommandArguments, Target};
use crate::{runs::RunKind, server::Server};

/// Takes a workspace away, and gives what it was.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let arguments = command.arguments;
    let name = CommandArguments::required(arguments.workspace.as_ref(), "workspace")?;
    let request = RemoveWorkspaceRequest {
        workflow: arguments.workflow.clone(),
        name: name.to_owned(),
        force: arguments.force,
    };
    let kind = RunKind {
        title: format!("Removing the workspace `{name}`"),
        workflow: None,
        token: command.token,
    };
    server
        .run_in_project(target, kind, move |engine, run| {
            Ok(json!(engine.remove_workspace(&request, run)?))
        })
        .await
}
