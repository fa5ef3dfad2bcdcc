//! Running operations: which one is meant, what it sees, what it gives.

use rigkit_engine::{EngineError, OperationRequest};
use serde_json::{Value, json};

use super::{run, run_on, run_recorded};
use crate::{
    support::{Recording, TestProject, failure_lines},
    workspaces,
};

const FIXTURE: &str = r#"
import { sequence } from "@rigkit/sdk";
export const app = sequence("app")
  .configure({ mode: "x" })
  .task("a", () => ({ ctx: { built: true } }))
  .operation("show", { run: ({ step, workflow, config, workspace, input, local, providers }) => ({
    node: step.nodePath, ctx: step.ctx, workflow, config, input, workspace: workspace === undefined, providers }) })
  .operation("nothing", { run: () => {} })
  .operation("list", { run: () => [1, null, "x"] })
  .operation("bad", { run: () => ({ a: new Date() }) })
  .operation("fails", { run: () => { console.log("about to"); throw new TypeError("no"); } })
  .operation("group/item", { run: () => "grouped" });
"#;

#[test]
fn an_operation_sees_its_workflow_and_applies_nothing() {
    let project = TestProject::new(FIXTURE);
    assert_eq!(
        run(&project, "show", Value::Null).unwrap(),
        json!({
            "node": "operation.show", "ctx": {}, "workflow": "app", "config": { "mode": "x" },
            "input": {}, "workspace": true, "providers": {},
        })
    );
    assert_eq!(project.plan_lines(), ["a pending never-run"]);
}

#[test]
fn a_result_is_json_or_nothing() {
    let project = TestProject::new(FIXTURE);
    assert_eq!(run(&project, "nothing", Value::Null).unwrap(), Value::Null);
    assert_eq!(
        run(&project, "list", json!({})).unwrap(),
        json!([1, null, "x"])
    );
    let error = run(&project, "bad", Value::Null).unwrap_err();
    assert_eq!(
        failure_lines(&project.root(), &error),
        [
            "operation.bad @ rig.config.ts:10: TypeError: `operation.bad` returned an instance of Date at `result.a`, which is not JSON"
        ]
    );
}

#[test]
fn the_events_of_an_operation() {
    let project = TestProject::new(FIXTURE);
    let recording = Recording::default();
    let error = run_recorded(&project, "fails", Value::Null, &recording).unwrap_err();
    assert_eq!(
        recording.outline(),
        [
            "operation.started fails",
            "log.output operation.fails",
            "operation.completed fails"
        ]
    );
    assert_eq!(
        serde_json::to_value(&recording.events()[2]).unwrap()["outcome"],
        "failed"
    );
    let EngineError::Failed {
        failures,
        run: Some(run),
    } = error
    else {
        panic!()
    };
    assert_eq!(failures[0].output_tail[0], "about to");
    assert_eq!(
        project
            .read(&format!(".rigkit/logs/{run}.ndjson"))
            .lines()
            .count(),
        3
    );
}

#[test]
fn unknown_names_list_the_known_ones_nearest_first() {
    let project = TestProject::new(FIXTURE);
    let error = run(&project, "shw", Value::Null).unwrap_err();
    assert_eq!(
        (error.code(), error.to_string()),
        (
            "unknown-operation",
            "there is no operation `shw`".to_owned()
        )
    );
    assert_eq!(
        error.help().unwrap(),
        "did you mean `show`? there is also: bad, plan, list, apply, fails, nothing, group/item"
    );
    let EngineError::Unknown { known, .. } = error else {
        panic!()
    };
    assert_eq!(known[0], "show");
    assert!(
        known.contains(&"plan".to_owned()) && known.contains(&"apply".to_owned()),
        "{known:?}"
    );
    let error = run(&project, "aply", Value::Null).unwrap_err();
    assert_eq!(
        error.help().unwrap(),
        "did you mean `apply`? there is also: plan, fails, show, list, bad, nothing, group/item"
    );
}

#[test]
fn an_operation_of_several_workflows_needs_one_named() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nexport const one = sequence(\"one\").operation(\"op\", { run: () => 1 }).operation(\"only\", { run: () => \"o\" });\nexport const two = sequence(\"two\").operation(\"op\", { run: () => 2 });\n",
    );
    assert_eq!(
        run(&project, "op", Value::Null).unwrap_err().code(),
        "workflow-needed"
    );
    assert_eq!(run(&project, "only", Value::Null).unwrap(), "o");
    let request = OperationRequest {
        workflow: Some("two".to_owned()),
        operation: "op".to_owned(),
        input: Value::Null,
    };
    assert_eq!(
        project
            .engine()
            .run_operation(&request, &Recording::default().session())
            .unwrap(),
        2
    );
}

#[test]
fn an_id_with_a_slash_is_an_operation_of_the_project_or_of_a_workspace() {
    let project = TestProject::new(FIXTURE);
    assert_eq!(run(&project, "group/item", Value::Null).unwrap(), "grouped");
    assert_eq!(
        run(&project, "group/other", Value::Null)
            .unwrap_err()
            .code(),
        "unknown-workspace"
    );

    let project = TestProject::new(workspaces::FIXTURE);
    workspaces::create(&project, "one").unwrap();
    assert_eq!(
        run(&project, "one/show", Value::Null).unwrap()["workspace"]["name"],
        "one"
    );
}

#[test]
fn a_workspace_operation_sees_its_workspace_and_is_recorded() {
    let project = TestProject::new(workspaces::FIXTURE);
    workspaces::create(&project, "one").unwrap();
    let result = run_on(&project, "one", "show", Value::Null).unwrap();
    assert_eq!(
        (&result["workspace"]["ctx"]["path"], &result["version"]),
        (&json!("/w/one"), &json!("1"))
    );
    assert_eq!(
        project
            .query("SELECT operation || ' ' || outcome || ' ' || input FROM workspace_operations"),
        ["show succeeded {}"]
    );
    let error = run_on(&project, "one", "shw", Value::Null).unwrap_err();
    assert_eq!(
        (error.code(), error.help().unwrap().as_str()),
        (
            "unknown-operation",
            "did you mean `show`? there is also: remove"
        )
    );
    let error = run_on(&project, "on", "show", Value::Null).unwrap_err();
    assert_eq!(
        (error.code(), error.help().unwrap().as_str()),
        ("unknown-workspace", "did you mean `one`?")
    );
}

#[test]
fn a_workspace_operation_of_the_wrong_workflow_is_refused() {
    let project = TestProject::new(&format!(
        "{}\nexport const other = sequence(\"other\").workspaceOperation(\"show\", {{ run: () => {{}} }});",
        workspaces::FIXTURE
    ));
    let create = rigkit_engine::CreateWorkspaceRequest {
        workflow: Some("app".to_owned()),
        name: "one".to_owned(),
        jobs: None,
        lock: rigkit_engine::LockBehaviour::Wait,
    };
    project
        .engine()
        .create_workspace(&create, &Recording::default().session())
        .unwrap();
    let request = rigkit_engine::WorkspaceOperationRequest {
        workflow: Some("other".to_owned()),
        workspace: "one".to_owned(),
        operation: "show".to_owned(),
        input: Value::Null,
    };
    let error = project
        .engine()
        .run_workspace_operation(&request, &Recording::default().session())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the workspace `one` belongs to the workflow `app`, not `other`"
    );
}

#[test]
fn core_operations_give_json() {
    let project = TestProject::new(workspaces::FIXTURE);
    assert_eq!(
        run(&project, "plan", json!({})).unwrap()["workflows"][0]["nodeCount"],
        1
    );
    assert_eq!(
        run(&project, "apply", json!({ "workflow": "app" })).unwrap()["context"]["base"],
        "b"
    );
    assert_eq!(
        run(&project, "create", json!({ "name": "one" })).unwrap()["name"],
        "one"
    );
    assert_eq!(
        run_on(&project, "one", "remove", Value::Null).unwrap()["name"],
        "one"
    );
}
