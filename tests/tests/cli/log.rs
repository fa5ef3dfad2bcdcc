//! `rig log`.

use insta::assert_snapshot;
use rigkit_tests::Project;
use serde_json::json;

use crate::fixtures::{TWO, WEB};

#[test]
fn past_applies_are_told() {
    let project = Project::new(WEB);
    assert_snapshot!(
        "nothing_yet",
        project.transcript(&["log", "log latest", "log abc"])
    );
    project.done("apply --jobs 1");
    project.done("apply");
    assert_snapshot!(project.transcript(&["log", "log --limit 1", "log latest"]));

    let document = project.done("log --json").document("log.json");
    let applies = document["applies"].as_array().unwrap();
    assert_eq!(applies.len(), 2);
    assert_eq!(applies[1]["outcome"], "succeeded");
    let first = applies[1]["id"].as_str().unwrap();
    let one = project
        .done(&format!("log {first} --json"))
        .document("log-run.json");
    assert_eq!(one["apply"], applies[1]);
    assert_eq!(one["events"][0]["sequence"], 0);
    assert_snapshot!(
        "first_apply",
        project.transcript(&[&format!("log {first}")])
    );

    let limited = project.done("log --json --limit 1").document("log.json");
    assert_eq!(limited["applies"], json!([applies[0]]));
    let error = project.rig("log nonsense --json").exits_with(2).error();
    assert_eq!(error["code"], "unknown-run");
}

#[test]
fn applies_of_several_workflows_are_told_apart() {
    let project = Project::new(TWO);
    project.done("apply -w api");
    project.done("apply -w site");
    assert_snapshot!(project.transcript(&["log", "log -w api"]));
}

#[test]
fn applies_of_one_workflow_are_counted_without_the_others() {
    let project = Project::new(TWO);
    project.done("apply -w api");
    project.done("apply -w api");
    project.done("apply -w site");
    let applies = project.done("log -w api --limit 1 --json");
    let applies = applies.document("log.json");
    assert_eq!(applies["applies"].as_array().unwrap().len(), 1);
    assert_eq!(applies["applies"][0]["workflow"], "api");
    let latest = |line: &str| project.done(line).document("log-run.json")["apply"].take();
    assert_eq!(latest("log latest -w api --json"), applies["applies"][0]);
    assert_eq!(latest("log latest --json")["workflow"], "site");
    let none = Project::new(TWO);
    let error = none.rig("log latest -w api --json").exits_with(2).error();
    assert_eq!(error["code"], "unknown-run");
}

#[test]
fn the_end_of_an_id_is_enough() {
    let project = Project::new(TWO);
    project.done("apply -w api");
    project.done("apply -w site");
    let listed = project.done("log").stdout;
    for (line, workflow) in listed.lines().skip(1).zip(["site", "api"]) {
        let id = line.split_whitespace().next().unwrap();
        let shown = project.done(&format!("log {id} --json"));
        let shown = shown.document("log-run.json");
        assert_eq!(shown["apply"]["workflow"], workflow, "{listed}");
        assert!(shown["apply"]["id"].as_str().unwrap().ends_with(id));
    }
}

#[test]
fn a_log_that_is_gone_says_so() {
    let project = Project::new(TWO);
    project.done("apply -w api");
    std::fs::remove_dir_all(project.path(".rigkit/logs")).unwrap();
    assert_snapshot!(project.transcript(&["log latest"]));
    let error = project.rig("log latest --json").exits_with(1).error();
    assert_eq!(error["code"], "log-gone");
}

#[test]
fn a_bounded_number_of_logs_is_kept() {
    let project = Project::new(TWO);
    for _ in 0..53 {
        project.done("apply -w api");
    }
    let logs = std::fs::read_dir(project.path(".rigkit/logs")).unwrap();
    assert_eq!(logs.count(), 50);
}
