//! `rigkit.runOperation`: runs an operation of the project.

use std::sync::Arc;

use rigkit_engine::OperationRequest;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;

use super::{Command, CommandArguments, Target};
use crate::{runs::RunKind, server::Server};

/// Runs an operation, and gives its result.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let arguments = command.arguments;
    let operation = CommandArguments::required(arguments.operation.as_ref(), "operation")?;
    let kind = RunKind {
        title: format!("Running `{operation}`"),
        workflow: arguments.workflow.clone(),
        token: command.token,
    };
    let request = OperationRequest {
        workflow: arguments.workflow.clone(),
        operation: operation.to_owned(),
        input: json!(arguments.input.unwrap_or_default()),
    };
    server
        .run_in_project(target, kind, move |engine, run| {
            engine.run_operation(&request, run)
        })
        .await
}
