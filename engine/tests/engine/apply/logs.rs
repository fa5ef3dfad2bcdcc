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

/// Replaces the log of the only apply, and reads it: how many events there are, and how many bytes are left out.
fn read_again(project: &TestProject, log: &[u8]) -> (usize, u64) {
    std::fs::write(&logs(project)[0], log).unwrap();
    let (_, mut log) = project.engine().apply_log(None).unwrap();
    let events = log.by_ref().map(Result::unwrap).count();
    (events, log.left_out_bytes())
}

#[test]
fn a_log_is_read_within_bounds() {
    let project = TestProject::new(FIXTURE);
    project.apply();
    let event = |data: &str| {
        let event = json!({ "sequence": 0, "time": "2026-01-01T00:00:00.000Z", "type": "log.output", "nodePath": "a", "stream": "info", "data": data });
        format!("{event}\n").into_bytes()
    };
    let short = event("short");
    let long = event(&"x".repeat(1 << 19));
    let too_long = event(&"x".repeat(1 << 20));
    let bytes = |log: &[u8]| log.len() as u64;
    let cases: Vec<(Vec<u8>, usize, u64)> = vec![
        (Vec::new(), 0, 0),
        ([&short[..], &short].concat(), 2, 0),
        // A killed process ends in the middle of a line.
        ([&short[..], &short[..20]].concat(), 1, 0),
        ([&short[..], b"nothing\n", &short].concat(), 2, 8),
        ([&short[..], &long, &short].concat(), 3, 0),
        (
            [&short[..], &too_long, &short].concat(),
            2,
            bytes(&too_long),
        ),
        (long.repeat(140), 127, bytes(&long) * 13),
        (vec![0; 70 << 20], 0, 70 << 20),
    ];
    for (index, (log, events, left_out)) in cases.iter().enumerate() {
        let found = read_again(&project, log);
        assert_eq!(found, (*events, *left_out), "case {index}");
    }
}
