#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod changes;
mod hashes;
mod searches;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::operations::test_support::{Project, read_tree};

/// Performs one operation on a tree and compares the answer and what the tree became.
async fn check(files: &[(&str, &str)], name: &str, payload: Value, answer: &str, tree: &[&str]) {
    let project = Project::with(files);
    let line = project.line(&format!("file.{name}"), payload.clone()).await;
    assert_eq!(line, answer, "{name} {payload}");
    assert_eq!(
        read_tree(project.path("")),
        tree.join("\n"),
        "{name} {payload}"
    );
}

/// Performs operations that change nothing.
async fn check_answers(files: &[(&str, &str)], cases: &[(&str, Value, &str)]) {
    let project = Project::with(files);
    let before = read_tree(project.path(""));
    for (name, payload, answer) in cases {
        let line = project.line(&format!("file.{name}"), payload.clone()).await;
        assert_eq!(line, *answer, "{name} {payload}");
    }
    assert_eq!(read_tree(project.path("")), before);
}

const TREE: &[(&str, &str)] = &[
    ("package.json", ""),
    ("src/a.ts", ""),
    ("src/b.test.ts", ""),
    ("src/deep/er/c.ts", ""),
    ("src/deep/d.js", ""),
    ("src/.hidden/e.ts", ""),
    ("src/.env", ""),
    (".github/workflows/ci.yml", ""),
    ("node_modules/p/index.ts", ""),
    ("app/[id]/page.ts", ""),
    ("src/loop", "->../src"),
    ("src/to-file", "->a.ts"),
    ("src/dangling", "->nowhere"),
];

#[tokio::test]
async fn cancelled_work_ends() {
    let project = Project::with(TREE);
    project.context.cancel.cancel();
    for (name, payload) in [
        ("hash", json!({ "pathOrGlob": "**" })),
        ("glob", json!({ "patterns": "**" })),
        ("remove", json!({ "path": "src", "recursive": true })),
        ("copy", json!({ "from": "src", "to": "copy" })),
    ] {
        let line = project.line(&format!("file.{name}"), payload).await;
        assert!(
            line.starts_with("AbortError ABORT_ERR: failed to "),
            "{line}"
        );
    }
    assert!(!project.path("copy").exists());
    assert!(project.path("src").exists());
}

/// Makes paths of few names, so that patterns of the same names match often.
fn any_tree() -> impl Strategy<Value = BTreeMap<String, String>> {
    let name = prop::sample::select(vec!["a", "b", "ab", ".c", "a.b"]);
    let path = prop::collection::vec(name, 1..4).prop_map(|names| names.join("/"));
    prop::collection::btree_map(path, "[xy]{0,2}", 0..8).prop_map(|mut files| {
        // A file cannot also be a folder.
        let paths: Vec<String> = files.keys().cloned().collect();
        files.retain(|path, _| {
            !paths
                .iter()
                .any(|other| other.starts_with(&format!("{path}/")))
        });
        files
    })
}

fn any_pattern() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "a", "*", "**", "?", "*b", "{a,ab}", "[a.]*", ".c", "a.*",
    ]);
    prop::collection::vec(part, 1..4).prop_map(|parts| parts.join("/"))
}

fn pairs(files: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    files
        .iter()
        .map(|(path, contents)| (path.as_str(), contents.as_str()))
        .collect()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}
