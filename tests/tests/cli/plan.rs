//! `rig plan`.

use insta::assert_snapshot;
use rigkit_tests::Project;

use crate::fixtures::{TWO, WEB};

#[test]
fn a_plan_tells_what_is_pending_and_why() {
    let project = Project::new(WEB);
    let mut told = project.transcript(&["plan", "apply --jobs 1", "plan", "plan -v"]);
    project.edit("settings.ts", "main", "dev");
    told.push_str(&project.transcript(&["plan"]));
    assert_snapshot!(told);
}

#[test]
fn every_reason_has_its_words() {
    let project = Project::new(REASONS);
    let workflows = project.done("plan --json").document("plan.json")["workflows"].clone();
    for workflow in workflows.as_array().unwrap() {
        project.done(&format!("apply --workflow {}", workflow["workflow"]));
    }
    project.done("cache invalidate invalidated --workflow invalidated");
    project.write(".env", "VERSION=2\nDEPTH=2\nTYPE=number\nCWD=./\n");
    let plan = project.transcript(&["plan -v"]);
    assert_snapshot!(plan);
    let document = project.done("plan --json").document("plan.json");
    let workflows = document["workflows"].as_array().unwrap();
    let nodes = workflows
        .iter()
        .flat_map(|workflow| workflow["nodes"].as_array().unwrap());
    let mut codes: Vec<&str> = nodes
        .map(|node| node["reason"]["code"].as_str().unwrap())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(
        codes,
        [
            "always-runs",
            "cached",
            "config-changed",
            "expired",
            "invalidated",
            "output-schema-changed",
            "provider-changed",
            "upstream-pending",
            "version-changed",
        ]
    );
}

/// A workflow for each way in which a task stops being cached.
const REASONS: &str = r#"
//- /.env
VERSION=1
DEPTH=1
TYPE=string
CWD=.
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

const { VERSION, DEPTH, TYPE, CWD } = process.env;
const one = (name) => workflow(name).sequence(name);
const schema = { type: "object", properties: { a: { type: TYPE } } };

export const cached = one("cached").task("cached", () => {});
export const version = one("version").task("version", { version: VERSION }, () => {}).task("next", () => {});
export const config = one("config").configure({ clone: { depth: DEPTH } }).task("config", () => {});
export const output = one("output").task("output", { output: schema }, () => ({ ctx: {} }));
export const provider = one("provider").addProvider("host", host.provider({ cwd: CWD })).task("provider", () => {});
export const invalidated = one("invalidated").task("invalidated", () => {});
export const always = one("always").task("always", { cacheTTL: 0 }, () => {});
export const expired = one("expired").task("expired", { cacheTTL: "1ms" }, () => {});
"#;

#[test]
fn a_plan_is_a_document() {
    let project = Project::new(WEB);
    let fresh = project.done("plan --json").document("plan.json");
    let plan = &fresh["workflows"][0];
    assert_eq!(
        (&plan["workflow"], &plan["cachedNodeCount"]),
        (&"web".into(), &0.into())
    );
    let paths: Vec<&str> = plan["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["clone", "install", "api.api", "ui.ui", "link"]);

    project.done("apply");
    let settled = project
        .done("plan --json --workflow web")
        .document("plan.json");
    assert_eq!(settled["workflows"][0]["cachedNodeCount"], 5);
    let nodes = settled["workflows"][0]["nodes"].as_array().unwrap();
    assert!(
        nodes
            .iter()
            .all(|node| node["status"] == "cached" && node["runId"].is_string())
    );
}

#[test]
fn a_detailed_exit_code_says_whether_something_is_pending() {
    let project = Project::new(WEB);
    assert_eq!(project.rig("plan").code, 0);
    assert_eq!(project.rig("plan --detailed-exitcode").code, 3);
    project.done("apply");
    assert_eq!(project.rig("plan --detailed-exitcode").code, 0);
}

#[test]
fn a_workflow_that_is_only_looked_at_is_up_to_date() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
  .task("look", { cacheTTL: 0, cutoff: true }, async ({ host }) => ({ ctx: { is: await host.exists("there") } }))
  .task("build", async ({ host }) => {
    if (await host.exists("broken")) await host.exec("exit 3");
  });
"#,
    );
    project.done("apply");
    let mut told = project.transcript(&["plan --detailed-exitcode"]);
    project.write("there", "");
    project.write("broken", "");
    project.rig("apply").exits_with(1);
    told.push_str(&project.transcript(&[
        "plan --detailed-exitcode",
        "cache ls",
        "cache explain build",
    ]));
    assert_snapshot!(told);
}

#[test]
fn a_plan_changes_nothing() {
    let project = Project::new(WEB);
    project.done("plan");
    assert!(!project.path("ran.log").exists());
    project.done("apply");
    let before = project.state();
    project.edit("settings.ts", "main", "dev");
    project.done("plan");
    project.done("plan --json");
    assert_eq!(project.state(), before);
}

#[test]
fn all_plans_every_project_below() {
    let project = Project::new(&WEB.replace("//- /", "//- /web/"));
    project.write_all(
        r#"
//- /nested/rigkit/index.ts
export { nested } from "./nested.ts";
//- /nested/rigkit/nested.ts
import { workflow } from "@rigkit/sdk";
export const nested = workflow("nested").sequence("nested").task("only", () => {});
"#,
    );
    assert_snapshot!(
        "all",
        project.transcript(&["plan --all", "plan --all --detailed-exitcode"])
    );

    let document = project.done("plan --all --json").document("plan-all.json");
    assert_eq!(document["results"].as_array().unwrap().len(), 2);

    project.write("broken/rig.config.ts", "export const = 1;\n");
    let broken = project
        .rig("plan --all --json --detailed-exitcode")
        .exits_with(1);
    let document = broken.document("plan-all.json");
    let errors = document["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|project| project["error"].is_object());
    assert_eq!(errors.count(), 1);
    assert_snapshot!("all_with_a_broken_one", project.transcript(&["plan --all"]));
    assert_eq!(project.rig("plan --all --workflow web").code, 2);
}

#[test]
fn a_saved_plan_is_applied_as_long_as_it_fits() {
    let project = Project::new(WEB);
    project.done("plan --out saved.json");
    let saved = serde_json::from_str(&project.read("saved.json")).unwrap();
    rigkit_tests::check_document("saved-plan.json", &saved);
    project.done("apply --plan saved.json");
    assert_eq!(project.lines("ran.log").len(), 5);

    assert_snapshot!("the_state_moved", project.transcript(&["apply saved.json"]));
    project.done("plan --out saved.json");
    project.edit("settings.ts", "main", "dev");
    assert_snapshot!(
        "the_definition_moved",
        project.transcript(&["apply --plan saved.json"])
    );
    project.done("cache invalidate --all");
    let stale = project.rig("apply --plan saved.json --json").exits_with(1);
    assert_eq!(stale.error()["code"], "stale-plan");
    assert_eq!(project.lines("ran.log").len(), 5);

    project.write("saved.json", "{}");
    assert_snapshot!(
        "no_plan",
        project.transcript(&["apply --plan saved.json", "apply --plan missing.json"])
    );
}

#[test]
fn several_workflows_are_planned_together_or_alone() {
    let project = Project::new(TWO);
    assert_snapshot!(project.transcript(&["plan", "plan -w site", "-w sight plan"]));
}

#[test]
fn a_saved_plan_is_applied_to_its_own_workflows() {
    let project = Project::new(TWO);
    let workflows = project.done("plan --json").document("plan.json");
    let name = |index: usize| workflows["workflows"][index]["workflow"].as_str().unwrap();
    let (first, second) = (name(0), name(1));
    project.done(&format!("plan -w {first} --out one.json"));
    let refused = project
        .rig(&format!("apply -w {second} one.json --json"))
        .exits_with(2);
    assert_eq!(refused.error()["code"], "wrong-workflow");

    project.done("plan --out all.json");
    project.done(&format!("apply -w {first} all.json"));
    project.done(&format!("apply -w {second} all.json"));
    let stale = project
        .rig(&format!("apply -w {first} all.json --json"))
        .exits_with(1);
    assert_eq!(stale.error()["code"], "stale-plan");
}
