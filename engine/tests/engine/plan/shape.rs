//! The plan as data: its JSON, its indexes, what it touches.

use rigkit_engine::{
    ApplyRequest, PlanRequest,
    plan::{PlanLevel, WorkflowPlan},
};
use serde_json::json;

use crate::support::{Recording, TestProject};

const FIXTURE: &str = r#"
import { task, workflow } from "@rigkit/sdk";
const w = workflow("app");
export const app = w.sequence("app")
  .add(w.sequence("base").task("install", { version: "1" }, () => ({ ctx: {} })))
  .parallel({ web: task("build", () => ({ ctx: {} })), api: task("build", () => ({ ctx: {} })) })
  .task("join", { version: "1" }, () => {});
"#;

#[test]
fn a_plan_is_plain_json() {
    let project = TestProject::new(FIXTURE);
    let node = |index: usize, path: &str, name: &str| {
        json!({
            "index": index, "path": path, "name": name, "status": "pending", "reason": { "code": "never-run" },
            "upstreamRunIds": [],
        })
    };
    let cause = |index: usize, path: &str| json!({ "index": index, "path": path, "pendingAfter": 0, "conditionalAfter": 0 });
    let plan = project.plan();
    let written = serde_json::to_value(&plan).unwrap();
    assert_eq!(
        written,
        json!({
            "workflow": "app", "providerFingerprint": plan.provider_fingerprint, "cachedNodeCount": 0, "nodeCount": 4,
            "pendingNodeCount": 4, "conditionalNodeCount": 0, "upToDate": false,
            "nodes": [
                node(0, "base.install", "install"), node(1, "web.build", "build"), node(2, "api.build", "build"),
                node(3, "join", "join"),
            ],
            "causes": [cause(0, "base.install"), cause(1, "web.build"), cause(2, "api.build"), cause(3, "join")],
        })
    );
    assert_eq!(
        serde_json::from_value::<WorkflowPlan>(written).unwrap(),
        plan
    );
}

#[test]
fn a_cached_plan_names_the_runs_and_their_upstreams_in_order() {
    let project = TestProject::new(FIXTURE);
    project.apply();
    let plan = project.plan();
    let runs: Vec<_> = plan
        .nodes
        .iter()
        .map(|node| node.run_id.clone().unwrap())
        .collect();
    let upstreams: Vec<_> = plan
        .nodes
        .iter()
        .map(|node| node.upstream_run_ids.clone())
        .collect();
    let mut branches = vec![runs[1].clone(), runs[2].clone()];
    branches.sort();
    assert_eq!(
        upstreams,
        [
            vec![],
            vec![runs[0].clone()],
            vec![runs[0].clone()],
            branches
        ]
    );
    assert!(
        plan.nodes
            .iter()
            .all(|node| node.created_at.is_some() && node.duration_ms.is_some())
    );
    assert!(plan.is_settled());
}

#[test]
fn every_reason_survives_its_json() {
    let project = TestProject::new(FIXTURE);
    project.apply();
    project.edit(
        "rig.config.ts",
        "\"install\", { version: \"1\" }",
        "\"install\", { version: \"2\" }",
    );
    let plan = project.plan();
    let text = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<WorkflowPlan>(&text).unwrap(), plan);
}

#[test]
fn a_plan_makes_no_file() {
    let project = TestProject::new(FIXTURE);
    for level in [PlanLevel::AtRest, PlanLevel::Verified] {
        project.plan_at(level).unwrap();
    }
    project.engine().explain(None, None).unwrap();
    project.engine().cached_runs(None).unwrap();
    project.engine().workspaces(None).unwrap();
    project.engine().operations().unwrap();
    assert!(project.engine().applies(5).unwrap().is_empty());
    assert_eq!(project.engine().state_serial().unwrap(), None);
    let names: Vec<_> = std::fs::read_dir(project.root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["rig.config.ts"]);
}

#[test]
fn a_plan_changes_no_state() {
    let project = TestProject::new(FIXTURE);
    project.apply();
    let serial = project.engine().state_serial().unwrap();
    project.plan();
    project.edit(
        "rig.config.ts",
        "\"join\", { version: \"1\" }",
        "\"join\", { version: \"2\" }",
    );
    project.plan();
    project
        .engine()
        .save_plan(None, &Recording::default().session())
        .unwrap();
    assert_eq!(project.engine().state_serial().unwrap(), serial);
}

#[test]
fn a_plan_runs_no_handler() {
    let project = TestProject::new(FIXTURE);
    let recording = Recording::default();
    let request = PlanRequest {
        workflow: None,
        level: PlanLevel::Verified,
    };
    project
        .engine()
        .plan(&request, &recording.session())
        .unwrap();
    assert!(recording.outline_of(&["node.", "log."]).is_empty());
}

#[test]
fn plans_of_several_workflows_come_in_the_order_of_their_exports() {
    let project = TestProject::new(
        r#"
import { sequence } from "@rigkit/sdk";
export const two = sequence("two").task("t", () => {});
export const one = sequence("one").task("t", () => {});
"#,
    );
    let plan = |workflow: Option<&str>| {
        let request = PlanRequest {
            workflow: workflow.map(str::to_owned),
            level: PlanLevel::AtRest,
        };
        let plans = project
            .engine()
            .plan(&request, &Recording::default().session())?;
        Ok::<_, rigkit_engine::EngineError>(
            plans
                .into_iter()
                .map(|plan| plan.workflow)
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(plan(Some("one")).unwrap(), ["one"]);
    let mut all = plan(None).unwrap();
    all.sort();
    assert_eq!(all, ["one", "two"]);
    let error = plan(Some("tow")).unwrap_err();
    assert_eq!(
        (error.code(), error.help()),
        (
            "unknown-workflow",
            Some("did you mean `two`? there is also: one".to_owned())
        )
    );
    let error = project
        .engine()
        .apply(&ApplyRequest::default(), &Recording::default().session())
        .unwrap_err();
    assert_eq!(error.code(), "workflow-needed");
}

#[test]
fn one_pending_branch_leaves_the_others_as_they_are() {
    let project = TestProject::new(FIXTURE);
    project.apply();
    project.sql("UPDATE node_runs SET invalidated_at = 0, invalidated_by = '{\"kind\":\"person\",\"name\":\"x\"}', invalidated_root = 'x' WHERE node_path = 'web.build'");
    let lines: Vec<String> = project
        .plan()
        .nodes
        .iter()
        .map(|node| format!("{} {:?}", node.path, node.status))
        .collect();
    assert_eq!(
        lines,
        [
            "base.install Cached",
            "web.build Pending",
            "api.build Cached",
            "join Pending"
        ]
    );
}
