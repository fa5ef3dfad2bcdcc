//! Providers as a part of identities: their configuration, plugin, checks and artifacts.

use rigkit_engine::{ApplyRequest, plan::PlanLevel};

use super::check_edit;
use crate::support::{Recording, TestProject};

/// A provider whose checks and artifacts the environment decides on.
const FIXTURE: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { cloud } from "./cloud";
import { add } from "./tasks";
export const app = add(workflow("app").sequence("app").addProvider("cloud", cloud({ region: "eu" })));
//- /tasks.ts
export const add = (start) => start
  .task("make", ({ cloud }) => ({ ctx: { machine: cloud.make() } }))
  .task("use", () => {});
//- /cloud.ts
import { defineProvider } from "@rigkit/sdk";
const gone = () => (process.env.GONE ?? "").split(",");
export const cloud = (config) => defineProvider("cloud", config, {
  providerId: "cloud",
  createProvider: ({ provider }) => ({
    providerId: "cloud",
    runtime: () => ({ make: () => ({ provider: "cloud", kind: "machine", id: provider.config.region }) }),
    checks: ({ mode }) => process.env.CHECK === undefined ? undefined : {
      id: "login", label: "Signed in", status: process.env.CHECK_STATUS ?? "ok", value: process.env.CHECK,
      message: "run cloud login", detail: mode,
    },
    validateArtifact: (ref) => !gone().includes(ref.id),
  }),
});
"#;

const USE_FOLLOWS: &str = r#"use pending upstream-pending {"root":"make"}"#;

#[test]
fn a_provider_is_told_by_what_of_it_changed() {
    let check = |edits: &[super::Edit<'_>], what: &str| {
        let make = format!("make pending provider-changed {what}");
        check_edit(FIXTURE, edits, &[&make, USE_FOLLOWS]);
    };
    check(
        &[("rig.config.ts", "\"eu\"", "\"us\"")],
        r#"{"name":"cloud","what":"config"}"#,
    );
    check(
        &[("cloud.ts", "kind: \"machine\"", "kind: \"vm\"")],
        r#"{"name":"cloud","what":"plugin"}"#,
    );
    check(
        &[(
            "cloud.ts",
            "defineProvider(\"cloud\"",
            "defineProvider(\"sky\"",
        )],
        r#"{"name":"cloud","what":"id"}"#,
    );
    check(
        &[(
            "rig.config.ts",
            "({ region: \"eu\" })",
            "({ region: \"eu\" })).addProvider(\"more\", cloud({})",
        )],
        r#"{"name":"more","what":"added"}"#,
    );
    check(
        &[(
            "rig.config.ts",
            ".addProvider(\"cloud\", cloud({ region: \"eu\" }))",
            "",
        )],
        r#"{"name":"cloud","what":"removed"}"#,
    );
}

#[test]
fn a_provider_counts_only_where_it_is_in_scope() {
    let fixture = FIXTURE.replace(
        ".task(\"make\"",
        ".task(\"before\", () => {}).task(\"make\"",
    );
    let scoped = fixture
        .replace(
            ".addProvider(\"cloud\", cloud({ region: \"eu\" })));",
            ", cloud({ region: \"eu\" }));",
        )
        .replace("(start) => start", "(start, provider) => start")
        .replace(
            ".task(\"make\"",
            ".addProvider(\"cloud\", provider).task(\"make\"",
        )
        .replace(".task(\"use\"", ".removeProvider(\"cloud\").task(\"use\"");
    check_edit(
        &scoped,
        &[("rig.config.ts", "\"eu\"", "\"us\"")],
        &[
            "before cached",
            r#"make pending provider-changed {"name":"cloud","what":"config"}"#,
            USE_FOLLOWS,
        ],
    );
}

#[test]
fn a_check_that_finds_something_else_makes_runs_stale() {
    let mut project = TestProject::new(FIXTURE).with_env("CHECK", "ada");
    project.apply();
    assert_eq!(project.plan_lines(), ["make cached", "use cached"]);
    project
        .environment
        .insert("CHECK".to_owned(), "bob".to_owned());
    assert_eq!(
        project.plan_lines(),
        [
            r#"make pending provider-changed {"name":"cloud","what":"checks"}"#,
            USE_FOLLOWS
        ]
    );
    // At rest nobody is asked.
    let at_rest = project.plan_at(PlanLevel::AtRest).unwrap();
    assert_eq!(at_rest.cached_node_count, 2);
    assert!(at_rest.checks.is_empty());
    project.apply();
    assert_eq!(project.plan_lines(), ["make cached", "use cached"]);
}

#[test]
fn a_plan_shows_the_checks_in_its_own_mode() {
    let project = TestProject::new(FIXTURE)
        .with_env("CHECK", "ada")
        .with_env("CHECK_STATUS", "required");
    let checks = serde_json::to_value(project.plan().checks).unwrap();
    assert_eq!(
        checks,
        serde_json::json!([{
            "provider": "cloud", "id": "login", "label": "Signed in", "status": "required", "value": "ada",
            "message": "run cloud login", "detail": "plan",
        }])
    );
}

#[test]
fn an_apply_asks_for_checks_in_its_own_mode() {
    let project = TestProject::new(FIXTURE).with_env("CHECK", "ada");
    let mode = |checks: &[rigkit_engine::plan::ProviderCheck]| checks[0].detail.clone();
    assert_eq!(mode(&project.plan().checks).as_deref(), Some("plan"));
    assert_eq!(
        mode(&project.apply().plan.checks).as_deref(),
        Some("require")
    );
}

#[test]
fn a_check_that_is_required_stops_an_apply_before_any_task() {
    let project = TestProject::new(FIXTURE)
        .with_env("CHECK", "ada")
        .with_env("CHECK_STATUS", "required");
    let (result, recording) = project.apply_with(&ApplyRequest::default());
    let error = result.unwrap_err();
    assert_eq!(error.code(), "checks-required");
    assert_eq!(
        error.to_string(),
        "a provider is not ready: Signed in: run cloud login"
    );
    assert!(recording.outline_of(&["node."]).is_empty());
    assert_eq!(
        project.plan_lines(),
        ["make pending never-run", "use pending never-run"]
    );
}

#[test]
fn an_artifact_that_is_gone_makes_its_run_stale() {
    let mut project = TestProject::new(FIXTURE);
    project.apply();
    project
        .environment
        .insert("GONE".to_owned(), "eu".to_owned());
    let gone = r#"{"ref":{"provider":"cloud","kind":"machine","id":"eu"}}"#;
    // The second task keeps the context, and with it the artifact.
    assert_eq!(
        project.plan_lines(),
        [&format!("make pending artifact-gone {gone}"), USE_FOLLOWS]
    );
    assert_eq!(
        project
            .plan_at(PlanLevel::AtRest)
            .unwrap()
            .cached_node_count,
        2
    );
    let (_, recording) = project.apply_with(&ApplyRequest::default());
    assert_eq!(
        recording.outline_of(&["node.started"]),
        ["node.started make", "node.started use"]
    );
}

#[test]
fn an_old_run_whose_artifact_is_gone_is_not_found_again() {
    let fixture = FIXTURE.replace("{ region: \"eu\" }", "{ region: process.env.REGION }");
    let mut project = TestProject::new(&fixture).with_env("REGION", "eu");
    project.apply();
    project
        .environment
        .insert("REGION".to_owned(), "us".to_owned());
    project.apply();
    project
        .environment
        .insert("REGION".to_owned(), "eu".to_owned());
    assert_eq!(project.plan_lines(), ["make cached", "use cached"]);
    project
        .environment
        .insert("GONE".to_owned(), "eu".to_owned());
    let gone = r#"{"ref":{"provider":"cloud","kind":"machine","id":"eu"}}"#;
    assert_eq!(
        project.plan_lines(),
        [&format!("make pending artifact-gone {gone}"), USE_FOLLOWS]
    );
}

#[test]
fn an_old_run_that_other_checks_saw_is_not_found_again() {
    let fixture = FIXTURE.replace("{ region: \"eu\" }", "{ region: process.env.REGION }");
    let mut project = TestProject::new(&fixture)
        .with_env("REGION", "eu")
        .with_env("CHECK", "ada");
    project.apply();
    project
        .environment
        .insert("REGION".to_owned(), "us".to_owned());
    project
        .environment
        .insert("CHECK".to_owned(), "bob".to_owned());
    project.apply();
    project
        .environment
        .insert("REGION".to_owned(), "eu".to_owned());
    assert_eq!(
        project.plan_lines(),
        [
            r#"make pending provider-changed {"name":"cloud","what":"checks"}"#,
            USE_FOLLOWS
        ]
    );
}

#[test]
fn a_provider_that_fails_its_check_fails_the_plan() {
    let fixture = FIXTURE.replace(
        "checks: ({ mode }) =>",
        "checks: ({ mode }) => { throw new Error(\"no network\"); }, unused: () =>",
    );
    let error = TestProject::new(&fixture).try_plan().unwrap_err();
    assert_eq!(error.to_string(), "`provider.cloud` failed: no network");
}

#[test]
fn a_config_that_needs_node_plans_without_asking() {
    let fixture = FIXTURE.replace(
        "const gone =",
        "import { readFileSync } from \"node:fs\";\nexport const read = readFileSync;\nconst gone =",
    );
    let fixture = fixture.replace(
        "checks: ({ mode }) =>",
        "checks: ({ mode }) => { throw new Error(\"asked\"); }, other: ({ mode }) =>",
    );
    let project = TestProject::new(&fixture);
    let expected = ["make pending never-run", "use pending never-run"];
    assert_eq!(project.plan_lines(), expected);
    assert!(project.plan().checks.is_empty());
    let saved = project
        .engine()
        .save_plan(None, &Recording::default().session())
        .unwrap();
    assert_eq!(saved.workflows.len(), 1);
    assert_eq!(project.try_apply().unwrap_err().code(), "node-required");
}
