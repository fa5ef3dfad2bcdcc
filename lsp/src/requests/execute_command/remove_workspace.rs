//! `rigkit.removeWorkspace`: takes a workspace away.

use std::sync::Arc;

use rigkit_engine::RemoveWorkspaceRequest;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;

use super::{Command, CommandArguments, Target, refused};
use crate::{
    command_line::CommandLine,
    outbox::Reply,
    questions::{Choice, Questions},
    runs::RunKind,
    server::Server,
};

/// Takes a workspace away once the person agrees, and returns what it was.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let arguments = command.arguments;
    let name = CommandArguments::required(arguments.workspace.as_ref(), "workspace")?;
    let line = CommandLine::new(["rm", name]).option("-w", target.named_workflow(&arguments));
    if !arguments.confirmed {
        let questions = Questions::new(server, command.claim.cancel.clone());
        confirm(server, &questions, name, &line).await?;
    }
    let request = RemoveWorkspaceRequest {
        workflow: arguments.workflow.clone(),
        name: name.to_owned(),
        force: arguments.force,
    };
    let kind = RunKind {
        title: format!("Removing the workspace `{name}`"),
        workflow: None,
        command_line: line,
    };
    server
        .run_in_project(command.claim, target, kind, move |engine, run| {
            Ok(json!(engine.remove_workspace(&request, run)?))
        })
        .await
}

async fn confirm(
    server: &Server,
    questions: &Questions,
    name: &str,
    line: &CommandLine,
) -> Result<()> {
    let question = format!("Remove the workspace `{name}`? What it made is taken away with it.");
    let choices = [Choice::plain("Remove"), Choice::plain("Keep")];
    match questions.choose(&question, &choices).await {
        Reply::Given(0) => Ok(()),
        Reply::Given(_) | Reply::Dismissed | Reply::Impossible => {
            let message =
                format!("the workspace `{name}` is kept\nto remove it in a terminal: {line}");
            Err(refused(server, "not-confirmed", message))
        }
    }
}
