//! Schemas of outputs: judged when a task ends, and again when its run is reused.

use rigkit_engine::plan::PlanLevel;

use super::check_edit;
use crate::support::{TestProject, failure_lines};

/// One task with the schema that is put in, in a module of its own.
fn fixture(schema: &str, output: &str) -> String {
    format!(
        r#"
//- /rig.config.ts
import {{ app }} from "./tasks";
import {{ output }} from "./schema";
export default app(output);
//- /schema.ts
export const output = {schema};
//- /tasks.ts
import {{ workflow }} from "@rigkit/sdk";
export const app = (output) => workflow("app").sequence("app").task("a", {{ output }}, () => ({{ ctx: {output} }}));
"#
    )
}

const JSON_SCHEMA: &str = r#"{ type: "object", properties: { port: { type: "integer" } }, required: ["port"] }"#;

/// Each takes an object whose `port` is a number, and adds one to it where it can.
const CODE: &[&str] = &[
    r#"{ "~standard": { version: 1, vendor: "test", validate: (value) =>
      typeof value.port === "number" ? { value: { port: value.port + 1 } } : { issues: [{ message: "not a port", path: ["port"] }] } } }"#,
    r#"{ parse: (value) => { if (typeof value.port !== "number") throw new Error("port: not a port"); return { port: value.port + 1 }; } }"#,
    r#"{ safeParse: async (value) => typeof value.port === "number"
      ? { success: true, data: { port: value.port + 1 } } : { success: false, error: { message: "port: not a port" } } }"#,
];

#[test]
fn an_output_that_passes_is_stored() {
    let context = |schema: &str| serde_json::Value::Object(TestProject::new(&fixture(schema, "{ port: 1 }")).apply().context);
    assert_eq!(context(JSON_SCHEMA), serde_json::json!({ "port": 1 }));
    for schema in CODE {
        assert_eq!(context(schema), serde_json::json!({ "port": 2 }), "{schema}");
    }
}

#[test]
fn an_output_that_does_not_pass_fails_the_task() {
    let failure = |schema: &str| {
        let project = TestProject::new(&fixture(schema, "{ port: \"x\" }"));
        let error = project.try_apply().unwrap_err();
        assert_eq!(project.plan_lines(), ["a pending never-run"]);
        failure_lines(&project.root(), &error).remove(0)
    };
    let json = failure(JSON_SCHEMA);
    assert_eq!(json, "a @ tasks.ts:2: the output does not pass its schema: \"x\" is not of type \"integer\" at `/port`");
    for schema in CODE {
        let message = failure(schema);
        assert!(message.starts_with("a @ ") && message.ends_with("port: not a port"), "{message}");
    }
}

#[test]
fn another_schema_is_told_as_such() {
    let change = ["a pending output-schema-changed"];
    check_edit(&fixture(JSON_SCHEMA, "{ port: 1 }"), &[("schema.ts", "[\"port\"]", "[]")], &change);
    for schema in CODE {
        check_edit(&fixture(schema, "{ port: 1 }"), &[("schema.ts", "value.port + 1", "value.port + 2")], &change);
    }
}

#[test]
fn a_stored_output_has_to_pass_still() {
    let broken = |schema: &str, message: &str| {
        let project = TestProject::new(&fixture(schema, "{ port: 1 }"));
        project.apply();
        project.sql(r#"UPDATE node_runs SET output = '{"port":"x"}'"#);
        let expected = format!("a pending output-invalid {}", serde_json::json!({ "message": message }));
        assert_eq!(project.plan_lines(), [expected], "{schema}");
        project
    };
    let project = broken(JSON_SCHEMA, "\"x\" is not of type \"integer\"");
    assert_eq!(project.plan_at(PlanLevel::AtRest).unwrap().cached_node_count, 0);
    broken(CODE[0], "the stored output does not pass its schema: port: not a port");
    broken(CODE[1], "port: not a port");
    broken(CODE[2], "the stored output does not pass its schema: port: not a port");
}

#[test]
fn an_old_run_has_to_pass_too() {
    let fixture = fixture(JSON_SCHEMA, "{ port: 1 }").replace(".task(", ".configure({ mode: process.env.MODE }).task(");
    let mut project = TestProject::new(&fixture).with_env("MODE", "one");
    project.apply();
    project.environment.insert("MODE".to_owned(), "two".to_owned());
    project.apply();
    project.sql(r#"UPDATE node_runs SET output = '{"port":"x"}'"#);
    project.environment.insert("MODE".to_owned(), "one".to_owned());
    assert_eq!(project.plan_lines(), [r#"a pending output-invalid {"message":"\"x\" is not of type \"integer\""}"#]);
}
