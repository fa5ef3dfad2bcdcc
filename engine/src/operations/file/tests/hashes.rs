use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{any_tree, block_on, pairs};
use crate::operations::test_support::{Project, write_tree};

async fn hash(project: &Project, payload: Value) -> String {
    project.line("file.hash", payload).await
}

/// Fingerprints what a payload names in a project with these files.
async fn hash_of(files: &[(&str, &str)], payload: Value) -> String {
    hash(&Project::with(files), payload).await
}

const EMPTY: &str = "\"b1ffb6f7e88e01cf7507276384392fbced296645501dfb35b9bcc1fa817ccd3c\"";

#[tokio::test]
async fn fingerprints_are_stable() {
    // SHA-256 of "hello", as any tool prints it.
    let hello = "\"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\"";
    let files = [("a", "hello"), ("f/b", "hello"), ("link", "->a")];
    for path in ["a", "f/b", "./f/../a", "link"] {
        assert_eq!(
            hash_of(&files, json!({ "pathOrGlob": path })).await,
            hello,
            "{path}"
        );
    }
    assert_eq!(
        hash_of(&files, json!({ "pathOrGlob": ["f/b"] })).await,
        hello
    );
    assert_eq!(
        hash_of(&files, json!({ "pathOrGlob": "none/*" })).await,
        EMPTY
    );
    assert_eq!(hash_of(&files, json!({ "pathOrGlob": [] })).await, EMPTY);
    // Computed from the description of the format, not by this code.
    assert_eq!(
        hash_of(
            &[("f/b", "x"), ("f/c", "->/gone"), ("f/.d/e", "")],
            json!({ "pathOrGlob": "f" })
        )
        .await,
        "\"91388e6bd88168605d7047c0604243d27d6769aeda5e4f928804e4bc89ffbfc1\""
    );
    assert_eq!(
        hash_of(&files, json!({ "pathOrGlob": "x/y.txt" })).await,
        "Error ENOENT: failed to hash \"x/y.txt\" at \"x/y.txt\": no such file or folder"
    );
}

#[tokio::test]
async fn fingerprints_tell_contents_apart() {
    let payload = || json!({ "pathOrGlob": ["src", "*.json"] });
    let files = [("src/a", "1"), ("src/b", "2"), ("p.json", "{}")];
    let base = hash_of(&files, payload()).await;
    let changed: &[&[(&str, &str)]] = &[
        &[("src/a", "1"), ("src/b", "3"), ("p.json", "{}")],
        &[("src/a", "2"), ("src/b", "1"), ("p.json", "{}")],
        &[("src/a", "1"), ("src/c", "2"), ("p.json", "{}")],
        &[("src/a", "1"), ("src/b", "2")],
        &[
            ("src/a", "1"),
            ("src/b", "2"),
            ("src/c", ""),
            ("p.json", "{}"),
        ],
        &[("src/a", "1"), ("src/.b", "2"), ("p.json", "{}")],
        &[("src/a", "12"), ("src/b", ""), ("p.json", "{}")],
        &[
            ("src/a", "1"),
            ("src/b", "2"),
            ("src/c", "->d"),
            ("p.json", "{}"),
        ],
    ];
    let mut seen = BTreeSet::from([base.clone()]);
    for files in changed {
        assert!(seen.insert(hash_of(files, payload()).await), "{files:?}");
    }
    let same: &[&[(&str, &str)]] = &[
        &[
            ("p.json", "{}"),
            ("src/b", "2"),
            ("src/a", "1"),
            ("src/empty/", ""),
        ],
        &[
            ("src/a", "1"),
            ("src/b", "->../b2"),
            ("b2", "2"),
            ("p.json", "{}"),
            ("x.txt", ""),
        ],
    ];
    for files in same {
        assert_eq!(hash_of(files, payload()).await, base, "{files:?}");
    }
}

#[tokio::test]
async fn fingerprints_do_not_depend_on_how_files_are_named() {
    let project = Project::with(&[
        ("f/a", "1"),
        ("f/g/b", "2"),
        ("f/loop", "->."),
        ("[x]/y", "3"),
    ]);
    let root = project.context.project_dir.display().to_string();
    let place = format!("->{root}/other/place");
    write_tree(
        project.path("other/place"),
        &[("a", "1"), ("g/b", "2"), ("loop", &place)],
    );
    let base = hash(&project, json!({ "pathOrGlob": "f" })).await;
    let same = [
        json!({ "pathOrGlob": "./f/" }),
        json!({ "pathOrGlob": format!("{root}/f") }),
        json!({ "pathOrGlob": "f/**" }),
        json!({ "pathOrGlob": "**", "cwd": "f" }),
        json!({ "pathOrGlob": [".", "a"], "cwd": "f" }),
        json!({ "pathOrGlob": ["a", "g/**", "lo*"], "cwd": "f" }),
    ];
    for payload in same {
        assert_eq!(hash(&project, payload.clone()).await, base, "{payload}");
    }
    let without_link = json!({ "pathOrGlob": "f", "ignore": "f/loop" });
    let elsewhere = json!({ "pathOrGlob": "other/place", "ignore": "**/loop" });
    assert_eq!(
        hash(&project, without_link).await,
        hash(&project, elsewhere).await
    );
    let only_a = json!({ "pathOrGlob": ["a", "g/b"], "ignore": "g/b", "cwd": "f" });
    assert_eq!(
        hash(&project, only_a).await,
        hash(&project, json!({ "pathOrGlob": "a*", "cwd": "f" })).await
    );
    let brackets = hash(&project, json!({ "pathOrGlob": "[x]" })).await;
    assert_eq!(
        brackets,
        hash(&project, json!({ "pathOrGlob": "*", "cwd": "[x]" })).await
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_fingerprint_is_one_of_names_and_contents(
        files in any_tree(),
        other in any_tree(),
    ) {
        let hash = |files: &[(&str, &str)]| {
            block_on(hash_of(files, json!({ "pathOrGlob": "." })))
        };
        let mut backwards = pairs(&files);
        backwards.reverse();
        prop_assert_eq!(hash(&pairs(&files)), hash(&backwards));
        prop_assert_eq!(hash(&pairs(&files)) == hash(&pairs(&other)), files == other);
    }
}
