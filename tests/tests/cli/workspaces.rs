//! `rig create`, `rig ls` and `rig rm`.

use insta::assert_snapshot;
use rigkit_tests::Project;
use serde_json::json;

use crate::fixtures::{TWO, WEB};

#[test]
fn a_workspace_comes_and_goes() {
    let project = Project::new(WEB);
    let created = project.done("create one -q");
    assert_eq!(
        (created.stdout.as_str(), created.stderr.as_str()),
        ("one\n", "")
    );
    let mut told = project.transcript(&["ls", "create two"]);
    assert_eq!(project.read("work/one.txt"), "http://localhost:3000");
    project.edit("settings.ts", "main", "dev");
    told.push_str(&project.transcript(&[
        "ls",
        "rm one --yes",
        "ls",
        "rm --all --yes",
        "ls",
        "rm --all --yes",
    ]));
    assert!(!project.path("work/one.txt").exists());
    assert!(!project.path("work/two.txt").exists());
    assert_snapshot!(told);
}

#[test]
fn workspaces_are_documents() {
    let project = Project::new(WEB);
    let created = project.done("create one --json").document("create.json");
    assert_eq!(created["name"], "one");
    assert_eq!(created["workflow"], "web");
    assert_eq!(created["state"], "ready");
    assert_eq!(created["ctx"], json!({ "file": "work/one.txt" }));
    assert_eq!(
        created["workflowCtx"],
        json!({ "url": "http://localhost:3000" })
    );
    let listed = project.done("ls --json").document("ls.json");
    assert_eq!(listed["workspaces"], json!([created]));
    let removed = project.done("rm one --yes --json").document("rm.json");
    assert_eq!(removed[0]["id"], created["id"]);
    assert_eq!(
        project.done("ls --json").document("ls.json"),
        json!({ "workspaces": [] })
    );
}

#[test]
fn creating_and_removing_are_told_in_events() {
    let project = Project::new(WEB);
    let last_types = |line: &str| {
        let events = project.done(line).events();
        let types: Vec<String> = events
            .iter()
            .map(|event| event["type"].as_str().unwrap().to_owned())
            .collect();
        types[types.len() - 2..].to_vec()
    };
    assert_eq!(
        last_types("create one --events"),
        ["workspace.create.started", "workspace.ready"]
    );
    assert_eq!(
        last_types("rm one --yes --events"),
        ["workspace.remove.started", "workspace.removed"]
    );
}

#[test]
fn names_of_workspaces_are_judged_before_anything_runs() {
    let project = Project::new(WEB);
    assert_snapshot!(project.transcript(&["create", "create .hidden", "create a/b", "create ''"]));
    assert!(!project.path("ran.log").exists());
    project.done("create one");
    assert_snapshot!("taken", project.transcript(&["create one"]));
    let error = project.rig("create one --json").exits_with(1).error();
    assert_eq!(error["code"], "workspace-exists");
    let error = project.rig("create --json").exits_with(2).error();
    assert_eq!(error["code"], "missing-answer");
}

#[test]
fn removing_needs_a_yes_and_names_that_exist() {
    let project = Project::new(WEB);
    project.done("create one");
    project.done("create two");
    assert_snapshot!(project.transcript(&[
        "rm one",
        "rm --all",
        "rm --yes",
        "rm one three --yes",
        "rm tow --yes"
    ]));
    let error = project.rig("rm three --yes --json").exits_with(2).error();
    assert_eq!(error["code"], "unknown-workspace");
    let left = project.done("ls --json").document("ls.json");
    assert_eq!(left["workspaces"].as_array().unwrap().len(), 2);
}

#[test]
fn a_workspace_whose_removal_fails_stays_unless_forced() {
    let project = Project::new(STUBBORN);
    project.done("create one");
    assert_snapshot!(project.transcript(&["rm one --yes", "ls", "rm one --yes --force", "ls"]));
}

/// Whoever forces has to know what failed, however little they want to see.
#[test]
fn a_forced_removal_says_what_failed() {
    let project = Project::new(STUBBORN);
    for flags in ["", "-q", "--json", "--events"] {
        project.done("create one");
        let output = project.done(&format!("rm one --yes --force {flags}"));
        for told in ["`one` failed: still in use", "its record is removed"] {
            assert!(output.stderr.contains(told), "{}", output.transcript());
        }
        if flags == "--events" {
            assert_eq!(output.events().last().unwrap()["failure"], "still in use");
        }
    }
    project.done("create one");
    project.write("rig.config.ts", "export const = 1;");
    let output = project.done("rm one --yes --force --events");
    assert_eq!(output.events().len(), 1, "{}", output.transcript());
    assert!(output.stderr.contains("its record is removed"));
}

#[test]
fn a_workspace_that_cannot_be_created_leaves_no_record() {
    let project = Project::new(STUBBORN);
    assert_snapshot!(project.transcript(&["create broken", "ls"]));
}

const STUBBORN: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";

export const web = workflow("web")
  .sequence("web")
  .task("prepare", () => {})
  .workspace({
    create: ({ workspace }) => {
      if (workspace.name === "broken") throw new Error("no more ports");
      return {};
    },
    remove: () => {
      throw new Error("still in use");
    },
  });
"#;

#[test]
fn workspaces_of_several_workflows_are_told_apart() {
    let project = Project::new(TWO);
    project.done("create -w api one");
    project.done("create -w site one");
    project.done("create -w site two");
    assert_snapshot!(project.transcript(&[
        "create three",
        "ls",
        "ls -w api",
        "rm one --yes",
        "-w api rm one --yes",
        "ls"
    ]));
}

#[test]
fn a_workflow_without_workspaces_says_how_to_get_them() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
export const web = workflow("web").sequence("web").task("prepare", () => {});
"#,
    );
    assert_snapshot!(project.transcript(&["create one", "ls"]));
}

#[test]
fn an_id_or_the_beginning_of_one_names_a_workspace() {
    let project = Project::new(WEB);
    project.done("create one");
    project.done("create two");
    let listed = project.done("ls --json").document("ls.json");
    let ids: Vec<&str> = listed["workspaces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|workspace| workspace["id"].as_str().unwrap())
        .collect();
    let same = ids[0]
        .bytes()
        .zip(ids[1].bytes())
        .take_while(|(one, other)| one == other)
        .count();
    assert_eq!(
        project.rig(&format!("rm --yes {}", &ids[0][..same])).code,
        2,
        "it is of both"
    );
    project.done(&format!("run {} read", ids[0]));
    project.done(&format!("rm --yes {}", &ids[0][..=same]));
    let left = project.done("ls --json").document("ls.json");
    assert_eq!(left["workspaces"].as_array().unwrap().len(), 1);
    assert_eq!(left["workspaces"][0]["id"], ids[1]);
}
