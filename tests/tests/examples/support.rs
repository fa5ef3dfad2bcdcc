//! Copies of the examples, and questions to them.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use rigkit_engine::authoring::TSCONFIG;
use rigkit_tests::{Project, compile};
use rusqlite::Connection;
use serde_json::Value;

pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Copies an example to where nothing of it has ever run.
pub(crate) fn example(name: &str) -> Project {
    let project = Project::new("");
    let source = repository().join("examples").join(name);
    for file in files_below(&source) {
        let path = file.strip_prefix(&source).unwrap();
        if !path.starts_with(".rigkit") {
            project.write(path.to_str().unwrap(), fs::read(&file).unwrap());
        }
    }
    project
}

pub(crate) fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files.extend(files_below(&entry.path()));
        } else {
            files.push(entry.path());
        }
    }
    files
}

pub(crate) fn names_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Checks an example with the TypeScript compiler, as an editor does.
pub(crate) fn check_types(name: &str) {
    check_types_of(&example(name));
}

/// Checks a project with the TypeScript compiler, as an editor does.
pub(crate) fn check_types_of(project: &Project) {
    assert_eq!(
        project.read("tsconfig.json"),
        TSCONFIG,
        "`rig init` writes another one"
    );
    project.done("types");
    assert_eq!(compile(&project.root(), &[]), "");
}

pub(crate) fn plan(project: &Project, workflow: &str) -> Value {
    let plan = project
        .done(&format!("plan --workflow {workflow} --json"))
        .document("plan.json");
    plan["workflows"][0].clone()
}

/// Compares the tasks of a plan with lines of `path status reason`.
pub(crate) fn check_statuses(project: &Project, workflow: &str, expected: &str) {
    let plan = plan(project, workflow);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let nodes = plan["nodes"].as_array().unwrap().iter();
    let found: Vec<Vec<String>> = nodes
        .map(|node| {
            let words = [&node["path"], &node["status"], &node["reason"]["code"]].map(text);
            let is_cached = words[1] == "cached";
            words
                .into_iter()
                .take(if is_cached { 2 } else { 3 })
                .collect()
        })
        .collect();
    let lines = expected
        .lines()
        .map(|line| line.split_whitespace().map(str::to_owned).collect());
    let expected: Vec<Vec<String>> = lines
        .filter(|words: &Vec<String>| !words.is_empty())
        .collect();
    assert_eq!(found, expected);
}

/// Applies a workflow and names the tasks that ran, in the order they began.
pub(crate) fn tasks_run(project: &Project, workflow: &str) -> Vec<String> {
    let events = project
        .done(&format!("apply --workflow {workflow} --events"))
        .events();
    let started = events
        .iter()
        .filter(|event| event["type"] == "node.started");
    started
        .map(|event| event["nodePath"].as_str().unwrap().to_owned())
        .collect()
}

/// Makes the stored runs of a task older, as if it had run that much earlier.
pub(crate) fn age(project: &Project, path: &str, by: Duration) {
    let state = Connection::open(project.path(".rigkit/state.sqlite")).unwrap();
    let by = i64::try_from(by.as_millis()).unwrap();
    let sql = "UPDATE node_runs SET created_at = created_at - ?1 WHERE node_path = ?2";
    assert!(
        state.execute(sql, (by, path)).unwrap() > 0,
        "no run of {path}"
    );
}

/// Gives the result of an operation.
pub(crate) fn result(project: &Project, line: &str) -> Value {
    let schema = if line.starts_with("run ") {
        "run.json"
    } else {
        "do.json"
    };
    project.done(line).document(schema)
}

/// Says whether the only workspace is behind.
pub(crate) fn freshness(project: &Project) -> String {
    let document = project.done("ls --json").document("ls.json");
    document["workspaces"][0]["freshness"]
        .as_str()
        .unwrap()
        .to_owned()
}
