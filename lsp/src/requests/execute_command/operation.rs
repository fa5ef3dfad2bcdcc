//! What both kinds of operations have in common: which one is meant, what it takes, and what it gave.

use std::sync::Arc;

use rigkit_engine::{OperationKind, OperationSource, OperationSummary};
use serde_json::{Map, Value};
use tower_lsp::jsonrpc::Result;

use super::{Target, input::InputForm, refused};
use crate::{
    command_line::CommandLine,
    outbox::Reply,
    questions::{Choice, Questions},
    server::Server,
};

/// Asks for what is needed to run an operation.
pub(super) struct OperationDesk<'a> {
    /// The server.
    pub(super) server: &'a Arc<Server>,
    /// The project.
    pub(super) target: &'a Target,
    /// How the person is asked.
    pub(super) questions: Questions,
}

impl OperationDesk<'_> {
    /// Lists the operations of a kind that the config defines, and those of Rigkit that are offered with them.
    pub(super) fn operations(
        &self,
        kind: OperationKind,
        workflow: Option<&str>,
    ) -> Vec<OperationSummary> {
        let view = &self.target.view;
        let Some(definition) = &view.snapshot.definition else {
            return Vec::new();
        };
        let is_offered = |operation: &OperationSummary| {
            let is_own = operation.source == OperationSource::Config
                || operation.kind == OperationKind::WorkspaceAction;
            let is_wanted = workflow.is_none_or(|workflow| operation.workflow == workflow);
            operation.kind == kind && is_own && is_wanted
        };
        let mut operations = view.engine().operations_of(definition);
        operations.retain(is_offered);
        operations.sort_by_key(|operation| operation.source == OperationSource::Core);
        operations
    }

    /// Asks for one of several things by their names.
    pub(super) async fn choose(
        &self,
        question: &str,
        choices: Vec<Choice>,
        none: &str,
        line: &CommandLine,
    ) -> Result<usize> {
        if choices.is_empty() {
            return Err(refused(self.server, "nothing-to-choose", none.to_owned()));
        }
        match self.questions.choose(question, &choices).await {
            Reply::Given(index) => Ok(index),
            Reply::Dismissed | Reply::Impossible => {
                let message = format!("{question} Nothing was chosen\nin a terminal: {line}");
                Err(refused(self.server, "nothing-chosen", message))
            }
        }
    }

    /// Chooses an operation of several.
    pub(super) async fn choose_operation(
        &self,
        question: &str,
        operations: &[OperationSummary],
        line: &CommandLine,
    ) -> Result<String> {
        let choice = |operation: &OperationSummary| Choice {
            label: operation.id.clone(),
            description: operation.title.clone().or(operation.description.clone()),
        };
        let choices = operations.iter().map(choice).collect();
        let none = "the config defines no operation";
        let index = self.choose(question, choices, none, line).await?;
        let chosen = operations.get(index);
        Ok(chosen
            .map(|operation| operation.id.clone())
            .unwrap_or_default())
    }

    /// Asks for the input of an operation. One that is not known is left to the engine, which says so.
    pub(super) async fn input(
        &self,
        operation: Option<&OperationSummary>,
        given: Option<Map<String, Value>>,
        line: &CommandLine,
    ) -> Result<Map<String, Value>> {
        let Some(operation) = operation else {
            return Ok(given.unwrap_or_default());
        };
        let workspaces = self.workspaces(Some(&operation.workflow));
        let form = InputForm {
            server: self.server,
            questions: &self.questions,
            operation,
            workspaces: &workspaces,
            command_line: line,
        };
        form.fill(given).await
    }

    /// Lists the workspaces of a workflow.
    pub(super) fn workspaces(&self, workflow: Option<&str>) -> Vec<String> {
        let workspaces = self.target.view.snapshot.workspaces.iter();
        workspaces
            .filter(|workspace| workflow.is_none_or(|workflow| workspace.workflow == workflow))
            .map(|workspace| workspace.name.clone())
            .collect()
    }
}
