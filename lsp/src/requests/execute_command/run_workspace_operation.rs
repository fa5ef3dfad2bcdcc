//! `rigkit.runWorkspaceOperation`: runs an operation on a workspace.

use std::sync::Arc;

use rigkit_engine::{OperationKind, OperationSource, OperationSummary, WorkspaceOperationRequest};
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;

use super::{Command, Target, operation::OperationDesk, remove_workspace, result::ResultView};
use crate::{
    command_line::CommandLine,
    questions::{Choice, Questions},
    runs::RunKind,
    server::Server,
};

/// Runs an operation on a workspace, shows its result and returns it. What is left out is asked of the
/// person.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let mut arguments = command.arguments;
    let desk = OperationDesk {
        server,
        target: &target,
        questions: Questions::new(server, command.claim.cancel.clone()),
    };
    let workspace = match arguments.workspace.clone() {
        Some(workspace) => workspace,
        None => choose_workspace(&desk, arguments.workflow.as_deref()).await?,
    };
    let workflow = workflow_of(&target, &workspace);
    let operations = desk.operations(OperationKind::WorkspaceAction, workflow.as_deref());
    let operation = if let Some(operation) = arguments.operation.take() {
        operation
    } else {
        let question = format!("What is to be done with `{workspace}`?");
        let line = CommandLine::new(["run", &workspace]);
        desk.choose_operation(&question, &operations, &line).await?
    };
    let summary = operations.iter().find(|known| known.id == operation);
    if summary.is_some_and(is_removal) {
        arguments.workspace = Some(workspace);
        let claim = command.claim;
        return remove_workspace::run(server, Command { arguments, claim }).await;
    }
    let line = CommandLine::new(["run", &workspace, &operation]);
    let input = desk.input(summary, arguments.input, &line).await?;
    let kind = RunKind {
        title: format!("Running `{operation}` on `{workspace}`"),
        workflow: arguments.workflow.clone(),
        command_line: match summary {
            Some(summary) => line.input(summary, &input, &[]),
            None => line,
        },
    };
    let shown = ResultView::new(
        server,
        target.view.root().to_owned(),
        format!("{workspace}/{operation}"),
    );
    let request = WorkspaceOperationRequest {
        workflow: arguments.workflow,
        workspace,
        operation,
        input: json!(input),
    };
    server
        .run_in_project(command.claim, target, kind, move |engine, run| {
            let result = engine.run_workspace_operation(&request, &shown.listen(run))?;
            Ok(shown.show(result))
        })
        .await
}

fn is_removal(operation: &OperationSummary) -> bool {
    operation.source == OperationSource::Core && operation.id == "remove"
}

fn workflow_of(target: &Target, workspace: &str) -> Option<String> {
    let mut workspaces = target.view.snapshot.workspaces.iter();
    let workspace = workspaces.find(|known| known.name == workspace);
    workspace.map(|workspace| workspace.workflow.clone())
}

async fn choose_workspace(desk: &OperationDesk<'_>, workflow: Option<&str>) -> Result<String> {
    let workspaces = desk.workspaces(workflow);
    let choices = workspaces.iter().map(Choice::plain).collect();
    let line = CommandLine::new(["run"]);
    let none = "there is no workspace yet\nin a terminal: rig create NAME";
    let chosen = desk
        .choose("On which workspace?", choices, none, &line)
        .await?;
    Ok(workspaces.into_iter().nth(chosen).unwrap_or_default())
}
