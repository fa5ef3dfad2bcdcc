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
// What is found out while rig runs is no part of the code.
const found = (name) => process.env[name];
const gone = () => (found("GONE") ?? "").split(",");
export const cloud = (config) => defineProvider("cloud", config, {
  providerId: "cloud",
  createProvider: ({ provider }) => ({
    providerId: "cloud",
    runtime: () => ({ make: () => ({ provider: "cloud", kind: "machine", id: provider.config.region }) }),
    checks: ({ mode }) => found("CHECK") === undefined ? undefined : {
      id: "login", label: "Signed in", status: found("CHECK_STATUS") ?? "ok", value: found("CHECK"),
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

/// Two providers of one name, the second where the first is no longer in scope.
const SHADOWED: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { cloud } from "./cloud";
export const app = workflow("app").sequence("app")
  .addProvider("cloud", cloud("eu"))
  .task("first", ({ cloud }) => ({ ctx: { first: cloud.make() } }))
  .addProvider("cloud", cloud("us"))
  .task("second", ({ cloud, step }) => ({ ctx: { ...step.ctx, second: cloud.make() } }));
//- /cloud.ts
import { defineProvider } from "@rigkit/sdk";
const isListed = (name, region) => (process.env[name] ?? "").split(",").includes(region);
export const cloud = (region) => defineProvider("cloud", { region }, {
  providerId: "cloud",
  createProvider: ({ provider: { config } }) => ({
    providerId: "cloud",
    runtime: () => ({ make: () => ({ provider: "cloud", kind: "machine", id: config.region }) }),
    checks: () => ({
      id: "login", label: `Signed in to ${config.region}`, value: process.env[config.region] ?? "me",
      status: isListed("MISSING", config.region) ? "required" : "ok",
    }),
    validateArtifact: (ref) => ref.id === config.region && !isListed("GONE", config.region),
  }),
});
"#;

#[test]
fn a_check_of_a_provider_with_a_shadowed_name_stops_an_apply() {
    for region in ["eu", "us"] {
        let project = TestProject::new(SHADOWED).with_env("MISSING", region);
        let error = project.try_apply().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("a provider is not ready: Signed in to {region}")
        );
    }
    TestProject::new(SHADOWED).apply();
}

#[test]
fn a_provider_that_no_task_sees_is_not_asked() {
    let fixture = SHADOWED.replace(
        ".task(\"first\", ({ cloud }) => ({ ctx: { first: cloud.make() } }))",
        "",
    );
    TestProject::new(&fixture).with_env("MISSING", "eu").apply();
}

#[test]
fn what_a_check_finds_counts_where_its_provider_is_in_scope() {
    let project = TestProject::new(SHADOWED);
    project.apply();
    let project = project.with_env("us", "you");
    assert_eq!(
        project.plan_lines(),
        [
            "first cached",
            r#"second pending provider-changed {"name":"cloud","what":"checks"}"#
        ]
    );
}

#[test]
fn an_artifact_is_asked_of_the_provider_its_task_has() {
    // The second task hands on what the first one made, which its own provider does not know.
    let project = TestProject::new(SHADOWED);
    project.apply();
    assert_eq!(project.plan_lines(), ["first cached", "second cached"]);
    let project = project.with_env("GONE", "us");
    assert_eq!(
        project.plan_lines(),
        [
            "first cached",
            r#"second pending artifact-gone {"ref":{"provider":"cloud","kind":"machine","id":"us"}}"#
        ]
    );
}

/// Two definitions with one id, and one that leaves its plugin to them.
const PLUGINS: &str = r#"
//- /rig.config.ts
import { workflow, defineProvider } from "@rigkit/sdk";
import { plugin } from "./plugin";
const first = defineProvider("cloud", { region: "eu" }, plugin("first"));
const second = defineProvider("cloud", { region: "us" }, plugin("second"));
const bare = defineProvider("cloud", { region: "il" });
export const app = workflow("app", { providers: { bare, first } }).sequence("app")
  .task("a", ({ bare, first }) => ({ ctx: { bare, first } }))
  .addProvider("second", second)
  .task("b", ({ bare, second, step }) => ({ ctx: { ...step.ctx, second, again: bare } }));
//- /plugin.ts
export const plugin = (name) => ({
  providerId: "cloud",
  createProvider: ({ provider }) => ({
    providerId: "cloud",
    runtime: () => `${name} ${provider.providerId} ${provider.config.region}`,
  }),
});
"#;

#[test]
fn a_provider_without_a_plugin_has_the_last_one_of_its_id() {
    let project = TestProject::new(PLUGINS);
    assert_eq!(
        serde_json::Value::from(project.apply().context),
        serde_json::json!({
            "bare": "second cloud il", "first": "first cloud eu",
            "second": "second cloud us", "again": "second cloud il",
        })
    );
    assert_eq!(project.plan_lines(), ["a cached", "b cached"]);
    project.edit(
        "rig.config.ts",
        "defineProvider(\"cloud\", { region: \"us\" }",
        "defineProvider(\"sky\", { region: \"us\" }",
    );
    assert_eq!(project.apply().context["bare"], "first cloud il");
}
