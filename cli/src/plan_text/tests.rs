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
    let cached = nodes
        .iter()
        .filter(|(_, status, _)| *status == "cached")
        .count();
    let plan = json!({ "workflow": "web", "cachedNodeCount": cached, "nodeCount": nodes.len(), "nodes": listed });
    serde_json::from_value(plan).unwrap()
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
    assert_snapshot!(text(&plan(&[cached("a"), cached("b")]), false), @"web  2 of 2 cached");
}

#[test]
fn causes_are_told_and_consequences_counted() {
    assert_snapshot!(text(&mixed(), false), @r#"
    web  1 of 6 cached
      clone     2 things the handler uses changed
        branch: "main" → "dev"
        helper: none → fn 3f2a
        and 2 tasks after it
      lockfile  runs every time
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
    web  0 of 16 cached
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
      always  runs every time
      and 5 more: never ran
    ");
}

#[test]
fn everything_is_told_to_those_who_ask() {
    assert_snapshot!(text(&mixed(), true), @r#"
    web  1 of 6 cached
      tools     cached
      clone     2 things the handler uses changed
        branch: "main" → "dev"
        helper: none → fn 3f2a
      install   `clone` has to run first
      build     `clone` has to run first
      lockfile  runs every time
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
            "web  0 of 3 cached\n  t \\u{{20}}cached  never ran\n  b               never ran\n  {long}  never ran"
        );
        assert_eq!(text(&plan, is_verbose), expected);
    }
}

#[test]
fn long_values_are_cut() {
    assert_eq!(shortened("a\nb"), "a⏎b");
    assert_eq!(shortened(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
}
