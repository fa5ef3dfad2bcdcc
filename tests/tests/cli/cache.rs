//! `rig cache`.

use insta::assert_snapshot;
use rigkit_tests::Project;
use serde_json::json;

use crate::fixtures::{TWO, WEB};

#[test]
fn the_cache_is_told() {
    let project = Project::new(WEB);
    let mut told = project.transcript(&["cache ls"]);
    project.done("apply --jobs 1");
    project.edit("settings.ts", "main", "dev");
    told.push_str(&project.transcript(&[
        "cache ls",
        "cache explain",
        "cache explain clone",
        "cache explain link",
    ]));
    project.done("apply --jobs 1");
    told.push_str(&project.transcript(&["cache explain", "cache ls -v"]));
    assert_snapshot!(told);
}

#[test]
fn looking_changes_nothing() {
    let project = Project::new(WEB);
    for line in [
        "cache ls",
        "cache ls --json",
        "cache explain",
        "cache explain clone --json",
        "plan",
        "log",
        "ls",
        "graph",
    ] {
        project.done(line);
        assert!(
            !project.path(".rigkit/state.sqlite").exists(),
            "{line} makes a state"
        );
    }
    project.done("apply");
    project.edit("settings.ts", "main", "dev");
    let before = project.state();
    for line in [
        "cache ls",
        "cache ls --json",
        "cache explain",
        "cache explain clone --json",
        "log",
        "ls",
        "graph",
        "doctor",
    ] {
        let _ = project.rig(line);
        assert_eq!(project.state(), before, "{line}");
    }
}

#[test]
fn the_cache_is_a_document() {
    let project = Project::new(WEB);
    assert_eq!(
        project.done("cache ls --json").document("cache-ls.json"),
        json!({ "runs": [], "failures": [] })
    );
    project.done("apply");
    let runs = project.done("cache ls --json").document("cache-ls.json");
    assert_eq!(runs["runs"].as_array().unwrap().len(), 5);
    project.edit("settings.ts", "main", "dev");
    let explained = project
        .done("cache explain --json")
        .document("cache-explain.json");
    let tasks = explained["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), 5);
    assert_eq!(tasks[4]["cause"]["path"], "clone");
    let one = project
        .done("cache explain ui.ui --json")
        .document("cache-explain.json");
    assert_eq!(one["tasks"].as_array().unwrap().len(), 1);
}

#[test]
fn invalidating_makes_a_task_and_what_follows_it_run_again() {
    let project = Project::new(WEB);
    project.done("apply --jobs 1");
    assert_snapshot!(project.transcript(&[
        "cache invalidate api",
        "plan",
        "cache invalidate api",
        "cache ls"
    ]));
    project.done("apply");
    assert_eq!(
        project.lines("ran.log"),
        ["clone", "install", "api", "ui", "link", "api", "link"]
    );

    let document = project
        .done("cache invalidate install ui --json")
        .document("cache-invalidate.json");
    let paths: Vec<&str> = document["invalidated"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["nodePath"].as_str().unwrap())
        .collect();
    assert_eq!(paths.len(), 4, "{paths:?}");
    project.done("apply");
    project.done("cache invalidate --all");
    assert_eq!(
        project.done("plan --json").document("plan.json")["workflows"][0]["cachedNodeCount"],
        0
    );
}

#[test]
fn clearing_deletes() {
    let project = Project::new(WEB);
    project.done("apply");
    assert_snapshot!(project.transcript(&[
        "cache clear",
        "cache clear --yes",
        "plan",
        "cache ls",
        "cache clear"
    ]));
    project.done("apply");
    assert_eq!(
        project
            .done("cache clear --yes --json")
            .document("cache-clear.json"),
        json!({ "cleared": 5 })
    );
    assert_eq!(project.lines("ran.log").len(), 10);
}

#[test]
fn names_of_tasks_have_to_lead_somewhere() {
    let project = Project::new(WEB);
    project.done("apply");
    assert_snapshot!(project.transcript(&[
        "cache explain instal",
        "cache invalidate clone instal",
        "cache invalidate",
        "cache"
    ]));
    assert_eq!(
        project.done("plan --json").document("plan.json")["workflows"][0]["cachedNodeCount"],
        5
    );
    let error = project
        .rig("cache invalidate nothing --json")
        .exits_with(2)
        .error();
    assert_eq!(error["code"], "unknown-task");

    let project = Project::new(TWO);
    assert_snapshot!(
        "several_workflows",
        project.transcript(&["cache invalidate prepare", "cache explain"])
    );
}
