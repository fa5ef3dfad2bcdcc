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
fn a_comment_leaves_a_plan_as_good_as_it_was() {
    let project = TestProject::new(FIXTURE);
    let saved = save(&project);
    project.edit("rig.config.ts", "  .task(", "  // The only one.\n  .task(");
    apply(&project, saved).unwrap();
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

const TWO: &str = r#"
import { workflow, defineProvider } from "@rigkit/sdk";
const cloud = defineProvider("cloud", {}, {
  providerId: "cloud",
  createProvider: () => ({
    providerId: "cloud", runtime: () => ({}),
    checks: () => ({ id: "login", label: "Login", status: "ok", value: process.env[["LOGIN"][0]] ?? "me" }),
  }),
});
export const api = workflow("api").sequence("api").task("a", { cacheTTL: "2h" }, () => {});
export const site = workflow("site").sequence("site").addProvider("cloud", cloud).task("s", () => {});
"#;

fn save_of(project: &TestProject, workflow: Option<&str>) -> SavedPlan {
    let session = Recording::default().session();
    project.engine().save_plan(workflow, &session).unwrap()
}

fn apply_of(
    project: &TestProject,
    workflow: Option<&str>,
    saved: &SavedPlan,
) -> Result<String, String> {
    let request = ApplyRequest {
        workflow: workflow.map(str::to_owned),
        saved_plan: Some(saved.clone()),
        ..ApplyRequest::default()
    };
    let applied = project.apply_with(&request).0;
    applied
        .map(|outcome| outcome.workflow)
        .map_err(|error| error.to_string())
}

#[test]
fn a_plan_is_applied_to_its_own_workflow_only() {
    let project = TestProject::new(TWO);
    let saved = save_of(&project, Some("api"));
    let refused = "the saved plan is of `api`, not of `site`";
    assert_eq!(
        apply_of(&project, Some("site"), &saved),
        Err(refused.to_owned())
    );
    assert_eq!(apply_of(&project, None, &saved), Ok("api".to_owned()));
}

#[test]
fn a_plan_of_all_workflows_is_applied_to_one_after_the_other() {
    let project = TestProject::new(TWO);
    let saved = save_of(&project, None);
    let needed = "the project has several workflows: api, site";
    assert_eq!(apply_of(&project, None, &saved), Err(needed.to_owned()));
    assert_eq!(
        apply_of(&project, Some("api"), &saved),
        Ok("api".to_owned())
    );
    assert_eq!(
        apply_of(&project, Some("site"), &saved),
        Ok("site".to_owned())
    );
    // Each of them is another plan now.
    let stale = "the saved plan is stale: the state has changed since";
    assert_eq!(
        apply_of(&project, Some("api"), &saved),
        Err(stale.to_owned())
    );
}

#[test]
fn a_plan_is_stale_when_what_it_found_outside_moved() {
    let stale = "the saved plan is stale: the definition and the state are the same, but a stored \
                 run has expired or a provider finds something else since";
    let project = TestProject::new(TWO);
    let all = save_of(&project, None);
    apply_of(&project, Some("api"), &all).unwrap();
    apply_of(&project, Some("site"), &all).unwrap();
    let saved = save_of(&project, None);
    project.age("a", 3);
    assert_eq!(
        apply_of(&project, Some("api"), &saved),
        Err(stale.to_owned())
    );
    let project = project.with_env("LOGIN", "you");
    assert_eq!(
        apply_of(&project, Some("site"), &saved),
        Err(stale.to_owned())
    );
}
