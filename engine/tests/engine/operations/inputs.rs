//! Input, in its three forms: filled in, judged, handed over.

use serde_json::{Value, json};

use super::run;
use crate::{
    support::{Recording, TestProject},
    workspaces,
};

/// Runs an operation that gives its input back.
#[track_caller]
fn check(input: &str, cases: &[(Value, Result<Value, &str>)]) {
    let project = TestProject::new(&format!(
        "import {{ sequence }} from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").operation(\"op\", {{ input: {input}, run: ({{ input }}) => {{ console.log(\"ran\"); return input; }} }});\n"
    ));
    for (given, expected) in cases {
        let recording = Recording::default();
        let result = super::run_recorded(&project, "op", given.clone(), &recording);
        match (result, expected) {
            (Ok(result), Ok(expected)) => assert_eq!(&result, expected, "{given}"),
            (Err(error), Err(expected)) => {
                assert_eq!(error.to_string(), *expected, "{given}");
                assert!(
                    recording.logs().is_empty(),
                    "nothing runs with a wrong input"
                );
            }
            (result, expected) => panic!("{given}: {result:?} instead of {expected:?}"),
        }
    }
}

#[test]
fn no_whole_number_is_rounded() {
    check(
        r#"{ type: "object", properties: { n: { type: "number" }, list: { type: "array", items: { type: "integer" } } } }"#,
        &[
            (
                json!({ "n": 9_007_199_254_740_991_u64 }),
                Ok(json!({ "n": 9_007_199_254_740_991_u64 })),
            ),
            (json!({ "n": 1e300 }), Ok(json!({ "n": 1e300 }))),
            (
                json!({ "n": 9_007_199_254_740_993_u64 }),
                Err(
                    "the input of `op` is wrong: `n`: 9007199254740993 would be rounded, a whole number has at most 9007199254740991",
                ),
            ),
            (
                json!({ "list": [1, -9_007_199_254_740_993_i64] }),
                Err(
                    "the input of `op` is wrong: `list.1`: -9007199254740993 would be rounded, a whole number has at most 9007199254740991",
                ),
            ),
        ],
    );
}

#[test]
fn the_rest_of_a_command_line_is_a_list_of_texts() {
    for input in [
        r#"(w) => w.rest("args")"#,
        r#"(w) => w.extend({ n: w.number({ required: false }) }).rest("args", { description: "More" })"#,
        r#"(w) => ({ args: w.rest("args") })"#,
        r#"{ type: "object", properties: { args: { type: "array", items: { type: "string" }, format: "rigkit-rest", default: [] } } }"#,
    ] {
        check(
            input,
            &[
                (json!({}), Ok(json!({ "args": [] }))),
                (
                    json!({ "args": ["--watch", "a b"] }),
                    Ok(json!({ "args": ["--watch", "a b"] })),
                ),
            ],
        );
    }
}

#[test]
fn a_json_schema_is_filled_in_and_judged() {
    check(
        r#"{
  type: "object",
  properties: {
    name: { type: "string" }, port: { type: "integer", default: 3000 }, mode: { enum: ["a", "b"] },
    tags: { type: "array", items: { type: "string" } }, deep: { type: "object", properties: { x: { type: "number", default: 1 } } },
  },
  required: ["name"],
}"#,
        &[
            (
                json!({ "name": "x" }),
                Ok(json!({ "name": "x", "port": 3000 })),
            ),
            (
                json!({ "name": "x", "port": 1, "mode": "b", "tags": ["t"], "deep": {} }),
                Ok(
                    json!({ "name": "x", "port": 1, "mode": "b", "tags": ["t"], "deep": { "x": 1 } }),
                ),
            ),
            (
                json!({}),
                Err("the input of `op` is wrong: `name` is missing"),
            ),
            (
                Value::Null,
                Err("the input of `op` is wrong: `name` is missing"),
            ),
            (
                json!({ "name": "x", "prot": 1 }),
                Err("the input of `op` is wrong: there is no key `prot`; did you mean `port`?"),
            ),
            (
                json!({ "name": "x", "port": "1" }),
                Err("the input of `op` is wrong: `port`: \"1\" is not of type \"integer\""),
            ),
            (
                json!({ "name": "x", "mode": "c" }),
                Err("the input of `op` is wrong: `mode`: \"c\" is not one of \"a\" or \"b\""),
            ),
            (
                json!({ "name": "x", "tags": [1] }),
                Err("the input of `op` is wrong: `tags.0`: 1 is not of type \"string\""),
            ),
            (
                json!({ "port": "1", "x": 1 }),
                Err(
                    "the input of `op` is wrong: `port`: \"1\" is not of type \"integer\"; there is no key `x`; it takes: name, port, mode, tags, deep; `name` is missing",
                ),
            ),
            (
                json!([]),
                Err("the input of `op` is wrong: it must be an object, not an array"),
            ),
            (
                json!("x"),
                Err("the input of `op` is wrong: it must be an object, not a string"),
            ),
            (
                json!({ "name": "" }),
                Ok(json!({ "name": "", "port": 3000 })),
            ),
        ],
    );
}

#[test]
fn an_operation_without_input_takes_none() {
    check(
        "undefined",
        &[
            (Value::Null, Ok(json!({}))),
            (json!({}), Ok(json!({}))),
            (
                json!({ "x": 1 }),
                Err("the input of `op` is wrong: there is no key `x`; it takes no input"),
            ),
        ],
    );
}

#[test]
fn fields_are_required_unless_they_have_a_default_or_are_switches() {
    check(
        r#"(w) => w.input({
  name: w.string({ description: "a name" }), port: w.number({ defaultValue: 3000 }), note: w.string({ required: false }),
  force: w.boolean(), count: w.number({ required: false }),
})"#,
        &[
            (
                json!({ "name": "x" }),
                Ok(json!({ "name": "x", "port": 3000, "force": false })),
            ),
            (
                json!({ "name": "x", "note": "n", "force": true, "count": 1.5 }),
                Ok(json!({ "name": "x", "note": "n", "force": true, "count": 1.5, "port": 3000 })),
            ),
            (
                json!({}),
                Err("the input of `op` is wrong: `name` is missing"),
            ),
            (
                json!({ "name": "" }),
                Err("the input of `op` is wrong: `name` is missing"),
            ),
            (
                json!({ "name": "x", "note": "" }),
                Ok(json!({ "name": "x", "port": 3000, "force": false })),
            ),
            (
                json!({ "name": 1 }),
                Err("the input of `op` is wrong: `name`: 1 is not of type \"string\""),
            ),
            (
                json!({ "name": "x", "force": "yes" }),
                Err("the input of `op` is wrong: `force`: \"yes\" is not of type \"boolean\""),
            ),
            (
                json!({ "name": "x", "nme": "y" }),
                Err("the input of `op` is wrong: there is no key `nme`; did you mean `name`?"),
            ),
        ],
    );
}

#[test]
fn a_standard_schema_has_the_last_word() {
    check(
        r#"{ "~standard": {
  version: 1, vendor: "test",
  jsonSchema: { input: () => ({ type: "object", properties: { port: { type: "integer" } }, required: ["port"] }) },
  validate: async (value) => value.port < 1024 ? { issues: [{ message: "too low", path: [{ key: "port" }] }] } : { value: { port: `p${value.port}` } },
} }"#,
        &[
            (json!({ "port": 3000 }), Ok(json!({ "port": "p3000" }))),
            (
                json!({ "port": "x" }),
                Err("the input of `op` is wrong: `port`: \"x\" is not of type \"integer\""),
            ),
            (
                json!({ "port": 1 }),
                Err("the input of `op` is wrong: `port`: too low"),
            ),
        ],
    );
}

#[test]
fn a_standard_schema_is_asked_before_anything_runs() {
    let project = TestProject::new(
        r#"
import { defineProvider, sequence } from "@rigkit/sdk";
const told = defineProvider("told", {}, {
  providerId: "told",
  createProvider: () => { console.log("made"); return { providerId: "told", runtime: () => ({}) }; },
});
const input = { "~standard": {
  version: 1, vendor: "test",
  jsonSchema: { input: () => ({ type: "object", properties: { port: {} } }) },
  validate: (value) => {
    if (value.port === "throw") throw new Error("broken");
    return value.port === 1 ? { issues: [{ message: "too low", path: ["port"] }, { message: "and odd" }] } : { value: { when: new Date(value.port) } };
  },
} };
export const app = sequence("app").addProvider("told", told)
  .operation("op", { input, run: ({ input }) => [input.when instanceof Date, input.when.getTime()] });
"#,
    );
    let run = |port: Value| {
        let recording = Recording::default();
        let result = super::run_recorded(&project, "op", json!({ "port": port }), &recording);
        (result, recording)
    };
    let (result, recording) = run(json!(1));
    let error = result.unwrap_err();
    assert_eq!(error.code(), "invalid-input");
    assert_eq!(
        error.to_string(),
        "the input of `op` is wrong: `port`: too low; and odd"
    );
    assert_eq!(recording.outline(), Vec::<String>::new());
    let (result, recording) = run(json!("throw"));
    assert_eq!(
        result.unwrap_err().to_string(),
        "`operation.op` failed: broken"
    );
    assert_eq!(recording.outline(), Vec::<String>::new());
    // What a schema makes of the input need not be JSON.
    let (result, recording) = run(json!(5));
    assert_eq!(result.unwrap(), json!([true, 5]));
    assert_eq!(recording.logs(), ["operation.op info made"]);
}

#[test]
fn a_schema_gives_its_json_schema_in_one_of_three_ways() {
    for (way, needs) in [
        (
            "\"~standard\": { ...standard, jsonSchema: { input: ({ target }) => target === \"draft-2020-12\" && json } }",
            "valibot, arktype",
        ),
        (
            "\"~standard\": standard, toJSONSchema: ({ io }) => io === \"input\" && json",
            "zod",
        ),
        (
            "\"~standard\": standard, toJsonSchema: () => json",
            "arktype",
        ),
    ] {
        let package = format!(
            "const standard = {{ version: 1, vendor: \"x\", validate: (value) => ({{ value }}) }};\nconst json = {{ type: \"object\", properties: {{ port: {{ type: \"integer\", default: 3 }} }} }};\nexport const schema = {{ {way} }};\n"
        );
        // A schema may be a function with members as well.
        for schema in ["schema", "Object.assign(() => {}, schema)"] {
            let project = TestProject::new(&format!(
                "//- /rig.config.ts\nimport {{ sequence }} from \"@rigkit/sdk\";\nimport {{ schema }} from \"shapes\";\nexport const app = sequence(\"app\").operation(\"op\", {{ input: {schema}, run: ({{ input }}) => input }});\n//- /node_modules/shapes/package.json\n{{\"name\":\"shapes\",\"version\":\"1.0.0\",\"type\":\"module\",\"exports\":\"./index.js\"}}\n//- /node_modules/shapes/index.js\n{package}"
            ));
            assert_eq!(
                run(&project, "op", json!({})).unwrap(),
                json!({ "port": 3 }),
                "{needs}: {schema}"
            );
            let error = run(&project, "op", json!({ "port": "x" })).unwrap_err();
            assert_eq!(error.code(), "invalid-input", "{needs}: {schema}");
        }
    }
}

#[test]
fn an_input_is_frozen() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").operation(\"op\", { input: (w) => w.input({ a: w.string() }), run: ({ input }) => { input.a = 1; } });\n",
    );
    assert!(run(&project, "op", json!({ "a": "x" })).is_err());
}

/// An operation with a field that names a workspace.
fn with_workspace_field() -> TestProject {
    let fixture = format!(
        "{}\nexport const other = sequence(\"other\").task(\"t\", () => {{}}).workspace({{ create: () => ({{ other: true }}), remove: () => {{}} }});\n",
        workspaces::FIXTURE.replace(
            ".workspaceOperation(",
            ".operation(\"sync\", { input: (w) => w.workspaceInput({ name: \"target\" }).extend({ port: w.number({ defaultValue: 1 }) }), run: ({ input }) => input })\n  .workspaceOperation(",
        )
    );
    TestProject::new(&fixture)
}

#[test]
fn a_workspace_field_gives_the_workspace() {
    let project = with_workspace_field();
    let create = |workflow: &str, name: &str| {
        let request = rigkit_engine::CreateWorkspaceRequest {
            workflow: Some(workflow.to_owned()),
            name: name.to_owned(),
            jobs: None,
            lock: rigkit_engine::LockBehaviour::Wait,
        };
        project
            .engine()
            .create_workspace(&request, &Recording::default().session())
            .unwrap();
    };
    create("app", "one");
    create("other", "two");
    let result = run(&project, "sync", json!({ "target": "one" })).unwrap();
    assert_eq!(
        result,
        json!({ "target": { "name": "one", "ctx": { "path": "/w/one", "from": "b", "node": "workspace.one.create", "name": "app" } }, "port": 1 })
    );
    let error = |target: &str| {
        run(&project, "sync", json!({ "target": target }))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error("two"),
        "the workspace `two` belongs to the workflow `other`, not `app`"
    );
    assert_eq!(error("three"), "there is no workspace `three`");
    assert_eq!(
        error(""),
        "the input of `sync` is wrong: `target` is missing"
    );
}

#[test]
fn core_operations_judge_their_input_too() {
    let project = TestProject::new(workspaces::FIXTURE);
    let error =
        |operation: &str, input: Value| run(&project, operation, input).unwrap_err().to_string();
    assert_eq!(
        error("plan", json!({ "workflw": "app" })),
        "the input of `plan` is wrong: there is no key `workflw`; did you mean `workflow`?"
    );
    assert_eq!(
        error("apply", json!({ "workflow": 1 })),
        "the input of `apply` is wrong: `workflow`: 1 is not of type \"string\""
    );
    assert_eq!(
        error("create", json!({})),
        "the input of `create` is wrong: `name` is missing"
    );
    assert_eq!(
        error("apply", json!([])),
        "the input of `apply` is wrong: it must be an object, not an array"
    );
    assert_eq!(project.plan_lines(), ["a pending never-run"]);
    assert!(run(&project, "fork", json!({ "name": "one" })).is_ok());
    assert_eq!(
        super::run_on(&project, "one", "remove", json!({ "force": true }))
            .unwrap_err()
            .to_string(),
        "the input of `one/remove` is wrong: there is no key `force`; it takes no input"
    );
    assert!(super::run_on(&project, "one", "remove", json!({})).is_ok());
}
