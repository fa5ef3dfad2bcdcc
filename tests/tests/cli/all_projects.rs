//! `--all`: every workflow of every project at or below a directory.

use insta::assert_snapshot;
use rigkit_tests::Project;
use serde_json::Value;

const PROJECTS: &str = r#"
//- /bakery/rig.config.ts
import { workflow } from "@rigkit/sdk";
export const oven = workflow("oven").sequence("oven").task("heat", () => ({ ctx: { celsius: 240 } }));
export const mill = workflow("mill").sequence("mill").task("grind", () => {
  throw new Error("it is stuck");
});
export const till = workflow("till").sequence("till").task("count", () => {});
//- /broken/rig.config.ts
export const = 1;
//- /pottery/rig.config.ts
import { workflow } from "@rigkit/sdk";
export const kiln = workflow("kiln").sequence("kiln").task("fire", () => {})
  .workspace({ create: () => ({}), remove: () => {} });
"#;

fn results(document: &Value, key: &str) -> Vec<(String, Value)> {
    let results = document["results"].as_array().unwrap().iter();
    let folder = |result: &Value| {
        let project = result["project"].as_str().unwrap();
        project.rsplit('/').next().unwrap().to_owned()
    };
    let value = |result: &Value| match &result["error"] {
        Value::Null => result[key].clone(),
        error => error["code"].clone(),
    };
    results
        .map(|result| (folder(result), value(result)))
        .collect()
}

#[test]
fn a_project_that_fails_keeps_no_other_from_being_applied() {
    let project = Project::new(PROJECTS);
    let applied = project.rig("apply --all --json").exits_with(1);
    let told = results(&applied.document("apply-all.json"), "workflow");
    let told: Vec<(&str, &Value)> = told
        .iter()
        .map(|(folder, value)| (&**folder, value))
        .collect();
    let expected = [
        ("bakery", "failed"),
        ("bakery", "oven"),
        ("bakery", "till"),
        ("broken", "syntax-error"),
        ("pottery", "kiln"),
    ];
    let expected = expected.map(|(folder, value)| (folder, Value::from(value)));
    assert_eq!(
        told,
        expected.each_ref().map(|(folder, value)| (*folder, value))
    );
    assert_snapshot!("plan", project.transcript(&["plan --all"]));
    assert_snapshot!("apply", project.transcript(&["apply --all"]));
}

#[test]
fn all_that_succeed_end_well() {
    let project = Project::new(PROJECTS);
    let below = |line: &str| {
        project
            .command(line)
            .directory(project.path("pottery"))
            .run()
    };
    let applied = below("apply --all --json").exits_with(0);
    assert_eq!(
        results(&applied.document("apply-all.json"), "workflow").len(),
        1
    );
    let planned = below("apply --all --dry-run --json").exits_with(0);
    assert_eq!(
        results(&planned.document("plan-all.json"), "workflows").len(),
        1
    );
    let _ = below("create one").exits_with(0);
    let listed = project
        .rig("ls --all --json")
        .exits_with(0)
        .document("ls-all.json");
    let count = |value: &Value| value.as_array().unwrap().len();
    let counts: Vec<usize> = results(&listed, "workspaces")
        .iter()
        .map(|(_, value)| count(value))
        .collect();
    assert_eq!(counts, [0, 0, 1]);
}

#[test]
fn what_names_one_project_does_not_go_with_all() {
    let project = Project::new(PROJECTS);
    for line in [
        "apply --all --workflow oven",
        "apply --all --config x.ts",
        "apply --all --state x",
        "apply --all --until heat",
        "apply --all --events",
        "apply --all saved.json",
        "ls --all --workflow oven",
    ] {
        assert_eq!(project.rig(line).code, 2, "{line}");
    }
}
