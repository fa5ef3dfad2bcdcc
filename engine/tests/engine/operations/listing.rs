//! The list of operations, as programs read it.

use serde_json::{Value, json};

use crate::support::TestProject;

#[test]
fn operations_are_listed_with_what_a_command_line_needs() {
    let project = TestProject::new(
        r#"
import { sequence } from "@rigkit/sdk";
const run = () => {};
export const app = sequence("app")
  .operation("deploy", { title: "Deploy", description: "Ships it", run,
    input: { type: "object", properties: { targetHost: { type: "string" }, dryRun: { type: "boolean", default: false } }, required: ["targetHost"] } })
  .operation("sync", { run, input: (w) => w.workspaceInput({ name: "target" }).extend({ port: w.number({ defaultValue: 1 }) }) })
  .workspace({ create: () => ({}), remove: run })
  .workspaceOperation("open", { run });
"#,
    );
    let operations = project.engine().operations().unwrap();
    let ids: Vec<String> = operations
        .iter()
        .map(|operation| {
            format!(
                "{:?} {:?} {}",
                operation.source, operation.kind, operation.id
            )
        })
        .collect();
    assert_eq!(
        ids,
        [
            "Core Command plan",
            "Core Command apply",
            "Core Command create",
            "Core WorkspaceAction remove",
            "Config Command deploy",
            "Config Command sync",
            "Config WorkspaceAction open",
        ]
    );
    let find = |id: &str| -> Value {
        serde_json::to_value(
            operations
                .iter()
                .find(|operation| operation.id == id)
                .unwrap(),
        )
        .unwrap()
    };
    assert_eq!(
        find("deploy"),
        json!({
            "workflow": "app", "id": "deploy", "source": "config", "kind": "command", "title": "Deploy", "description": "Ships it",
            "createsWorkspace": false,
            "inputSchema": {
                "type": "object",
                "properties": { "targetHost": { "type": "string" }, "dryRun": { "type": "boolean", "default": false } },
                "required": ["targetHost"], "additionalProperties": false,
            },
            "cli": { "positionals": [], "options": [
                { "name": "targetHost", "flag": "--target-host", "required": true, "type": "string" },
                { "name": "dryRun", "flag": "--dry-run", "required": false, "type": "boolean" },
            ] },
        })
    );
    let sync = find("sync");
    assert_eq!(
        sync["inputFields"][0],
        json!({ "kind": "workspace", "name": "target", "position": 0 })
    );
    assert_eq!(
        sync["cli"]["positionals"],
        json!([{ "name": "target", "index": 0 }])
    );
    let create = find("create");
    assert_eq!(
        (&create["aliases"], &create["createsWorkspace"]),
        (&json!(["fork"]), &json!(true))
    );
    let remove = find("remove");
    assert_eq!(
        remove["cli"]["options"],
        json!([{ "name": "yes", "flag": "--yes", "aliases": ["-y"], "required": false, "type": "boolean", "runtime": false }])
    );
}

#[test]
fn create_is_there_only_where_a_workflow_defines_a_workspace() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nexport const app = sequence(\"app\");\n",
    );
    let ids: Vec<String> = project
        .engine()
        .operations()
        .unwrap()
        .into_iter()
        .map(|operation| operation.id)
        .collect();
    assert_eq!(ids, ["plan", "apply"]);
}
