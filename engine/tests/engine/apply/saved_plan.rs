//! A plan that is kept for later, and refused when something moved.

use rigkit_engine::{ApplyRequest, EngineError, error::MovedSincePlan, plan::SavedPlan};

use crate::support::{Recording, TestProject};

const FIXTURE: &str = r#"
import { sequence } from "@rigkit/sdk";
export const app = sequence("app").configure({ mode: process.env.MODE ?? "one" })
  .task("a", () => ({ ctx: { id: crypto.randomUUID() } }));
"#;

fn save(project: &TestProject) -> SavedPlan {
    let saved = project
        .engine()
        .save_plan(None, &Recording::default().session())
        .unwrap();
    // It goes through a file.
    serde_json::from_str(&serde_json::to_string(&saved).unwrap()).unwrap()
}

fn apply(project: &TestProject, saved: SavedPlan) -> Result<(), EngineError> {
    let request = ApplyRequest {
        saved_plan: Some(saved),
        ..ApplyRequest::default()
    };
    project.apply_with(&request).0.map(|_| ())
}

#[track_caller]
fn check_stale(project: &TestProject, saved: SavedPlan, expected: MovedSincePlan, message: &str) {
    let error = apply(project, saved).unwrap_err();
    assert_eq!(error.to_string(), message);
    assert_eq!(error.code(), "stale-plan");
    let EngineError::StalePlan { moved } = error else {
        panic!()
    };
    assert_eq!(moved, expected);
}

#[test]
fn a_plan_that_still_fits_is_applied() {
    let project = TestProject::new(FIXTURE);
    let saved = save(&project);
    assert_eq!(saved.workflows[0].nodes[0].reason.code(), "never-run");
    apply(&project, saved).unwrap();
    let saved = save(&project);
    assert_eq!(saved.workflows[0].cached_node_count, 1);
}

#[test]
fn a_plan_is_stale_when_the_config_moved() {
    let project = TestProject::new(FIXTURE);
    let saved = save(&project);
    project.edit("rig.config.ts", "\"one\"", "\"two\"");
    check_stale(
        &project,
        saved,
        MovedSincePlan::Definition,
        "the saved plan is stale: the definition has changed since",
    );
}

#[test]
fn a_plan_is_stale_when_what_the_config_read_moved() {
    let project = TestProject::new(FIXTURE);
    let saved = save(&project);
    let project = project.with_env("MODE", "two");
    check_stale(
        &project,
        saved,
        MovedSincePlan::Definition,
        "the saved plan is stale: the definition has changed since",
    );
}

#[test]
fn a_plan_is_stale_when_the_state_moved() {
    let project = TestProject::new(FIXTURE);
    let saved = save(&project);
    project.apply();
    check_stale(
        &project,
        saved.clone(),
        MovedSincePlan::State,
        "the saved plan is stale: the state has changed since",
    );
    project.edit("rig.config.ts", "\"one\"", "\"two\"");
    check_stale(
        &project,
        saved,
        MovedSincePlan::Both,
        "the saved plan is stale: the definition and the state have changed since",
    );
}

#[test]
fn a_stale_plan_runs_nothing() {
    let project = TestProject::new(FIXTURE);
    let saved = save(&project);
    project.edit("rig.config.ts", "\"one\"", "\"two\"");
    apply(&project, saved).unwrap_err();
    assert_eq!(project.plan_lines(), ["a pending never-run"]);
}
