//! `rigkit.invalidate`: marks the runs of a task, and of all that descends from it, as no longer
//! usable.

use std::sync::Arc;

use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;

use super::{Command, CommandArguments, Target};
use crate::{command_line::CommandLine, runs::RunKind, server::Server};

/// Invalidates, and gives the runs that went.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let task = CommandArguments::required(command.arguments.task.as_ref(), "task")?.to_owned();
    let kind = RunKind {
        title: format!("Invalidating `{task}`"),
        workflow: None,
        command_line: CommandLine::new(["cache", "invalidate", &task]),
    };
    let workflow = target.workflow(&command.arguments);
    server
        .run_in_project(command.claim, target, kind, move |engine, _| {
            let invalidated = engine.invalidate(workflow.as_deref(), &[task])?;
            Ok(json!({ "invalidated": invalidated }))
        })
        .await
}
