//! Several configs in one folder.

use insta::assert_snapshot;
use rigkit_tests::Project;
use serde_json::Value;

/// Two configs that define a workflow of the same name, with a workspace each.
const CONFIGS: &str = r#"
//- /rig.config.ts
import { make } from "./make.ts";
export const web = make("first");
//- /other.config.ts
import { make } from "./make.ts";
export const web = make("other");
//- /make.ts
import { workflow } from "@rigkit/sdk";
export const make = (text) => workflow("web").sequence("web")
  .task("a", () => ({ ctx: { text } }))
  .workspace({ create: () => ({}), remove: () => {} })
  .operation("which", { run: () => text });
"#;

#[test]
fn each_has_a_state_of_its_own() {
    let project = Project::new(CONFIGS);
    let text = |line: &str| project.done(line).document("apply.json")["context"]["text"].clone();
    assert_eq!(text("apply --json"), "first");
    assert_eq!(text("apply --json --config other.config.ts"), "other");
    for line in ["plan --json", "--config other.config.ts plan --json"] {
        let plan = project.done(line).document("plan.json");
        assert_eq!(plan["workflows"][0]["cachedNodeCount"], 1, "{line}");
    }
    project.done("create one");
    project.done("create two --config other.config.ts");
    let names = |line: &str| {
        let listed = project.done(line).document("ls.json");
        let names = listed["workspaces"].as_array().unwrap().iter();
        names
            .map(|workspace| workspace["name"].clone())
            .collect::<Vec<Value>>()
    };
    assert_eq!(names("ls --json"), ["one"]);
    assert_eq!(names("ls --json --config other.config.ts"), ["two"]);
    project.done("cache clear --yes --config other.config.ts");
    let plan = project.done("plan --json").document("plan.json");
    assert_eq!(plan["workflows"][0]["cachedNodeCount"], 1);
    assert!(project.path(".rigkit/state.sqlite").exists());
    assert!(
        project
            .path(".rigkit/state-other.config.ts.sqlite")
            .exists()
    );
}

#[test]
fn a_saved_plan_is_of_one_config() {
    let project = Project::new(CONFIGS);
    project.write("same.config.ts", project.read("rig.config.ts"));
    project.done("plan --out saved.json");
    let refused = project
        .rig("apply saved.json --config same.config.ts --json")
        .exits_with(1);
    assert_eq!(refused.error()["code"], "stale-plan");
    project.done("plan --out saved.json --config same.config.ts");
    let saved = serde_json::from_str(&project.read("saved.json")).unwrap();
    rigkit_tests::check_document("saved-plan.json", &saved);
    let _ = project.rig("apply saved.json").exits_with(1);
    project.done("apply saved.json --config same.config.ts");
}

#[test]
fn operations_and_completion_know_the_config() {
    let project = Project::new(CONFIGS);
    assert_eq!(
        project.done("do --config other.config.ts which").stdout,
        "other\n"
    );
    let shown = project.done("doctor --config other.config.ts --json");
    let doctor = shown.document("doctor.json");
    let config = doctor["project"]["config"].as_str().unwrap();
    assert!(config.ends_with("/other.config.ts"), "{config}");
}

#[test]
fn a_config_that_is_none_is_refused() {
    let project = Project::new(CONFIGS);
    project.write("below/x.txt", "");
    assert_snapshot!(project.transcript(&[
        "plan --config missing.config.ts",
        "plan --config below",
        "plan --all --config other.config.ts",
    ]));
    let error = project
        .rig("plan --json --config missing.config.ts")
        .exits_with(2)
        .error();
    assert_eq!(error["code"], "bad-config");
}

#[test]
fn a_folder_with_both_usual_configs_can_be_told_which() {
    let project = Project::new(CONFIGS);
    project.write(
        "rigkit/index.ts",
        "export { web } from \"../other.config.ts\";\n",
    );
    let _ = project.rig("plan").exits_with(1);
    assert_eq!(
        project.done("do --config rig.config.ts which").stdout,
        "first\n"
    );
    assert_eq!(
        project.done("do --config rigkit/index.ts which").stdout,
        "other\n"
    );
}
