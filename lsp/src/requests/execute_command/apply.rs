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
    let until = command.arguments.all_tasks();
    let title = match (&workflow, until.as_slice()) {
        (Some(workflow), []) => format!("Applying `{workflow}`"),
        (None, []) => "Applying".to_owned(),
        (_, [task]) => format!("Applying up to `{task}`"),
        (_, tasks) => format!("Applying up to {} tasks", tasks.len()),
    };
    let request = |until: Option<String>| ApplyRequest {
        workflow: workflow.clone(),
        until,
        ..ApplyRequest::default()
    };
    let last = request(until.last().cloned());
    let earlier: Vec<ApplyRequest> = until
        .iter()
        .rev()
        .skip(1)
        .rev()
        .map(|task| request(Some(task.clone())))
        .collect();
    let command_line = CommandLine::new(["apply"])
        .option("--until", until.last().map(String::as_str))
        .option("-w", target.named_workflow(&command.arguments));
    let kind = RunKind {
        title,
        workflow: workflow.clone(),
        command_line,
    };
    server
        .run_in_project(command.claim, target, kind, move |engine, run| {
            for request in &earlier {
                engine.apply(request, run)?;
            }
            Ok(json!(engine.apply(&last, run)?))
        })
        .await
}
