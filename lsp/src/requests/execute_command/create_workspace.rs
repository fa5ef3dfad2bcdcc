//! `rigkit.createWorkspace`: applies what is pending and makes a workspace of the result.

use std::sync::Arc;

use rigkit_engine::{CreateWorkspaceRequest, LockBehaviour};
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;

use super::{Command, Target, failure};
use crate::{runs::RunKind, server::Server};

/// Makes a workspace. Where no name is given, the person is offered one.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let workflow = target.workflow(&command.arguments);
    let name = match command.arguments.workspace.clone() {
        Some(name) => name,
        None => offered_name(server, &target).await?,
    };
    let kind = RunKind {
        title: format!("Creating the workspace `{name}`"),
        workflow: workflow.clone(),
        token: command.token,
    };
    let request = CreateWorkspaceRequest {
        workflow,
        name,
        jobs: None,
        lock: LockBehaviour::Wait,
    };
    server
        .run_in_project(target, kind, move |engine, run| {
            Ok(json!(engine.create_workspace(&request, run)?))
        })
        .await
}

/// The protocol has no way to ask for a text, but it can ask for yes or no.
async fn offered_name(server: &Server, target: &Target) -> Result<String> {
    let name = free_name(target);
    let question = format!("No name was given for the workspace. Create `{name}`?");
    let create = format!("Create `{name}`");
    match server.outbox.choose(question, vec![create.clone()]).await {
        Some(chosen) if chosen == create => Ok(name),
        _ => Err(failure(
            "name-needed",
            "the argument `workspace` has to give the name of the workspace".to_owned(),
        )),
    }
}

fn free_name(target: &Target) -> String {
    let taken = |name: &String| {
        let mut workspaces = target.view.snapshot.workspaces.iter();
        workspaces.any(|workspace| workspace.name == *name)
    };
    let mut names = (1_u64..).map(|number| format!("workspace-{number}"));
    names.find(|name| !taken(name)).unwrap_or_default()
}
