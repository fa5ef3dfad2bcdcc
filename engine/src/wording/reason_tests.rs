#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::json;

use super::*;

/// Each reason as documents have it, and its phrase on 2 January 2026.
const PHRASES: &[(&str, &str)] = &[
    (r#"{ "code": "cached" }"#, "cached"),
    (r#"{ "code": "never-run" }"#, "never ran"),
    (
        r#"{ "code": "invalidated", "by": "`build`", "at": "2026-01-01T23:55:00Z" }"#,
        "invalidated by `build` 5m ago",
    ),
    (
        r#"{ "code": "handler-changed", "captures": [], "body": true }"#,
        "the handler changed",
    ),
    (
        r#"{ "code": "handler-changed", "captures": [{ "name": "a" }], "body": true }"#,
        "the handler changed",
    ),
    (
        r#"{ "code": "handler-changed", "captures": [{ "name": "a" }], "body": false }"#,
        "something the handler uses changed",
    ),
    (
        r#"{ "code": "handler-changed", "captures": [{ "name": "a" }, { "name": "b" }], "body": false }"#,
        "2 things the handler uses changed",
    ),
    (
        r#"{ "code": "version-changed", "old": null, "new": "2" }"#,
        "the version changed",
    ),
    (
        r#"{ "code": "config-changed", "path": "a.b", "old": null, "new": 1 }"#,
        "the configuration changed",
    ),
    (
        r#"{ "code": "output-schema-changed" }"#,
        "the output schema changed",
    ),
    (
        r#"{ "code": "provider-changed", "name": "host", "what": "added" }"#,
        "the provider `host` was added",
    ),
    (
        r#"{ "code": "provider-changed", "name": "host", "what": "removed" }"#,
        "the provider `host` was removed",
    ),
    (
        r#"{ "code": "provider-changed", "name": "host", "what": "id" }"#,
        "`host` is another provider now",
    ),
    (
        r#"{ "code": "provider-changed", "name": "host", "what": "config" }"#,
        "the configuration of the provider `host` changed",
    ),
    (
        r#"{ "code": "provider-changed", "name": "host", "what": "plugin" }"#,
        "the code of the provider `host` changed",
    ),
    (
        r#"{ "code": "provider-changed", "name": "host", "what": "checks" }"#,
        "the checks of the provider `host` find something else",
    ),
    (
        r#"{ "code": "upstream-pending", "root": "clone" }"#,
        "`clone` has to run first",
    ),
    (
        r#"{ "code": "upstream-changed", "paths": [] }"#,
        "a task before it ran again",
    ),
    (
        r#"{ "code": "upstream-changed", "paths": ["a"] }"#,
        "`a` ran again",
    ),
    (
        r#"{ "code": "upstream-changed", "paths": ["a", "b", "c"] }"#,
        "`a`, `b` and `c` ran again",
    ),
    (
        r#"{ "code": "expired", "ttl": 1800000, "age": 7200000 }"#,
        "expired: kept for 30m, made 2h ago",
    ),
    (
        r#"{ "code": "expired", "ttl": 1800000, "age": -1 }"#,
        "expired: it was made in the future, so the clock went backwards",
    ),
    (r#"{ "code": "always-runs" }"#, "checks each time"),
    (
        r#"{ "code": "output-invalid", "message": "`port` is no number" }"#,
        "the stored output no longer fits the schema: `port` is no number",
    ),
    (
        r#"{ "code": "artifact-gone", "ref": { "kind": "image", "provider": "docker" } }"#,
        "the image that `docker` made is gone",
    ),
    (
        r#"{ "code": "artifact-gone", "ref": {} }"#,
        "something it made is gone",
    ),
    (
        r#"{ "code": "check-unanswered", "provider": "docker" }"#,
        "the provider `docker` gave no answer in time",
    ),
    (
        r#"{ "code": "format-changed" }"#,
        "this version of rig tells changes apart in another way",
    ),
];

#[test]
fn each_reason_has_its_phrase() {
    let now: Timestamp = "2026-01-02T00:00:00Z".parse().unwrap();
    for (reason, expected) in PHRASES {
        let reason: Reason = serde_json::from_str(reason).unwrap();
        assert_eq!(phrase(&reason, now), *expected, "{reason:?}");
    }
}

#[test]
fn changes_carry_old_and_new() {
    let change = |name: &str, old: Option<&str>, new: Option<&str>| Change {
        name: name.to_owned(),
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
        place: None,
    };
    let check =
        |reason: Reason, expected: &[Change]| assert_eq!(changes(&reason), expected, "{reason:?}");
    let captures = vec![CaptureChange {
        name: "branch".to_owned(),
        old: Some("\"main\"".to_owned()),
        new: Some("\"dev\"".to_owned()),
        place: None,
    }];
    let body = false;
    check(
        Reason::HandlerChanged { captures, body },
        &[change("branch", Some("\"main\""), Some("\"dev\""))],
    );
    let (old, new) = (Some("1".to_owned()), None);
    check(
        Reason::VersionChanged { old, new },
        &[change("version", Some("1"), None)],
    );
    let path = "build.target".to_owned();
    let (old, new) = (None, Some(json!(["a"])));
    check(
        Reason::ConfigChanged { path, old, new },
        &[change("build.target", None, Some("[\"a\"]"))],
    );
    check(Reason::NeverRun, &[]);
}
