//! How contexts go from task to task.

use serde_json::{Value, json};

use crate::support::TestProject;

#[track_caller]
fn check_context(tree: &str, expected: &Value) {
    let project = TestProject::new(&format!(
        r#"
import {{ sequence, task }} from "@rigkit/sdk";
const set = (value) => () => ({{ ctx: value }});
const add = (value) => ({{ step }}) => ({{ ctx: {{ ...step.ctx, ...value }} }});
const keep = () => {{}};
const see = ({{ step }}) => ({{ ctx: {{ seen: step.ctx }} }});
export const app = sequence("app"){tree};
"#
    ));
    assert_eq!(&Value::Object(project.apply().context), expected);
    let plan = project.plan();
    assert!(plan.is_settled(), "{:?}", crate::support::lines(&plan));
    assert_eq!(
        &Value::Object(project.apply().context),
        expected,
        "from the state"
    );
}

#[test]
fn an_output_replaces_the_context_and_nothing_keeps_it() {
    check_context(r#".task("a", see)"#, &json!({ "seen": {} }));
    check_context(
        r#".task("a", set({ x: 1 })).task("b", set({ y: 2 }))"#,
        &json!({ "y": 2 }),
    );
    check_context(
        r#".task("a", set({ x: 1 })).task("b", add({ y: 2 }))"#,
        &json!({ "x": 1, "y": 2 }),
    );
    check_context(
        r#".task("a", set({ x: 1 })).task("b", keep)"#,
        &json!({ "x": 1 }),
    );
    check_context(r#".task("a", set({}))"#, &json!({}));
    check_context("", &json!({}));
}

#[test]
fn a_nested_sequence_goes_on_with_the_context() {
    check_context(
        r#".task("a", set({ x: 1 })).add(sequence("s").task("b", add({ y: 2 }))).task("c", add({ z: 3 }))"#,
        &json!({ "x": 1, "y": 2, "z": 3 }),
    );
}

#[test]
fn branches_start_from_the_same_context_and_join_under_their_names() {
    check_context(
        r#".task("a", set({ x: 1 })).parallel({ l: task("t", add({ y: 2 })), r: task("t", see) })"#,
        &json!({ "x": 1, "l": { "x": 1, "y": 2 }, "r": { "seen": { "x": 1 } } }),
    );
    check_context(
        r#".task("a", set({ x: 1 })).parallel({ l: sequence("l"), r: task("t", keep) }).task("b", see)"#,
        &json!({ "seen": { "x": 1, "l": { "x": 1 }, "r": { "x": 1 } } }),
    );
    check_context(
        r#".parallel({ l: sequence("l").parallel({ m: task("t", set({ n: 1 })) }), r: task("t", set({ n: 2 })) })"#,
        &json!({ "l": { "m": { "n": 1 } }, "r": { "n": 2 } }),
    );
    check_context(
        r#".task("a", set({ x: 1 })).parallel({})"#,
        &json!({ "x": 1 }),
    );
}

#[test]
fn json_comes_back_as_it_went() {
    check_context(
        r#".task("a", set({ n: [null, true, -0, 1.5, 1e21, 9007199254740991], s: "\u{1f600}\n\"", o: { __proto__x: {}, "": 1 } })).task("b", see)"#,
        &json!({ "seen": {
            "n": [null, true, 0, 1.5, 1e21, 9_007_199_254_740_991_i64], "s": "\u{1f600}\n\"", "o": { "__proto__x": {}, "": 1 },
        } }),
    );
}

#[test]
fn a_context_is_frozen_at_every_depth() {
    for change in [
        "step.ctx.x = 2",
        "step.ctx.deep.list.push(1)",
        "delete step.ctx.x",
        "config.a.b = 1",
        "step.ctx.deep.new = 1",
    ] {
        let project = TestProject::new(&format!(
            r#"
import {{ sequence }} from "@rigkit/sdk";
export const app = sequence("app").configure({{ a: {{}} }})
  .task("a", () => ({{ ctx: {{ x: 1, deep: {{ list: [] }} }} }}))
  .task("b", ({{ step, config }}) => {{ {change}; }});
"#
        ));
        let error = project.try_apply().unwrap_err();
        let lines = crate::support::failure_lines(&project.root(), &error);
        assert!(
            lines[0].starts_with("b @ rig.config.ts:5: TypeError: "),
            "{change}: {lines:?}"
        );
    }
}

#[test]
fn branches_do_not_share_their_copies() {
    check_context(
        r#".task("a", set({ list: [1] })).parallel({
  l: task("t", ({ step }) => { const list = [...step.ctx.list, 2]; return { ctx: { list } }; }),
  r: task("t", ({ step }) => { const list = [...step.ctx.list, 3]; return { ctx: { list } }; }),
})"#,
        &json!({ "list": [1], "l": { "list": [1, 2] }, "r": { "list": [1, 3] } }),
    );
}

/// The first task's context has the name of a branch.
const COLLISION: &str = r#"
import { sequence, task } from "@rigkit/sdk";
export const app = sequence("app")
  .task("a", () => ({ ctx: { web: 1 } }))
  .parallel({
    api: task("t", () => {}),
    web: task("t", () => {}),
  });
"#;

#[test]
fn a_branch_with_the_name_of_a_key_is_an_error_in_apply_and_plan() {
    let project = TestProject::new(COLLISION);
    assert_eq!(project.plan_lines().len(), 3);
    for _ in 0..2 {
        let error = project.try_apply().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the branch `web` has the name of a context key"
        );
        let range = error.range().unwrap();
        assert_eq!((range.start.line, range.start.column), (7, 5));
        let error = project.try_plan().unwrap_err();
        assert_eq!(error.code(), "branch-collision");
    }
    // What had finished is stored.
    assert_eq!(project.query("SELECT node_path FROM node_runs"), ["a"]);
}

#[test]
fn a_collision_in_one_branch_lets_the_others_finish() {
    let project = TestProject::new(
        r#"
import { sequence, task } from "@rigkit/sdk";
let go;
const gone = new Promise((resolve) => { go = resolve; });
export const app = sequence("app").parallel({
  slow: task("t", async ({ step }) => { await gone; await null; return { ctx: { done: true } }; }),
  fast: sequence("fast").task("a", () => { go(); return { ctx: { web: 1 } }; }).parallel({ web: task("t", () => {}) }),
});
"#,
    );
    let error = project.try_apply().unwrap_err();
    assert_eq!(error.code(), "branch-collision");
    assert_eq!(
        project.query("SELECT node_path FROM node_runs ORDER BY node_path"),
        ["fast.a", "slow.t"]
    );
}
