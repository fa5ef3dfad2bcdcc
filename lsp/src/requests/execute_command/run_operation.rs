//! `rigkit.runOperation`: runs an operation of the project.

use std::sync::Arc;

use rigkit_engine::{OperationKind, OperationRequest};
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;

use super::{Command, Target, operation::OperationDesk, result::ResultView};
use crate::{command_line::CommandLine, questions::Questions, runs::RunKind, server::Server};

/// Runs an operation, shows its result and returns it. What is left out is asked of the person.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let arguments = command.arguments;
    let desk = OperationDesk {
        server,
        target: &target,
        questions: Questions::new(server, command.claim.cancel.clone()),
    };
    let operations = desk.operations(OperationKind::Command, arguments.workflow.as_deref());
    let named = target.named_workflow(&arguments);
    let operation = if let Some(operation) = arguments.operation.clone() {
        operation
    } else {
        let line = CommandLine::new(["do"]).option("-w", named);
        desk.choose_operation("Which operation?", &operations, &line)
            .await?
    };
    let line = CommandLine::new(["do", &operation]).option("-w", named);
    let summary = operations.iter().find(|known| known.id == operation);
    let input = desk.input(summary, arguments.input, &line).await?;
    let kind = RunKind {
        title: format!("Running `{operation}`"),
        workflow: arguments.workflow.clone(),
        command_line: match summary {
            Some(summary) => line.input(summary, &input, &[]),
            None => line,
        },
    };
    let shown = ResultView::new(server, target.view.root().to_owned(), operation.clone());
    let request = OperationRequest {
        workflow: arguments.workflow,
        operation,
        input: json!(input),
    };
    server
        .run_in_project(command.claim, target, kind, move |engine, run| {
            let result = engine.run_operation(&request, &shown.listen(run))?;
            Ok(shown.show(result))
        })
        .await
}
