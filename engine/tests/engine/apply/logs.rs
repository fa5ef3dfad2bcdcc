//! The log of a run: there is one for what happened, and none for what was refused.

use rigkit_engine::{ApplyRequest, OperationRequest, WorkspaceOperationRequest};
use serde_json::json;

use crate::{
    support::{Recording, TestProject},
    workspaces,
};

const FIXTURE: &str = r#"
import { sequence } from "@rigkit/sdk";
console.log("defining");
export const app = sequence("app").task("a", () => {})
  .workspace({ create: () => ({}), remove: () => {} })
  .operation("hello", { run: () => "hello" })
  .workspaceOperation("look", { run: () => {} });
"#;

fn logs(project: &TestProject) -> Vec<std::path::PathBuf> {
    let mut logs: Vec<_> = std::fs::read_dir(project.path(".rigkit/logs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    logs.sort();
    logs
}

fn refused_apply(project: &TestProject, request: &ApplyRequest) -> &'static str {
    project.apply_with(request).0.unwrap_err().code()
}

#[test]
fn a_refused_run_leaves_no_log() {
    let project = TestProject::new(FIXTURE);
    project.apply();
    workspaces::create(&project, "one").unwrap();
    let before = logs(&project);
    let unknown_workflow = ApplyRequest {
        workflow: Some("typo".to_owned()),
        ..ApplyRequest::default()
    };
    let unknown_task = ApplyRequest {
        until: Some("typo".to_owned()),
        ..ApplyRequest::default()
    };
    let operation = OperationRequest {
        workflow: None,
        operation: "typo".to_owned(),
        input: json!({}),
    };
    let on_workspace = WorkspaceOperationRequest {
        workflow: None,
        workspace: "one".to_owned(),
        operation: "typo".to_owned(),
        input: json!({}),
    };
    let session = Recording::default().session();
    let engine = project.engine();
    let codes = [
        refused_apply(&project, &unknown_workflow),
        refused_apply(&project, &unknown_task),
        workspaces::create(&project, "one").unwrap_err().code(),
        engine
            .run_operation(&operation, &session)
            .unwrap_err()
            .code(),
        engine
            .run_workspace_operation(&on_workspace, &session)
            .unwrap_err()
            .code(),
    ];
    assert_eq!(
        codes,
        [
            "unknown-workflow",
            "unknown-task",
            "workspace-exists",
            "unknown-operation",
            "unknown-operation"
        ]
    );
    assert_eq!(logs(&project), before);
}

#[test]
fn a_log_begins_with_what_the_config_wrote() {
    let project = TestProject::new(FIXTURE);
    project.apply();
    let logs = logs(&project);
    assert_eq!(logs.len(), 1);
    let text = std::fs::read_to_string(&logs[0]).unwrap();
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["sequence"], &first["data"]),
        (&json!(0), &json!("defining"))
    );
    assert!(text.lines().last().unwrap().contains("apply.completed"));
}
