#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, SystemTime};

use globset::GlobBuilder;
use nix::sys::stat::Mode;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::operations::test_support::{Project, read_tree, write_tree};

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

#[tokio::test]
async fn files_are_read_as_text_or_bytes() {
    let project = Project::with(&[("a.txt", "héllo"), ("folder/", ""), ("link", "->a.txt")]);
    fs::write(project.path("garbage"), b"ok\xff\xfe\0").unwrap();
    nix::unistd::mkfifo(&project.path("pipe"), Mode::S_IRWXU).unwrap();
    let cases = [
        (json!({ "path": "a.txt" }), "\"héllo\""),
        (
            json!({ "path": "link", "encoding": "base64" }),
            "\"aMOpbGxv\"",
        ),
        (
            json!({ "path": "garbage", "encoding": "base64" }),
            "\"b2v//gA=\"",
        ),
        (
            json!({ "path": "garbage" }),
            "Error -: failed to read \"garbage\": it is not UTF-8 text from byte 2 on | read it as bytes",
        ),
        (
            json!({ "path": "x/y.txt" }),
            "Error ENOENT: failed to read \"x/y.txt\": no such file or folder",
        ),
        (
            json!({ "path": "folder" }),
            "Error EISDIR: failed to read \"folder\": it is a folder",
        ),
        (
            json!({ "path": "pipe" }),
            "Error -: failed to read \"pipe\": it is a pipe, a socket or a device, not a file",
        ),
        (
            json!({ "path": "a.txt/b" }),
            "Error ENOTDIR: failed to read \"a.txt/b\": part of the path is not a folder",
        ),
        (
            json!({ "path": "" }),
            "TypeError ERR_INVALID_ARG_TYPE: `file.read` does not take this payload: a path is empty",
        ),
        (
            json!({}),
            "TypeError ERR_INVALID_ARG_TYPE: `file.read` does not take this payload: missing field `path`",
        ),
    ];
    for (payload, answer) in cases {
        assert_eq!(project.line("file.read", payload).await, answer);
    }
}

#[tokio::test]
async fn files_are_written_whole() {
    let old = [("a", "old")];
    check(
        &old,
        "write",
        json!({ "path": "a", "data": "new" }),
        "null",
        &[r#"a "new""#],
    )
    .await;
    check(
        &old,
        "write",
        json!({ "path": "a", "data": "+", "append": true }),
        "null",
        &[r#"a "old+""#],
    )
    .await;
    check(
        &[],
        "write",
        json!({ "path": "x/y/z", "data": "aMOp", "encoding": "base64" }),
        "null",
        &["x/", "x/y/", r#"x/y/z "hé""#],
    )
    .await;
    check(
        &[("real/a", "old"), ("link", "->real/a")],
        "write",
        json!({ "path": "link", "data": "new" }),
        "null",
        &["link -> real/a", "real/", r#"real/a "new""#],
    )
    .await;
    check(
        &[("link", "->real")],
        "write",
        json!({ "path": "link", "data": "new" }),
        "null",
        &["link -> real", r#"real "new""#],
    )
    .await;
}

#[tokio::test]
async fn what_cannot_be_written_stays_as_it_was() {
    let files = [
        ("a", "old"),
        ("folder/b", ""),
        ("one", "->two"),
        ("two", "->one"),
    ];
    check_answers(
        &files,
        &[
            (
                "write",
                json!({ "path": "folder", "data": "" }),
                "Error EISDIR: failed to write \"folder\": it is a folder",
            ),
            (
                "write",
                json!({ "path": "a/b", "data": "" }),
                "Error ENOTDIR: failed to write \"a/b\": part of the path is not a folder",
            ),
            (
                "write",
                json!({ "path": "one", "data": "" }),
                "Error -: failed to write \"one\": too many links point to each other",
            ),
            (
                "write",
                json!({ "path": "a", "data": "?", "encoding": "base64" }),
                "TypeError ERR_INVALID_ARG_VALUE: failed to write \"a\": its data is not base64",
            ),
            (
                "write",
                json!({ "path": "a", "data": "", "mode": 0o10000 }),
                "TypeError ERR_INVALID_ARG_TYPE: `file.write` does not take this payload: the mode \
                 0o10000 has bits that are no permissions",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn permissions_are_those_asked_for_or_had() {
    let project = Project::with(&[("had", "old")]);
    fs::set_permissions(project.path("had"), fs::Permissions::from_mode(0o640)).unwrap();
    let cases = [
        (json!({ "path": "had", "data": "new" }), 0o640),
        (
            json!({ "path": "had", "data": "new", "mode": 0o755 }),
            0o755,
        ),
        (
            json!({ "path": "had", "data": "!", "append": true, "mode": 0o600 }),
            0o600,
        ),
        (
            json!({ "path": "made", "data": "#!/bin/sh", "mode": 0o777 }),
            0o777,
        ),
    ];
    for (payload, mode) in cases {
        let path = payload["path"].clone();
        project.perform("file.write", payload).await.unwrap();
        let stat = project
            .perform("file.stat", json!({ "path": path }))
            .await
            .unwrap();
        assert_eq!(stat["mode"], json!(mode));
    }
    let usual = project.path("usual");
    fs::write(&usual, "").unwrap();
    project
        .perform("file.write", json!({ "path": "new", "data": "" }))
        .await
        .unwrap();
    let mode = |path: &Path| path.metadata().unwrap().mode();
    assert_eq!(mode(&project.path("new")), mode(&usual));
}

#[tokio::test]
async fn paths_are_described() {
    let project = Project::with(&[
        ("a", "12345"),
        ("folder/", ""),
        ("link", "->a"),
        ("gone", "->x"),
    ]);
    let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_250);
    fs::File::open(project.path("a"))
        .unwrap()
        .set_modified(time)
        .unwrap();
    fs::set_permissions(project.path("a"), fs::Permissions::from_mode(0o4751)).unwrap();
    let stat = async |payload| project.perform("file.stat", payload).await;
    assert_eq!(
        stat(json!({ "path": "a" })).await.unwrap(),
        json!({
            "kind": "file", "size": 5, "mode": 0o4751, "modifiedAt": "2023-11-14T22:13:20.25Z",
        })
    );
    let kind = async |payload| {
        stat(payload)
            .await
            .map_or(json!(null), |stat| stat["kind"].clone())
    };
    assert_eq!(kind(json!({ "path": "folder" })).await, "directory");
    assert_eq!(kind(json!({ "path": "link" })).await, "symlink");
    assert_eq!(
        kind(json!({ "path": "link", "followLinks": true })).await,
        "file"
    );
    assert_eq!(kind(json!({ "path": "/dev/null" })).await, "other");
    assert_eq!(
        kind(json!({ "path": "gone", "followLinks": true })).await,
        json!(null)
    );
    for (path, there) in [
        ("a", true),
        ("gone", true),
        ("a/b", false),
        ("none", false),
        (".", true),
    ] {
        let exists = project
            .perform("file.exists", json!({ "path": path }))
            .await
            .unwrap();
        assert_eq!(exists, there, "{path}");
    }
}

#[tokio::test]
async fn folders_are_made() {
    let files = [("file", "")];
    let made = ["a/", "a/b/", r#"file """#];
    check(&files, "mkdir", json!({ "path": "a/b" }), "null", &made).await;
    let files = [("file", ""), ("a/b/", "")];
    check(&files, "mkdir", json!({ "path": "a/b" }), "null", &made).await;
    check(
        &files,
        "mkdir",
        json!({ "path": "a/b", "recursive": false }),
        "Error EEXIST: failed to make the folder \"a/b\": it already exists",
        &made,
    )
    .await;
    check(
        &files,
        "mkdir",
        json!({ "path": "x/y", "recursive": false }),
        "Error ENOENT: failed to make the folder \"x/y\": no such file or folder",
        &made,
    )
    .await;
}

#[tokio::test]
async fn things_are_removed() {
    let files = [
        ("a", ""),
        ("f/g/h", ""),
        ("f/link", "->../a"),
        ("link", "->f"),
        ("empty/", ""),
    ];
    let rest = |left_out: &str| -> Vec<&str> {
        let all = [
            r#"a """#,
            "empty/",
            "f/",
            "f/g/",
            r#"f/g/h """#,
            "f/link -> ../a",
            "link -> f",
        ];
        all.into_iter()
            .filter(|line| !line.starts_with(left_out))
            .collect()
    };
    check(&files, "remove", json!({ "path": "a" }), "true", &rest("a")).await;
    check(
        &files,
        "remove",
        json!({ "path": "empty" }),
        "true",
        &rest("empty"),
    )
    .await;
    check(
        &files,
        "remove",
        json!({ "path": "f", "recursive": true }),
        "true",
        &rest("f/"),
    )
    .await;
    check(
        &files,
        "remove",
        json!({ "path": "link", "recursive": true }),
        "true",
        &rest("link"),
    )
    .await;
    check(
        &files,
        "remove",
        json!({ "path": "x", "force": true }),
        "false",
        &rest("-"),
    )
    .await;
    check(
        &files,
        "remove",
        json!({ "path": "x" }),
        "Error ENOENT: failed to remove \"x\": no such file or folder",
        &rest("-"),
    )
    .await;
    check(
        &files,
        "remove",
        json!({ "path": "f" }),
        "Error ENOTEMPTY: failed to remove \"f\": the folder is not empty | pass `recursive: true` \
         to remove what is in it too",
        &rest("-"),
    )
    .await;
    check(
        &files,
        "remove",
        json!({ "path": "f/..", "recursive": true }),
        "TypeError ERR_INVALID_ARG_VALUE: failed to remove \"f/..\": the project is in it",
        &rest("-"),
    )
    .await;
}

#[tokio::test]
async fn things_are_copied() {
    check(
        &[("a", "1")],
        "copy",
        json!({ "from": "a", "to": "x/b" }),
        "null",
        &[r#"a "1""#, "x/", r#"x/b "1""#],
    )
    .await;
    check(
        &[("f/g/h", "1"), ("f/loop", "->."), ("f/e/", "")],
        "copy",
        json!({ "from": "f", "to": "c" }),
        "null",
        &[
            "c/",
            "c/e/",
            "c/g/",
            r#"c/g/h "1""#,
            "c/loop -> .",
            "f/",
            "f/e/",
            "f/g/",
            r#"f/g/h "1""#,
            "f/loop -> .",
        ],
    )
    .await;
    check(
        &[("f/a", "new"), ("t/a", "old"), ("t/b", "kept")],
        "copy",
        json!({ "from": "f", "to": "t", "overwrite": true }),
        "null",
        &["f/", r#"f/a "new""#, "t/", r#"t/a "new""#, r#"t/b "kept""#],
    )
    .await;
    check(
        &[("a", "same")],
        "copy",
        json!({ "from": "a", "to": "a", "overwrite": true }),
        "null",
        &[r#"a "same""#],
    )
    .await;
}

#[tokio::test]
async fn what_cannot_be_copied_or_moved_stays_as_it_was() {
    let files = [("a", "1"), ("b", "2"), ("f/g/h", "3"), ("t/x", "4")];
    let exists = "it already exists | pass `overwrite: true` to replace what is there";
    check_answers(
        &files,
        &[
            ("copy", json!({ "from": "a", "to": "b" }), &format!("Error EEXIST: failed to copy \"a\" to \"b\": {exists}")),
            ("rename", json!({ "from": "a", "to": "b" }), &format!("Error EEXIST: failed to move \"a\" to \"b\": {exists}")),
            ("copy", json!({ "from": "x", "to": "y/z" }), "Error ENOENT: failed to copy \"x\" to \"y/z\": no such file or folder"),
            ("rename", json!({ "from": "x", "to": "y/z" }), "Error ENOENT: failed to move \"x\" to \"y/z\": no such file or folder"),
            ("copy", json!({ "from": "f", "to": "f/g/i" }), "TypeError ERR_INVALID_ARG_VALUE: failed to copy \"f\" to \"f/g/i\": a folder cannot be copied into itself"),
            ("rename", json!({ "from": "f", "to": "f/g/i" }), "TypeError ERR_INVALID_ARG_VALUE: failed to move \"f\" to \"f/g/i\": one of them is in the other"),
            ("rename", json!({ "from": "f/g", "to": "f", "overwrite": true }), "TypeError ERR_INVALID_ARG_VALUE: failed to move \"f/g\" to \"f\": one of them is in the other"),
            ("copy", json!({ "from": "a", "to": "t", "overwrite": true }), "Error EISDIR: failed to copy \"a\" to \"t\": it is a folder"),
        ],
    )
    .await;
}

#[tokio::test]
async fn things_are_moved() {
    check(
        &[("a", "1")],
        "rename",
        json!({ "from": "a", "to": "x/b" }),
        "null",
        &["x/", r#"x/b "1""#],
    )
    .await;
    check(
        &[("a", "1"), ("b", "2")],
        "rename",
        json!({ "from": "a", "to": "b", "overwrite": true }),
        "null",
        &[r#"b "1""#],
    )
    .await;
    check(
        &[("f/a", "1"), ("t/b/c", "2")],
        "rename",
        json!({ "from": "f", "to": "t", "overwrite": true }),
        "null",
        &["t/", r#"t/a "1""#],
    )
    .await;
}

#[tokio::test]
async fn moving_works_between_file_systems() {
    let shared_memory = Path::new("/dev/shm");
    let project = Project::with(&[("f/a", "1"), ("f/link", "->a")]);
    let here = project.path("").metadata().unwrap().dev();
    if !shared_memory
        .metadata()
        .is_ok_and(|there| there.dev() != here)
    {
        return;
    }
    let there = tempfile::tempdir_in(shared_memory).unwrap();
    let to = there.path().join("moved").display().to_string();
    project
        .perform("file.rename", json!({ "from": "f", "to": to }))
        .await
        .unwrap();
    assert_eq!(read_tree(project.path("")), "");
    assert_eq!(
        read_tree(there.path()),
        "moved/\nmoved/a \"1\"\nmoved/link -> a"
    );
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
async fn patterns_list_files() {
    let cases = [
        (
            json!({ "pattern": "src/*.ts" }),
            r#"["src/a.ts","src/b.test.ts"]"#,
        ),
        (
            json!({ "patterns": ["src/**/*.ts", "!**/*.test.ts"] }),
            r#"["src/a.ts","src/deep/er/c.ts"]"#,
        ),
        (
            json!({ "patterns": "**/{c,d}.{ts,js}" }),
            r#"["src/deep/d.js","src/deep/er/c.ts"]"#,
        ),
        (
            json!({ "patterns": "**", "cwd": "src" }),
            r#"["a.ts","b.test.ts","dangling","deep/d.js","deep/er/c.ts","to-file"]"#,
        ),
        (
            json!({ "patterns": "**/*.ts", "dot": true, "ignore": ["node_modules/**", "app"] }),
            r#"["src/.hidden/e.ts","src/a.ts","src/b.test.ts","src/deep/er/c.ts"]"#,
        ),
        (
            json!({ "patterns": ".github/**" }),
            r#"[".github/workflows/ci.yml"]"#,
        ),
        (
            json!({ "patterns": "{.github,none}/**" }),
            r#"[".github/workflows/ci.yml"]"#,
        ),
        (json!({ "patterns": "*/.env" }), r#"["src/.env"]"#),
        (json!({ "patterns": "**/.h*/*" }), r#"["src/.hidden/e.ts"]"#),
        (
            json!({ "patterns": "./src/../package.json" }),
            r#"["src/../package.json"]"#,
        ),
        (
            json!({ "patterns": "../p*", "cwd": "src" }),
            r#"["../package.json"]"#,
        ),
        (
            json!({ "patterns": r"app/\[id\]/*" }),
            r#"["app/[id]/page.ts"]"#,
        ),
        (
            json!({ "patterns": ["src", "src/loop/*.ts", "none/*"] }),
            r#"["src/loop/a.ts","src/loop/b.test.ts"]"#,
        ),
        (json!({ "patterns": "package.json/*" }), "[]"),
        (json!({ "patterns": [] }), "[]"),
        (
            json!({ "patterns": "a[" }),
            "TypeError ERR_INVALID_ARG_VALUE: failed to list \"a[\": the pattern \"a[\" is not \
             valid: unclosed character class; missing ']'",
        ),
        (
            json!({ "patterns": "*", "cwd": "none" }),
            "Error ENOENT: failed to list \"*\" at \"PROJECT/none\": no such file or folder",
        ),
        (
            json!({ "patterns": 1 }),
            "TypeError ERR_INVALID_ARG_TYPE: `file.glob` does not take this payload: expected a \
             string or a list of strings",
        ),
    ];
    check_answers(
        TREE,
        &cases.map(|(payload, answer)| ("glob", payload, answer)),
    )
    .await;
}

#[tokio::test]
async fn absolute_patterns_list_absolute_paths() {
    let project = Project::with(TREE);
    let root = project.context.project_dir.display().to_string();
    let payload =
        json!({ "patterns": format!("{root}/src/*.ts"), "ignore": format!("{root}/src/b*") });
    assert_eq!(
        project.line("file.glob", payload).await,
        r#"["PROJECT/src/a.ts"]"#
    );
}

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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_search_finds_what_looking_at_everything_finds(
        files in any_tree(),
        pattern in any_pattern(),
        ignore in any_pattern(),
    ) {
        let glob = |pattern: &str| {
            GlobBuilder::new(pattern).literal_separator(true).build().unwrap().compile_matcher()
        };
        let (matching, ignored) = (glob(&pattern), glob(&ignore));
        let left_out = |path: &str| {
            let mut above = Path::new(path).ancestors().filter(|above| *above != Path::new(""));
            above.any(|above| ignored.is_match(above))
        };
        let expected: Vec<&String> = files
            .keys()
            .filter(|path| matching.is_match(path.as_str()) && !left_out(path))
            .collect();
        let project = Project::with(&pairs(&files));
        let payload = json!({ "patterns": pattern, "ignore": ignore, "dot": true });
        let found = block_on(project.perform("file.glob", payload)).unwrap();
        prop_assert_eq!(found, json!(expected));
    }

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
