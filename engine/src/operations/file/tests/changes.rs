use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, SystemTime};

use nix::sys::stat::Mode;
use serde_json::json;

use super::{check, check_answers};
use crate::operations::test_support::{Project, read_tree};

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
