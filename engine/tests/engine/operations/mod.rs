//! Operations of projects and of workspaces.

mod inputs;
mod listing;
mod local;
mod running;

use rigkit_engine::{EngineError, OperationRequest, WorkspaceOperationRequest};
use serde_json::Value;

use crate::support::{Recording, TestProject};

pub fn run_recorded(
    project: &TestProject,
    operation: &str,
    input: Value,
    recording: &Recording,
) -> Result<Value, EngineError> {
    let request = OperationRequest {
        workflow: None,
        operation: operation.to_owned(),
        input,
    };
    project
        .engine()
        .run_operation(&request, &recording.session())
}

pub fn run(project: &TestProject, operation: &str, input: Value) -> Result<Value, EngineError> {
    run_recorded(project, operation, input, &Recording::default())
}

pub fn run_on(
    project: &TestProject,
    workspace: &str,
    operation: &str,
    input: Value,
) -> Result<Value, EngineError> {
    let request = WorkspaceOperationRequest {
        workflow: None,
        workspace: workspace.to_owned(),
        operation: operation.to_owned(),
        input,
    };
    project
        .engine()
        .run_workspace_operation(&request, &Recording::default().session())
}
