//! `rig log`.

use insta::assert_snapshot;
use rigkit_tests::{Bounds, Project};
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
fn the_id_of_a_run_of_a_task_leads_to_its_apply() {
    let project = Project::new(TWO);
    project.done("apply -w api");
    project.done("apply -w site");
    let runs = project.done("cache ls --json").document("cache-ls.json");
    for run in runs["runs"].as_array().unwrap() {
        let id = run["id"].as_str().unwrap();
        let shown = project.done(&format!("log {id} --json"));
        let shown = shown.document("log-run.json");
        assert_eq!(shown["apply"]["id"], run["applyId"]);
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

#[test]
fn what_a_log_costs_is_bounded() {
    let project = Project::new(TWO);
    project.done("apply -w api");
    let log = std::fs::read_dir(project.path(".rigkit/logs")).unwrap();
    let log = log.last().unwrap().unwrap().path();
    let written = |data: &str| {
        let output = json!({ "type": "command.output", "nodePath": "a", "commandName": "x", "stream": "stdout", "data": data });
        event(&output)
    };
    let artifact = json!({ "type": "artifact.created", "nodePath": "a", "providerId": "p", "kind": "k", "ref": vec![json!({ "": 0 }); 140_000] });
    // What this process holds counts as well, for it is what the other one begins as.
    let bounds = Bounds::default();
    for (what, log_text, lines, left_out) in [
        (
            "lines",
            written(&"\n".repeat(500_000)).repeat(2),
            1_000_003,
            0,
        ),
        ("one event", written(&"x".repeat(16 << 20)), 4, 1),
        ("values", event(&artifact).repeat(2), 5, 0),
    ] {
        std::fs::write(&log, &log_text).unwrap();
        let text = project.command("log latest").run_within(bounds);
        assert_eq!(text.stdout.lines().count(), lines, "{what}");
        let says_so = text.stdout.contains("bytes of the log are left out");
        assert_eq!(says_so, left_out > 0, "{what}");
        let document = project.command("log latest --json").run_within(bounds);
        let document = document.document("log-run.json");
        let bytes = document["leftOutBytes"].as_u64().unwrap_or_default();
        assert_eq!(bytes, left_out * log_text.len() as u64, "{what}");
    }
}

fn event(event: &serde_json::Value) -> String {
    let mut record = json!({ "sequence": 0, "time": "2026-01-01T00:00:00.000Z" });
    let members = record.as_object_mut().unwrap();
    members.extend(event.as_object().unwrap().clone());
    format!("{record}\n")
}
