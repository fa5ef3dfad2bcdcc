//! `rigkit.invalidate`: marks the runs of a task, and of all that descends from it, as no longer
//! usable.

use std::sync::Arc;

use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Error, Result};

use super::{Command, Target};
use crate::{command_line::CommandLine, runs::RunKind, server::Server};

/// Invalidates, and gives the runs that went.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let tasks = command.arguments.all_tasks();
    let title = match tasks.as_slice() {
        [] => return Err(Error::invalid_params("the argument `task` is missing")),
        [task] => format!("Invalidating `{task}`"),
        several => format!("Invalidating {} tasks", several.len()),
    };
    let words = ["cache", "invalidate"].into_iter();
    let words = words.chain(tasks.iter().map(String::as_str));
    let kind = RunKind {
        title,
        workflow: None,
        command_line: CommandLine::new(words),
    };
    let workflow = target.workflow(&command.arguments);
    server
        .run_in_project(command.claim, target, kind, move |engine, _| {
            let invalidated = engine.invalidate(workflow.as_deref(), &tasks)?;
            Ok(json!({ "invalidated": invalidated }))
        })
        .await
}
