//! The members of the values that builders give, which configs may read.

use super::{load, paths};
use crate::support::TestProject;

/// Evaluates an expression over the builders, as JSON.
fn value_of(expression: &str) -> serde_json::Value {
    let project = TestProject::new(&format!(
        r#"import {{ defineConfig, defineProvider, env, sequence, step, task, workflow }} from "@rigkit/sdk";
const run = () => {{}};
const value = {expression};
export const app = sequence("app").task(JSON.stringify(value, (_, member) => typeof member === "function" ? "function" : member), () => {{}});
"#
    ));
    serde_json::from_str(&paths(&load(&project))[0]).unwrap()
}

#[test]
fn values_have_the_members_that_configs_rely_on() {
    use serde_json::json;
    let pick = |value: &str, names: &[&str]| {
        let picked: Vec<String> = names
            .iter()
            .map(|name| format!("{name}: v.{name}"))
            .collect();
        value_of(&format!("((v) => ({{ {} }}))({value})", picked.join(", ")))
    };
    assert_eq!(
        pick(
            "workflow(\"w\")",
            &["kind", "name", "providers", "sequence", "task", "step"]
        ),
        json!({ "kind": "rigkit.workflow", "name": "w", "providers": {}, "sequence": "function", "task": "function", "step": "function" })
    );
    assert_eq!(
        pick(
            "step(\"t\", { version: \"1\" }, run)",
            &["kind", "nodeKind", "name", "options", "handler"]
        ),
        json!({ "kind": "rigkit.workflow-node", "nodeKind": "task", "name": "t", "options": { "version": "1" }, "handler": "function" })
    );
    assert_eq!(
        value_of(
            "((s) => [s.kind, s.nodeKind, s.name, s.workflow.name, s.children.map((c) => c.name), s.operations.map((o) => o.id), s.workspaceOperations.map((o) => o.id), s.workspaceDefinition !== undefined])(workflow(\"w\").sequence(\"s\").task(\"a\", run).parallel({}).operation(\"o\", { run }).workspaceOperation(\"wo\", { run }).workspace({ create: run, remove: run }))"
        ),
        json!([
            "rigkit.workflow-node",
            "sequence",
            "s",
            "w",
            ["a", "parallel"],
            ["o"],
            ["wo"],
            true
        ])
    );
    assert_eq!(
        value_of(
            "((s) => [s.kind, s.nodeKind, s.name, Object.keys(s.branches)])(sequence(\"s\").parallel({ a: task(\"a\", run) }).children[0])"
        ),
        json!(["rigkit.workflow-node", "parallel", "parallel", ["a"]])
    );
    assert_eq!(
        pick(
            "defineConfig({ workflows: {} })",
            &["kind", "providers", "workflows"]
        ),
        json!({ "kind": "rigkit.config", "providers": {}, "workflows": {} })
    );
    assert_eq!(
        pick(
            "defineProvider(\"p\", { a: 1 }, { createProvider: run })",
            &["kind", "providerId", "config", "plugin"]
        ),
        json!({ "kind": "rigkit.provider", "providerId": "p", "config": { "a": 1 }, "plugin": { "createProvider": "function" } })
    );
}

#[test]
fn a_secret_is_read_when_it_is_used() {
    let project = TestProject::new(
        "import { env, sequence } from \"@rigkit/sdk\";\nconst unused = env.secret(\"NOT_SET\");\nexport const app = sequence(\"app\").task(\"a\", () => { unused; });\n",
    );
    assert_eq!(project.plan_lines(), ["a pending never-run"]);
    project.apply();
}
