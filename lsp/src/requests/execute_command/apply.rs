//! `rigkit.apply` and `rigkit.applyUntil`: run what is pending, all of it or up to a task.

use std::sync::Arc;

use rigkit_engine::ApplyRequest;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;

use super::{Command, Target};
use crate::{command_line::CommandLine, runs::RunKind, server::Server};

/// Applies, and gives what `rig apply --json` prints.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let workflow = target.workflow(&command.arguments);
    let request = ApplyRequest {
        workflow: workflow.clone(),
        until: command.arguments.task.clone(),
        ..ApplyRequest::default()
    };
    let title = match (&workflow, &request.until) {
        (_, Some(task)) => format!("Applying up to `{task}`"),
        (Some(workflow), None) => format!("Applying `{workflow}`"),
        (None, None) => "Applying".to_owned(),
    };
    let command_line = CommandLine::new(["apply"])
        .option("--until", request.until.as_deref())
        .option("-w", target.named_workflow(&command.arguments));
    let kind = RunKind {
        title,
        workflow,
        command_line,
    };
    server
        .run_in_project(command.claim, target, kind, move |engine, run| {
            Ok(json!(engine.apply(&request, run)?))
        })
        .await
}
