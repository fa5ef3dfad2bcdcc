use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

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

/// Fingerprints a folder before and after a change, and says whether that counts.
async fn counts(files: &[(&str, &str)], payload: Value, change: impl FnOnce(&Project)) -> bool {
    let project = Project::with(files);
    let before = hash(&project, payload.clone()).await;
    assert!(before.starts_with('"'), "{before}");
    change(&project);
    before != hash(&project, payload).await
}

#[tokio::test]
async fn fingerprints_count_the_mode_that_git_keeps() {
    let set = |mode| {
        move |project: &Project| {
            let path = project.path("tools/sift");
            fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        }
    };
    let files = [("tools/sift", "#!/bin/sh"), ("link", "->tools/sift")];
    for payload in [
        json!({ "pathOrGlob": "tools" }),
        json!({ "pathOrGlob": "tools/*" }),
        json!({ "pathOrGlob": ["tools/sift", "link"] }),
        json!({ "pathOrGlob": "l*" }),
        json!({ "pathOrGlob": "tools/sift" }),
        json!({ "pathOrGlob": "link" }),
    ] {
        for (mode, expected) in [(0o755, true), (0o700, true), (0o600, false), (0o611, false)] {
            let is_counted = counts(&files, payload.clone(), set(mode)).await;
            assert_eq!(is_counted, expected, "{payload} {mode:o}");
        }
    }
    let project = Project::with(&files);
    set(0o755)(&project);
    let named = hash(&project, json!({ "pathOrGlob": "tools/sift" })).await;
    fs::rename(project.path("tools/sift"), project.path("mill")).unwrap();
    assert_eq!(hash(&project, json!({ "pathOrGlob": "mill" })).await, named);
}

#[tokio::test]
async fn fingerprints_leave_out_what_rigkit_keeps() {
    let files = [
        (".rigkit/state.sqlite", "1"),
        ("sub/.rigkit/state.sqlite", "1"),
        ("other/whole", "->.."),
        ("a", ""),
    ];
    let edit =
        |path: &'static str| move |project: &Project| fs::write(project.path(path), "2").unwrap();
    for payload in [
        json!({ "pathOrGlob": "." }),
        json!({ "pathOrGlob": "**", "dot": true }),
        json!({ "pathOrGlob": ["a", "."] }),
        json!({ "pathOrGlob": "other" }),
    ] {
        let own = edit(".rigkit/state.sqlite");
        assert!(!counts(&files, payload.clone(), own).await, "{payload}");
    }
    let named = json!({ "pathOrGlob": ".rigkit" });
    assert!(counts(&files, named, edit(".rigkit/state.sqlite")).await);
    let foreign = json!({ "pathOrGlob": "." });
    assert!(counts(&files, foreign, edit("sub/.rigkit/state.sqlite")).await);
}

#[tokio::test]
async fn fingerprints_follow_links_to_folders() {
    let files = [
        ("store/list", "3"),
        ("store/grain", "->../grain"),
        ("store/more", "->../grain"),
        ("grain/kind", "wheat"),
        ("grain/deep/x", ""),
        ("grain/back", "->../store"),
        ("grain/self", "->."),
        ("grain/up", "->/"),
    ];
    let edit = |project: &Project| fs::write(project.path("grain/kind"), "rye").unwrap();
    for (payload, expected) in [
        (json!({ "pathOrGlob": "store" }), true),
        (json!({ "pathOrGlob": "store/**" }), true),
        (json!({ "pathOrGlob": "store/*/kind" }), true),
        (json!({ "pathOrGlob": "store/grain" }), true),
        (json!({ "pathOrGlob": "store/*" }), false),
        (json!({ "pathOrGlob": "store/*/x" }), false),
        (
            json!({ "pathOrGlob": "store", "ignore": ["store/grain", "store/more"] }),
            false,
        ),
        (
            json!({ "pathOrGlob": "store", "ignore": ["**/kind"] }),
            false,
        ),
    ] {
        assert_eq!(
            counts(&files, payload.clone(), edit).await,
            expected,
            "{payload}"
        );
    }
    let as_folder = [("store/list", "3"), ("store/grain/kind", "wheat")];
    let as_link = [
        ("store/list", "3"),
        ("store/grain", "->../grain"),
        ("grain/kind", "wheat"),
    ];
    let payload = || json!({ "pathOrGlob": "store" });
    assert_eq!(
        hash_of(&as_folder, payload()).await,
        hash_of(&as_link, payload()).await
    );
}

/// Each folder links to the next one twice: two to the power of the depth are the paths through them.
#[tokio::test]
async fn links_that_multiply_are_followed_once() {
    let names: Vec<(String, String)> = (0..30)
        .flat_map(|depth| {
            ["a", "b"].map(|name| (format!("{depth}/{name}"), format!("->../{}", depth + 1)))
        })
        .chain([("30/file".to_owned(), String::new())])
        .collect();
    let files: Vec<(&str, &str)> = names
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let edit = |project: &Project| fs::write(project.path("30/file"), "2").unwrap();
    assert!(counts(&files, json!({ "pathOrGlob": "0" }), edit).await);
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
