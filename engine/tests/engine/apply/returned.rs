//! What a handler returns, and what of it is refused.

use crate::support::{TestProject, failure_lines};

#[track_caller]
fn check_refused(body: &str, expected: &str) {
    let project = TestProject::new(&format!(
        "import {{ sequence }} from \"@rigkit/sdk\";\nclass Box {{}}\nexport const app = sequence(\"app\")\n  .task(\"t\", async ({{ step }}) => {{ {body} }});\n"
    ));
    let error = project.try_apply().unwrap_err();
    assert_eq!(
        failure_lines(&project.root(), &error),
        [format!("t @ rig.config.ts:4: {expected}")],
        "{body}"
    );
    assert_eq!(project.plan_lines(), ["t pending never-run"]);
}

#[test]
fn a_context_is_json() {
    for (value, what, path) in [
        ("{ f: () => 1 }", "a function", "ctx.f"),
        (
            "{ a: [1, { b: new Box() }] }",
            "an instance of Box",
            "ctx.a[1].b",
        ),
        ("{ d: new Date() }", "an instance of Date", "ctx.d"),
        ("{ m: new Map() }", "an instance of Map", "ctx.m"),
        ("{ u: undefined }", "undefined", "ctx.u"),
        ("{ a: [undefined] }", "undefined", "ctx.a[0]"),
        ("{ a: [1, , 2] }", "undefined", "ctx.a[1]"),
        ("{ n: NaN }", "NaN", "ctx.n"),
        ("{ n: -Infinity }", "-Infinity", "ctx.n"),
        ("{ n: 1n }", "a bigint", "ctx.n"),
        ("{ s: Symbol() }", "a symbol", "ctx.s"),
        ("{ p: Promise.resolve(1) }", "a promise", "ctx.p"),
        ("{ e: new Error() }", "an error", "ctx.e"),
        ("{ \"a b\": { c: NaN } }", "NaN", "ctx[\"a b\"].c"),
        (
            "{ s: \"\\ud800\" }",
            "a string with half a surrogate pair",
            "ctx.s",
        ),
        (
            "(() => { const a = { b: {} }; a.b.c = a; return a; })()",
            "a cycle",
            "ctx.b.c",
        ),
        ("[1]", "an array", "ctx"),
        ("null", "null", "ctx"),
        ("\"x\"", "a string", "ctx"),
        ("undefined", "undefined", "ctx"),
        ("new Box()", "an instance of Box", "ctx"),
    ] {
        let message = format!("TypeError: `t` returned {what} at `{path}`, which is not JSON");
        check_refused(&format!("return {{ ctx: {value} }};"), &message);
    }
}

#[test]
fn the_same_object_twice_is_no_cycle() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nconst shared = { x: 1 };\nexport const app = sequence(\"app\").task(\"t\", () => ({ ctx: { a: shared, b: [shared], c: Object.create(null) } }));\n",
    );
    let context = serde_json::Value::Object(project.apply().context);
    assert_eq!(
        context,
        serde_json::json!({ "a": { "x": 1 }, "b": [{ "x": 1 }], "c": {} })
    );
}

#[test]
fn a_context_that_is_nested_too_deep_is_refused() {
    check_refused(
        "let ctx = {}; for (let i = 0; i < 100000; i += 1) ctx = { a: ctx }; return { ctx };",
        &format!(
            "TypeError: `t` returned nested deeper than 100 levels at `ctx{}`, which is not JSON",
            ".a".repeat(100)
        ),
    );
}

#[test]
fn a_getter_that_throws_fails_the_task() {
    check_refused(
        "return { ctx: { get a() { throw new RangeError(\"gone\"); } } };",
        "RangeError: gone",
    );
}

#[test]
fn a_task_returns_a_context_nothing_or_an_invalidation() {
    for body in [
        "return 1;",
        "return \"x\";",
        "return null;",
        "return { context: {} };",
        "return [];",
        "return true;",
    ] {
        check_refused(
            body,
            "the task `t` must return { ctx: { … } }, nothing, or step.invalidate(…)",
        );
    }
}

#[test]
fn metadata_is_json_too() {
    check_refused(
        "step.metadata({ f: () => 1 });",
        "TypeError: `t` returned a function at `metadata.f`, which is not JSON",
    );
}

#[test]
fn metadata_is_kept_with_the_run() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").task(\"t\", ({ step }) => { step.metadata({ a: 1, b: 1 }); step.metadata({ b: [2] }); });\n",
    );
    project.apply();
    let run = project.engine().cached_runs(None).unwrap().remove(0);
    assert_eq!(
        serde_json::Value::Object(run.metadata),
        serde_json::json!({ "a": 1, "b": [2] })
    );
}
