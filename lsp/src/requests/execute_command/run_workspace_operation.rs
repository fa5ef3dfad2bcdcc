//! `rigkit.runWorkspaceOperation`: runs an operation on a workspace.

use std::sync::Arc;

use rigkit_engine::WorkspaceOperationRequest;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;

use super::{Command, Target, failure};
use crate::{runs::RunKind, server::Server};

/// Runs an operation on a workspace, and gives its result. What is left out of the two is offered
/// to the person.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let arguments = command.arguments;
    let workflow = arguments.workflow.as_deref();
    let workspace = match arguments.workspace.clone() {
        Some(workspace) => workspace,
        None => choose(server, "On which workspace?", workspaces(&target, workflow)).await?,
    };
    let operation = if let Some(operation) = arguments.operation.clone() {
        operation
    } else {
        let question = format!("What is to be done with `{workspace}`?");
        choose(server, &question, operations(&target, &workspace)).await?
    };
    let kind = RunKind {
        title: format!("Running `{operation}` on `{workspace}`"),
        workflow: arguments.workflow.clone(),
        token: command.token,
    };
    let request = WorkspaceOperationRequest {
        workflow: arguments.workflow.clone(),
        workspace,
        operation,
        input: json!(arguments.input.unwrap_or_default()),
    };
    server
        .run_in_project(target, kind, move |engine, run| {
            engine.run_workspace_operation(&request, run)
        })
        .await
}

fn workspaces(target: &Target, workflow: Option<&str>) -> Vec<String> {
    let workspaces = target.view.snapshot.workspaces.iter();
    workspaces
        .filter(|workspace| workflow.is_none_or(|workflow| workspace.workflow == workflow))
        .map(|workspace| workspace.name.clone())
        .collect()
}

fn operations(target: &Target, workspace: &str) -> Vec<String> {
    let snapshot = &target.view.snapshot;
    let workspace = snapshot
        .workspaces
        .iter()
        .find(|known| known.name == workspace);
    let workflow = workspace.and_then(|workspace| snapshot.workflow(&workspace.workflow));
    let own = workflow
        .iter()
        .flat_map(|workflow| &workflow.workspace_operations);
    let own = own.map(|operation| operation.id.to_string());
    own.chain(["remove".to_owned()]).collect()
}

async fn choose(server: &Server, question: &str, choices: Vec<String>) -> Result<String> {
    if choices.is_empty() {
        return Err(failure(
            "no-workspace",
            "there is no workspace yet".to_owned(),
        ));
    }
    let chosen = server.outbox.choose(question.to_owned(), choices).await;
    chosen.ok_or_else(|| failure("nothing-chosen", format!("{question} Nothing was chosen")))
}
