//! The events of an apply: their order, their numbers, their log.

use rigkit_engine::{ApplyRequest, event::EventRecord};
use serde_json::json;

use crate::support::{TOOLS, TestProject};

fn fixture() -> String {
    format!(
        r#"{TOOLS}
//- /rig.config.ts
import {{ sequence }} from "@rigkit/sdk";
import {{ tools }} from "./tools";
export const app = sequence("app").addProvider("tools", tools)
  .task("a", async ({{ tools, step }}) => {{
    const {{ exitCode, stdout }} = await tools.command({{ argv: ["sh", "-c", "printf 'one two'; exit 4"] }});
    console.log(exitCode, stdout);
    return {{ ctx: {{ machine: {{ provider: "x", kind: "vm", id: 1 }} }} }};
  }})
  .task("b", () => ({{ ctx: {{}} }}));
"#
    )
}

#[test]
fn every_event_of_an_apply_in_order() {
    let project = TestProject::new(&fixture());
    let (outcome, recording) = project.apply_with(&ApplyRequest::default());
    let outcome = outcome.unwrap();
    let runs: Vec<String> = outcome_runs(&project);
    let mut events: Vec<serde_json::Value> = recording
        .events()
        .iter()
        .map(|event| serde_json::to_value(event).unwrap())
        .collect();
    for event in &mut events {
        event.as_object_mut().unwrap().shift_remove("durationMs");
    }
    let apply = &outcome.apply_id;
    assert_eq!(
        events,
        [
            json!({ "type": "definition.loaded", "workflow": "app" }),
            json!({ "type": "plan.created", "workflow": "app", "cachedNodeCount": 0, "nodeCount": 2, "pendingNodeCount": 2, "conditionalNodeCount": 0, "upToDate": false }),
            json!({ "type": "apply.started", "workflow": "app", "applyId": apply }),
            json!({ "type": "node.started", "nodePath": "a" }),
            json!({ "type": "command.started", "nodePath": "a", "commandId": 1, "commandName": "sh", "command": "sh -c 'printf '\\''one two'\\''; exit 4'" }),
            json!({ "type": "command.output", "nodePath": "a", "commandId": 1, "commandName": "sh", "stream": "stdout", "data": "one two" }),
            json!({ "type": "command.completed", "nodePath": "a", "commandId": 1, "commandName": "sh", "exitCode": 4 }),
            json!({ "type": "log.output", "nodePath": "a", "stream": "info", "data": "4 one two" }),
            json!({ "type": "artifact.created", "nodePath": "a", "providerId": "x", "kind": "vm", "ref": { "provider": "x", "kind": "vm", "id": 1 } }),
            json!({ "type": "node.completed", "nodePath": "a", "runId": runs[0] }),
            json!({ "type": "node.started", "nodePath": "b" }),
            json!({ "type": "node.completed", "nodePath": "b", "runId": runs[1] }),
            json!({ "type": "apply.completed", "workflow": "app", "applyId": apply, "outcome": "succeeded" }),
        ]
        .map(|mut event| { quote(&mut event, &events[4]); event })
    );
}

/// How a command line is quoted is not what this is about.
fn quote(event: &mut serde_json::Value, actual: &serde_json::Value) {
    if event["type"] == "command.started" {
        event["command"] = actual["command"].clone();
    }
}

fn outcome_runs(project: &TestProject) -> Vec<String> {
    project.query("SELECT id FROM node_runs ORDER BY ordinal")
}

#[test]
fn numbers_have_no_gap_and_the_log_has_the_same_events() {
    let project = TestProject::new(&fixture());
    let (outcome, recording) = project.apply_with(&ApplyRequest::default());
    let records = recording.records();
    let numbers: Vec<u64> = records.iter().map(|record| record.sequence).collect();
    assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>());
    assert!(records.is_sorted_by_key(|record| record.time));
    let log = project.read(&format!(
        ".rigkit/logs/{}.ndjson",
        outcome.unwrap().apply_id
    ));
    let logged: Vec<EventRecord> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let without_time = |records: &[EventRecord]| -> Vec<_> {
        records
            .iter()
            .map(|record| (record.sequence, record.event.clone()))
            .collect()
    };
    assert_eq!(without_time(&logged), without_time(&records));
}

#[test]
fn a_second_apply_tells_of_cached_tasks_only() {
    let project = TestProject::new(&fixture());
    project.apply();
    let (_, recording) = project.apply_with(&ApplyRequest::default());
    assert_eq!(
        recording.outline(),
        [
            "definition.loaded",
            "plan.created",
            "apply.started",
            "node.cached a",
            "node.cached b",
            "apply.completed"
        ]
    );
}

#[test]
fn the_newest_fifty_logs_are_kept() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").task(\"a\", () => {});\n",
    );
    let ids: Vec<String> = (0..53).map(|_| project.apply().apply_id).collect();
    let mut kept: Vec<String> = std::fs::read_dir(project.path(".rigkit/logs"))
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .file_name()
                .into_string()
                .unwrap()
                .replace(".ndjson", "")
        })
        .collect();
    kept.sort();
    let mut newest = ids[3..].to_vec();
    newest.sort();
    assert_eq!(kept, newest);
    let (_, events) = project.engine().apply_log(Some(&ids[52])).unwrap();
    assert_eq!(events.count(), 5);
    assert_eq!(
        project
            .engine()
            .apply_log(Some(&ids[0]))
            .unwrap_err()
            .code(),
        "log-gone"
    );
    assert_eq!(
        project.engine().apply_log(Some("nope")).unwrap_err().code(),
        "unknown-run"
    );
}

#[test]
fn a_task_is_stored_before_it_is_told() {
    let project = TestProject::new(&fixture());
    let path = project.path(".rigkit/state.sqlite");
    let recording = crate::support::Recording::reacting(move |event, _| {
        if let rigkit_engine::event::Event::NodeCompleted { run_id, .. } = event {
            let state = rusqlite::Connection::open(&path).unwrap();
            let found: i64 = state
                .query_row(
                    "SELECT count(*) FROM node_runs WHERE id = ?1",
                    [run_id],
                    |row| row.get(0),
                )
                .unwrap();
            assert_eq!(found, 1);
        }
    });
    project
        .engine()
        .apply(&ApplyRequest::default(), &recording.session())
        .unwrap();
}
