//! `workspace/executeCommand`: what a person or a program wants done, one file a command.

mod apply;
mod arguments;
mod cancel;
mod create_workspace;
mod explain;
mod graph;
mod invalidate;
mod name;
mod plan;
mod remove_workspace;
mod run_operation;
mod run_workspace_operation;
mod target;

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::{
    jsonrpc::{Error, Result},
    ls_types::{ExecuteCommandParams, ProgressToken},
};

pub(crate) use self::{arguments::CommandArguments, name::CommandName, target::Target};
use crate::server::Server;

/// Is a command as it was sent.
pub(crate) struct Command {
    /// What it is to do, and to what.
    pub(crate) arguments: CommandArguments,
    /// The name under which the client wants to be told of progress.
    pub(crate) token: Option<ProgressToken>,
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
    let command = Command {
        arguments: CommandArguments::read(parameters.arguments)?,
        token: parameters.work_done_progress_params.work_done_token,
    };
    if name.runs_code() {
        let target = Target::find(server, &command.arguments)?;
        let root = target.view.root().to_owned();
        server.require_trust(&root, &name.to_string()).await?;
    }
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
        CommandName::Cancel => Ok(cancel::run(server, &command.arguments)),
    }?;
    Ok(Some(value))
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
