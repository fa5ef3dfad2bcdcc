//! `workspace/executeCommand`: what a person or a program wants done, one file a command.

mod apply;
mod arguments;
mod cancel;
mod create_workspace;
mod explain;
mod explanation;
mod graph;
mod input;
mod invalidate;
mod name;
mod operation;
mod plan;
mod remove_workspace;
mod result;
mod run_operation;
mod run_workspace_operation;
mod target;

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::{
    jsonrpc::{Error, Result},
    ls_types::{ExecuteCommandParams, MessageType},
};

pub(crate) use self::{arguments::CommandArguments, name::CommandName, target::Target};
use crate::{
    runs::{Claim, Subject},
    server::Server,
};

/// A command that may be carried out.
pub(crate) struct Command {
    /// What it is to do, and to what.
    pub(crate) arguments: CommandArguments,
    /// The right to do so, as long as it lasts.
    pub(crate) claim: Claim,
}

/// Does what was asked, and answers when it is done.
pub(crate) async fn answer(
    server: &Arc<Server>,
    parameters: ExecuteCommandParams,
) -> Result<Option<Value>> {
    let name: CommandName = parameters
        .command
        .parse()
        .map_err(|unknown: name::UnknownCommand| Error::invalid_params(unknown.to_string()))?;
    let arguments = CommandArguments::read(parameters.arguments)?;
    let token = parameters.work_done_progress_params.work_done_token;
    let claim = match server.claim(subject(server, name, &arguments)?, token) {
        Ok(claim) => claim,
        Err(running) => return Ok(Some(running.show(server))),
    };
    if name.runs_code() {
        let target = Target::find(server, &arguments)?;
        let root = target.view.root().to_owned();
        let command = name.to_string();
        // A question that nobody has answered holds up no goodbye.
        let trusted = server.require_trust(&root, &command);
        let trusted = claim.cancel.run_until_cancelled(trusted).await;
        trusted.unwrap_or_else(|| Err(cancelled()))?;
    }
    let command = Command { arguments, claim };
    let value = match name {
        CommandName::Plan => plan::run(server, command).await,
        CommandName::Apply | CommandName::ApplyUntil => apply::run(server, command).await,
        CommandName::Invalidate => invalidate::run(server, command).await,
        CommandName::CreateWorkspace => create_workspace::run(server, command).await,
        CommandName::RemoveWorkspace => remove_workspace::run(server, command).await,
        CommandName::RunOperation => run_operation::run(server, command).await,
        CommandName::RunWorkspaceOperation => run_workspace_operation::run(server, command).await,
        CommandName::Explain => explain::run(server, command).await,
        CommandName::Graph => graph::run(server, command).await,
        CommandName::Cancel => {
            // What ends runs is none of them.
            let Command { arguments, claim } = command;
            drop(claim);
            Ok(cancel::run(server, &arguments))
        }
    }?;
    Ok(Some(value))
}

/// Returns what a command works on, where it is not to be carried out twice at once.
fn subject(
    server: &Server,
    name: CommandName,
    arguments: &CommandArguments,
) -> Result<Option<Subject>> {
    if !name.is_carried_out_once() {
        return Ok(None);
    }
    let target = Target::find(server, arguments)?;
    let root = target.view.root().to_owned();
    let workflow = target.workflow(arguments);
    Ok(Some(Subject::new(root, name, workflow, arguments)))
}

/// Makes the error of a command that was ended before it began.
fn cancelled() -> Error {
    Error {
        code: tower_lsp::jsonrpc::ErrorCode::RequestCancelled,
        message: "it was cancelled".into(),
        data: Some(serde_json::json!({ "code": "cancelled" })),
    }
}

/// Tells the person why a command is not carried out, and makes an error of it.
fn refused(server: &Server, code: &'static str, message: String) -> Error {
    server.outbox.show(MessageType::WARNING, message.clone());
    failure(code, message)
}

/// Makes an error with a code that programs can rely on.
pub(crate) fn failure(code: &'static str, message: String) -> Error {
    Error {
        code: tower_lsp::jsonrpc::ErrorCode::ServerError(REQUEST_FAILED),
        message: message.into(),
        data: Some(serde_json::json!({ "code": code })),
    }
}

/// The protocol's number for a request that was understood and could not be carried out.
const REQUEST_FAILED: i64 = -32_803;
