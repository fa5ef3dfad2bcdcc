//! `rig init`, `rig types`, `rig projects` and `rig doctor`.

use std::fs;

use insta::assert_snapshot;
use regex::Regex;
use rigkit_tests::Project;
use serde_json::json;

use crate::fixtures::WEB;

#[test]
fn init_makes_a_project_that_runs() {
    let project = Project::new("");
    assert_snapshot!(
        project
            .transcript(&[
                "init",
                "plan",
                "apply",
                "create one",
                "ls",
                "run one show",
                "do greet --name Ada",
                "rm one --yes",
            ])
            .replace(&system(), "[system]")
    );
    assert!(project.path(".rigkit/types/sdk.d.ts").is_file());
    assert_eq!(project.read(".gitignore"), ".rigkit/\n");
}

/// What the config of `rig init` finds out about the machine.
fn system() -> String {
    let output = std::process::Command::new("uname")
        .arg("-sm")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn init_touches_no_file_that_exists() {
    let project = Project::new(WEB);
    project.write("tsconfig.json", "{}\n");
    project.write(".gitignore", "node_modules");
    let config = project.read("rig.config.ts");
    assert_snapshot!(project.transcript(&["init", "init"]));
    assert_eq!(project.read("rig.config.ts"), config);
    assert_eq!(project.read("tsconfig.json"), "{}\n");
    assert_eq!(project.read(".gitignore"), "node_modules\n.rigkit/\n");
}

#[test]
fn init_takes_a_directory() {
    let project = Project::new("");
    assert_snapshot!(project.transcript(&["init new/place", "-C new/place plan"]));
    let document = project.done("init other --json").document("init.json");
    assert_eq!(
        document["directory"],
        json!(project.path("other").canonicalize().unwrap())
    );
    project.write("file", "");
    assert_snapshot!("init_on_a_file", project.transcript(&["init file"]));
}

#[test]
fn types_are_refreshed() {
    let project = Project::new(WEB);
    assert_snapshot!(project.transcript(&["types"]));
    project.write(".rigkit/types/sdk.d.ts", "old");
    let document = project.done("types --json").document("types.json");
    assert!(
        document["files"]
            .as_array()
            .unwrap()
            .contains(&json!("sdk.d.ts"))
    );
    assert_ne!(project.read(".rigkit/types/sdk.d.ts"), "old");
}

#[test]
fn a_file_where_the_types_go_is_told() {
    let project = Project::new(WEB);
    project.write(".rigkit/types", "");
    assert_snapshot!(project.transcript(&["types", "init"]));
    let document = project
        .rig("doctor --json")
        .exits_with(1)
        .document("doctor.json");
    let message = document["problems"][0]["message"].as_str().unwrap();
    assert!(message.contains("has to be a directory"), "{document}");
}

#[test]
fn projects_below_are_listed() {
    let project = Project::new("");
    assert_snapshot!("no_projects", project.transcript(&["projects"]));
    project.write_all(&WEB.replace("//- /", "//- /web/"));
    project.done("-C web apply");
    project.write("a/rigkit/index.ts", "");
    project.write("b/rigkit/index.ts", "");
    project.write("b/rig.config.ts", "");
    project.write("web/below/rig.config.ts", "");
    assert_snapshot!(project.transcript(&["projects", "-C a projects"]));
    let document = project.done("projects --json").document("projects.json");
    assert_eq!(document["projects"].as_array().unwrap().len(), 3);
    assert_eq!(document["projects"][2]["applied"], true);
    project.write(".git/HEAD", "");
    project.write(".gitignore", "a/\n");
    let document = project.done("projects --json").document("projects.json");
    assert_eq!(document["projects"].as_array().unwrap().len(), 2);
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let project = Project::new(WEB);
    let doctor = || {
        let output = project.command("doctor").env("PATH", "/nowhere").run();
        let told = project.redact(&output.transcript());
        let executable = rigkit_tests::rig().to_str().unwrap();
        let walls = Regex::new("(?m)^confinement  .*$").unwrap();
        let told = walls.replace(&told, "confinement  [walls]");
        let told = told
            .replace(executable, "[rig]")
            .replace(std::env::consts::ARCH, "[arch]");
        told.replace(std::env::consts::OS, "[os]")
    };
    let fresh = doctor();
    project.done("apply");
    project.done("types");
    assert_snapshot!("healthy", format!("{fresh}\n{}", doctor()));
    let document = project.done("doctor --json").document("doctor.json");
    assert_eq!(document["problems"], json!([]));

    project.write(".rigkit/types/sdk.d.ts", "old");
    fs::write(
        project.path(".rigkit/state.sqlite"),
        "this is not a database, but it is long enough to be one",
    )
    .unwrap();
    project.edit("rig.config.ts", ".task(\"clone\"", ".task(\"\"");
    assert_snapshot!("ill", doctor());
    let document = project
        .rig("doctor --json")
        .exits_with(1)
        .document("doctor.json");
    assert_eq!(document["problems"].as_array().unwrap().len(), 3);

    fs::remove_file(project.path("rig.config.ts")).unwrap();
    assert_snapshot!("no_project", doctor());
}

#[test]
fn the_doctor_looks_at_a_project_whose_environment_file_is_wrong() {
    let project = Project::new(WEB);
    project.write(".env", "GOOD=1\nhunter2 without a name\n");
    let output = project.rig("doctor --json").exits_with(1);
    assert!(!output.transcript().contains("hunter2"));
    let document = output.document("doctor.json");
    assert_eq!(document["project"]["workflows"], json!(["web"]));
    let problems = document["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0]["position"]["line"], 2);
    let told = project.rig("doctor").exits_with(1).transcript();
    assert!(told.contains(".env:2:1"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn the_doctor_agrees_with_apply_about_node() {
    let project = Project::new(WEB);
    let text = project.read("rig.config.ts");
    project.write("rig.config.ts", format!("import \"node:fs\";\n{text}"));
    let document = project
        .rig("doctor --json")
        .exits_with(1)
        .document("doctor.json");
    let refused = project.rig("apply --json").exits_with(1);
    let (problem, error) = (&document["problems"][0], refused.error());
    assert_eq!(problem["position"], error["position"]);
    assert_eq!(problem["help"], error["help"]);
    let message = problem["message"].as_str().unwrap();
    assert!(
        message.ends_with(error["message"].as_str().unwrap()),
        "{message}"
    );
    assert!(
        message.contains("plans, but it cannot be applied yet"),
        "{message}"
    );
}

/// A file that is a database all right, but has a hole where its pages were.
#[test]
fn the_doctor_finds_a_damaged_database() {
    let project = Project::new(WEB);
    project.done("apply");
    let state = project.state_in_one_file();
    let mut damaged = fs::read(&state).unwrap();
    let from = damaged.len() / 4;
    damaged[from..].fill(0x5a);
    fs::write(&state, &damaged).unwrap();
    let output = project.rig("doctor --json").exits_with(1);
    let document = output.document("doctor.json");
    let problem = &document["problems"][0];
    assert!(
        problem["message"]
            .as_str()
            .unwrap()
            .contains("state.sqlite"),
        "{document}"
    );
    assert!(problem["help"].is_string(), "{document}");
    assert_eq!(fs::read(&state).unwrap(), damaged);
}
