//! `rig do` and `rig run`.

use insta::assert_snapshot;
use rigkit_tests::Project;
use serde_json::json;

use crate::fixtures::{TWO, WEB};

#[test]
fn inputs_are_flags() {
    let project = Project::new(WEB);
    project.done("apply");
    let check = |line: &str, expected: serde_json::Value| {
        let mut expected = expected;
        expected["of"] = json!("web");
        assert_eq!(project.done(line).document("do.json"), expected, "{line}");
    };
    check(
        "do --json hello --name Ada",
        json!({ "name": "Ada", "times": 1, "mood": "happy" }),
    );
    check(
        "do hello --name=Ada --times 3 --loud --mood sad --tags a --tags b --json",
        json!({ "name": "Ada", "times": 3, "loud": true, "mood": "sad", "tags": ["a", "b"] }),
    );
    check(
        r#"do hello --json --input '{ "name": "Ada", "times": 2 }' --times 4"#,
        json!({ "name": "Ada", "times": 4, "mood": "happy" }),
    );
    project.write("input.json", r#"{ "name": "Bob" }"#);
    check(
        "do hello --input @input.json --json",
        json!({ "name": "Bob", "times": 1, "mood": "happy" }),
    );
}

#[test]
fn operations_explain_themselves() {
    let project = Project::new(WEB);
    project.done("create one");
    assert_snapshot!(project.transcript(&[
        "do",
        "do hello --help",
        "do version-of",
        "do hello --name Ada",
        "run one",
        "run --list one",
        "run one read --help",
        "run one read",
    ]));
    let _ = project.done("do --json").document("operations.json");
    let _ = project
        .done("run --list one --json")
        .document("operations.json");
    assert_eq!(
        project.done("run one read --json").document("run.json"),
        json!("http://localhost:3000")
    );
}

#[test]
fn wrong_input_is_told_before_anything_runs() {
    let project = Project::new(WEB);
    assert_snapshot!(project.transcript(&[
        "do hello",
        "do hello --name",
        "do hello --name Ada --times often",
        "do hello --name Ada --times 1.5",
        "do hello --name Ada --mood angry",
        "do hello --nam Ada",
        "do hello --input '{'",
        r#"do hello --input '{ "name": 5, "extra": true }'"#,
        "do hello --input @missing.json",
    ]));
    let code = |line: &str| project.rig(line).exits_with(2).error()["code"].clone();
    assert_eq!(code("do hello --json"), "missing-input");
    assert_eq!(code("do hello --json --name Ada --times often"), "usage");
    assert_eq!(
        code(r#"do hello --json --input '{ "name": 5 }'"#),
        "invalid-input"
    );
    assert!(!project.path("ran.log").exists());
}

#[test]
fn unknown_operations_and_workspaces_get_the_nearest_name() {
    let project = Project::new(WEB);
    project.done("create one");
    assert_snapshot!(project.transcript(&[
        "do helo",
        "do read",
        "run one raed",
        "run on read",
        "run",
        "run one hello"
    ]));
    let code = |line: &str| project.rig(line).exits_with(2).error()["code"].clone();
    assert_eq!(code("do helo --json"), "unknown-operation");
    assert_eq!(code("run one raed --json"), "unknown-operation");
    assert_eq!(code("run on read --json"), "unknown-workspace");
    assert_eq!(code("run --json"), "missing-answer");
}

#[test]
fn operations_are_told_in_events() {
    let project = Project::new(WEB);
    project.done("create one");
    let types = |line: &str| {
        let events = project.done(line).events();
        let types: Vec<String> = events
            .iter()
            .map(|event| event["type"].as_str().unwrap().to_owned())
            .collect();
        (
            types[types.len() - 1].clone(),
            types.contains(&"operation.started".to_owned()),
        )
    };
    assert_eq!(
        types("do version-of --events"),
        ("operation.completed".to_owned(), true)
    );
    assert_eq!(
        types("run one read --events"),
        ("operation.completed".to_owned(), true)
    );
    assert_eq!(
        types("run --events one read"),
        ("operation.completed".to_owned(), true)
    );
}

#[test]
fn the_last_event_has_the_result() {
    let project = Project::new(WEB);
    project.done("create one");
    let result = |line: &str| {
        let events = project.done(line).events();
        let last = events.last().unwrap();
        assert_eq!(last["type"], "operation.completed", "{line}");
        last["result"].clone()
    };
    assert_eq!(result("do version-of --events"), "1.2.3");
    assert_eq!(result("run one read --events"), "http://localhost:3000");
    // A program that always asks for JSON gets events all the same.
    assert_eq!(result("do version-of --events --json"), "1.2.3");
    assert_eq!(
        result("run --json one read --events"),
        "http://localhost:3000"
    );
}

#[test]
fn a_failed_operation_exits_with_1() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
export const web = workflow("web")
  .sequence("web")
  .task("prepare", () => {})
  .operation("fail", {
    run: () => {
      throw new Error("not today");
    },
  });
"#,
    );
    assert_snapshot!(project.transcript(&["do fail"]));
    let error = project.rig("do fail --json").exits_with(1).error();
    assert_eq!(
        (&error["code"], &error["node"]),
        (&json!("failed"), &json!("operation.fail"))
    );
    assert_eq!(error["position"]["line"], 7);
}

#[test]
fn operations_of_several_workflows_are_told_apart() {
    let project = Project::new(TWO);
    project.done("create one --workflow api");
    assert_snapshot!(project.transcript(&[
        "do",
        "do api-only",
        "do site-only",
        "-w api do site-only",
        "run one api-only"
    ]));
}

/// What the core offers is an operation as well.
#[test]
fn core_operations_run_like_any_other() {
    let project = Project::new(WEB);
    project.done("create one");
    assert_snapshot!(project.transcript(&["run one remove", "run one remove --yes", "ls"]));
}
