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

/// An operation that says what it was given, with an argument, flags of each kind and the rest of the line.
const DEPLOY: &str = r#"
//- /rig.config.ts
import { sequence } from "@rigkit/sdk";
const given = ({ input }) => input;
export const web = sequence("web")
  .task("prepare", () => {})
  .workspace({ create: () => ({}), remove: () => {} })
  .operation("deploy", {
    input: (w) => w.rest("args", { description: "For the program" }).extend({
      target: w.string({ position: 0, required: false }),
      count: w.number({ required: false }),
      dryRun: w.boolean(),
      checks: w.boolean({ defaultValue: true }),
    }),
    run: given,
  })
  .operation("count", { input: (w) => ({ by: w.number({ position: 0 }) }), run: given })
  .operation("lists", {
    input: {
      type: "object",
      properties: {
        on: { type: "array", items: { type: "boolean" } },
        size: { type: "array", items: { type: "integer" } },
        level: { enum: [1, 2.5, -3] },
        any: { type: "object" },
      },
    },
    run: given,
  })
  .workspaceOperation("deploy", { input: (w) => ({ target: w.string({ position: 0, required: false }), dryRun: w.boolean() }), run: given });
"#;

#[test]
fn each_word_is_what_it_looks_like() {
    let project = Project::new(DEPLOY);
    let check = |line: &str, expected: serde_json::Value| {
        let given = project
            .done(&format!("do --json {line}"))
            .document("do.json");
        assert_eq!(given, expected, "{line}");
    };
    let deploy = |more: serde_json::Value| {
        let mut all = json!({ "dryRun": false, "checks": true, "args": [] });
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        all
    };
    check("deploy x", deploy(json!({ "target": "x" })));
    check(
        "deploy --dry-run --no-checks",
        deploy(json!({ "dryRun": true, "checks": false })),
    );
    check(
        "deploy --dry-run=true --checks=false",
        deploy(json!({ "dryRun": true, "checks": false })),
    );
    check("deploy --dry-run=false --checks=true", deploy(json!({})));
    check(
        "deploy --target=--x --count=-5",
        deploy(json!({ "target": "--x", "count": -5 })),
    );
    check("deploy --count -1.5e2", deploy(json!({ "count": -150 })));
    check(
        "deploy x -- --dry-run -v 'a b' --",
        deploy(json!({ "target": "x", "args": ["--dry-run", "-v", "a b", "--"] })),
    );
    check("deploy -- -w", deploy(json!({ "args": ["-w"] })));
    check("deploy --", deploy(json!({})));
    check("count 3", json!({ "by": 3 }));
    check("count -- -5", json!({ "by": -5 }));
    check("count --by=-5", json!({ "by": -5 }));
    check(
        "lists --on --on=false --size=-1 --size 2",
        json!({ "on": [true, false], "size": [-1, 2] }),
    );
    check("lists --level=-3", json!({ "level": -3 }));
    check("lists --level 2.5", json!({ "level": 2.5 }));
}

#[test]
fn a_word_that_is_nothing_runs_nothing() {
    let project = Project::new(DEPLOY);
    project.done("create one");
    let check = |line: &str, expected: &str| {
        let output = project.rig(line).exits_with(2);
        assert!(output.stderr.contains(expected), "{}", output.transcript());
        let (command, rest) = line.split_once(' ').unwrap();
        let error = project
            .rig(&format!("{command} --json {rest}"))
            .exits_with(2)
            .error();
        assert!(error["message"].is_string());
    };
    check("do deploy --dry-rnu", "'--dry-run'");
    check("do deploy x --dry-rnu", "'--dry-run'");
    check("run one deploy --dry-rnu", "'--dry-run'");
    check("run one deploy x --dry-rnu", "'--dry-run'");
    check("do deploy -x", "unexpected argument '-x'");
    check("do deploy --target --dry-run", "--target");
    check("do count -5", "unexpected argument '-5'");
    check("do deploy --dry-run=", "neither true nor false");
    check("do deploy --dry-run=yes", "neither true nor false");
    check("do deploy --count=", "not a number");
    check("do deploy --count=0x10", "not a number");
    check("do deploy --count=1e400", "not a number");
    check("do deploy --count 9007199254740993", "would be rounded");
    check("do lists --size=9007199254740993", "would be rounded");
    check("do lists --size=1.5", "not a whole number");
    check("do lists --level 3", "invalid value '3'");
    check(
        "do lists --any '{\"n\":12345678901234567890123}'",
        "would be rounded",
    );
    check(
        "do lists --input '{\"size\":[9007199254740993]}'",
        "would be rounded",
    );
    check("run one deploy -- x y", "unexpected argument 'y'");
    check("plan --detailed-exitcod", "'--detailed-exitcode'");
    check("cache explan", "explain");
    check("apply --untl x", "'--until'");
    check("rm one --yse", "'--yes'");
    check("ls --jsn", "'--json'");
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
