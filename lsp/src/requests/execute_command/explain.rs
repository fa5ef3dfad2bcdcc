//! `rigkit.explain`: all that is known of why a task is cached or not.

use std::sync::Arc;

use jiff::Timestamp;
use rigkit_engine::{
    TaskExplanation,
    wording::{
        failure::phrase as failed,
        reason::{changes, phrase},
    },
};
use serde_json::{Value, json};
use tower_lsp::{jsonrpc::Result, ls_types::MessageType};

use super::{Command, Target, failure};
use crate::server::Server;

/// Explains a task, or all that are not cached: to programs as `rig cache explain --json` prints it,
/// and to the person in words, unless the client draws something of its own.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let arguments = command.arguments;
    let draws_itself = target.view.editor.settings.events;
    let explained = server
        .run(move || {
            let definition = target.view.snapshot.definition.clone();
            let definition = definition.ok_or_else(|| {
                failure(
                    "invalid-config",
                    "the config has never been evaluated".to_owned(),
                )
            })?;
            target
                .view
                .engine()
                .explain_definition(
                    &definition,
                    arguments.workflow.as_deref(),
                    arguments.task.as_deref(),
                )
                .map_err(|error| failure(error.code(), error.to_string()))
        })
        .await??;
    if !draws_itself {
        server.outbox.show(MessageType::INFO, text(&explained));
    }
    Ok(json!({ "tasks": explained }))
}

fn text(explained: &[TaskExplanation]) -> String {
    if explained.is_empty() {
        return "every task is cached".to_owned();
    }
    let lines: Vec<String> = explained.iter().map(line).collect();
    lines.join("\n")
}

fn line(explained: &TaskExplanation) -> String {
    let now = Timestamp::now();
    let node = &explained.node;
    let mut line = format!("{}: {}", node.path, phrase(&node.reason, now));
    if let Some(failure) = &node.last_failure {
        line.push_str(&format!("; {}", failed(failure, now)));
    }
    for change in changes(&node.reason) {
        line.push_str(&format!("\n  {change}"));
    }
    line
}
