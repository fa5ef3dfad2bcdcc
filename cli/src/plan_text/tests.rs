#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::*;

/// Makes a plan from `path status reason` in short.
fn plan(nodes: &[(&str, &str, Value)]) -> WorkflowPlan {
    let node = |index: usize, (path, status, reason): &(&str, &str, Value)| json!({ "index": index, "path": path, "name": path, "status": status, "reason": reason, "upstreamRunIds": [] });
    let listed: Vec<Value> = nodes
        .iter()
        .enumerate()
        .map(|(index, entry)| node(index, entry))
        .collect();
    let count = |wanted| {
        nodes
            .iter()
            .filter(|(_, status, _)| *status == wanted)
            .count()
    };
    let plan = json!({
        "workflow": "web",
        "cachedNodeCount": count("cached"),
        "nodeCount": nodes.len(),
        "pendingNodeCount": count("pending"),
        "conditionalNodeCount": count("conditional"),
        "upToDate": count("pending") == 0,
        "nodes": listed,
        "causes": causes_of(nodes),
    });
    serde_json::from_value(plan).unwrap()
}

/// Lists the tasks with a reason of their own, each with those that name it as theirs.
fn causes_of(nodes: &[(&str, &str, Value)]) -> Vec<Value> {
    let is_cause =
        |status: &str, reason: &Value| status == "pending" && reason.get("root").is_none();
    let own = nodes.iter().enumerate();
    let own = own.filter(|(_, (_, status, reason))| is_cause(status, reason));
    let after = |path: &str, wanted: &str| {
        let follows = |(_, status, reason): &&(&str, &str, Value)| {
            *status == wanted && reason["root"] == path
        };
        nodes.iter().filter(follows).count()
    };
    own.map(|(index, (path, ..))| json!({ "index": index, "path": path, "pendingAfter": after(path, "pending"), "conditionalAfter": after(path, "conditional") })).collect()
}

fn cached(path: &str) -> (&str, &'static str, Value) {
    (path, "cached", json!({ "code": "cached" }))
}

fn after<'a>(path: &'a str, status: &'static str, root: &str) -> (&'a str, &'static str, Value) {
    (
        path,
        status,
        json!({ "code": "upstream-pending", "root": root }),
    )
}

fn text(plan: &WorkflowPlan, is_verbose: bool) -> String {
    let lines = of(plan, is_verbose, Timestamp::UNIX_EPOCH);
    let lines: Vec<String> = lines.iter().map(Line::plain).collect();
    lines.join("\n")
}

fn mixed() -> WorkflowPlan {
    let captures = json!([{ "name": "branch", "old": "\"main\"", "new": "\"dev\"" }, { "name": "helper", "old": null, "new": "fn 3f2a" }]);
    plan(&[
        cached("tools"),
        (
            "clone",
            "pending",
            json!({ "code": "handler-changed", "captures": captures, "body": false }),
        ),
        after("install", "pending", "clone"),
        after("build", "pending", "clone"),
        ("lockfile", "pending", json!({ "code": "always-runs" })),
        after("warm", "conditional", "lockfile"),
    ])
}

#[test]
fn a_settled_plan_is_one_line() {
    assert_snapshot!(text(&plan(&[cached("a"), cached("b")]), false), @"web  up to date");
}

#[test]
fn causes_are_told_and_consequences_counted() {
    assert_snapshot!(text(&mixed(), false), @r#"
    web  4 of 6 to run (1 more may follow)
      clone     2 things the handler uses changed
        branch: "main" → "dev"
        helper: none → fn 3f2a
        and 2 tasks after it
      lockfile  checks each time
        and, if its output changes, 1 task after it
    "#);
}

#[test]
fn what_says_nothing_new_is_folded() {
    let names: Vec<String> = (0..15).map(|number| format!("t{number}")).collect();
    let mut nodes: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), "pending", json!({ "code": "never-run" })))
        .collect();
    nodes.insert(14, ("always", "pending", json!({ "code": "always-runs" })));
    assert_snapshot!(text(&plan(&nodes), false), @"
    web  16 of 16 to run
      t0      never ran
      t1      never ran
      t2      never ran
      t3      never ran
      t4      never ran
      t5      never ran
      t6      never ran
      t7      never ran
      t8      never ran
      t9      never ran
      always  checks each time
      and 5 more: never ran
    ");
}

#[test]
fn everything_is_told_to_those_who_ask() {
    assert_snapshot!(text(&mixed(), true), @r#"
    web  4 of 6 to run (1 more may follow)
      tools     cached
      clone     2 things the handler uses changed
        branch: "main" → "dev"
        helper: none → fn 3f2a
      install   `clone` has to run first
      build     `clone` has to run first
      lockfile  checks each time
      warm      cached unless the output of a task before it changes
    "#);
}

#[test]
fn no_path_forges_a_state_or_pushes_one_away() {
    let long = "x".repeat(150);
    let never_run = |path| (path, "pending", json!({ "code": "never-run" }));
    let plan = plan(&[never_run("t  cached"), never_run("b"), never_run(&long)]);
    for is_verbose in [false, true] {
        let expected = format!(
            "web  3 of 3 to run\n  t \\u{{20}}cached  never ran\n  b               never ran\n  {long}  never ran"
        );
        assert_eq!(text(&plan, is_verbose), expected);
    }
}

#[test]
fn long_values_are_cut() {
    assert_eq!(shortened("a\nb"), "a⏎b");
    assert_eq!(shortened(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
}
