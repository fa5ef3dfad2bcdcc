use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::*;

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1_000)
}

#[test]
fn each_reason_has_its_phrase() {
    let check =
        |reason: Reason, expected: &str| assert_eq!(phrase(&reason, now()), expected, "{reason:?}");
    let capture = |name: &str| CaptureChange {
        name: name.to_owned(),
        old: None,
        new: None,
    };
    let handler = |captures, body| Reason::HandlerChanged { captures, body };
    let provider = |what| Reason::ProviderChanged {
        name: "host".to_owned(),
        what,
    };
    let paths = |paths: &[&str]| Reason::UpstreamChanged {
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
    };
    let expired = |age| Reason::Expired {
        ttl: Duration::from_mins(30),
        age,
    };

    check(Reason::Cached, "cached");
    check(Reason::NeverRun, "never ran");
    let at = now() - SignedDuration::from_mins(5);
    let by = "`build`".to_owned();
    check(
        Reason::Invalidated { by, at },
        "invalidated by `build` 5m ago",
    );
    check(handler(vec![], true), "the handler changed");
    check(handler(vec![capture("a")], true), "the handler changed");
    check(
        handler(vec![capture("a")], false),
        "something the handler uses changed",
    );
    check(
        handler(vec![capture("a"), capture("b")], false),
        "2 things the handler uses changed",
    );
    check(
        Reason::VersionChanged {
            old: None,
            new: None,
        },
        "the version changed",
    );
    let path = "a.b".to_owned();
    let (old, new) = (None, None);
    check(
        Reason::ConfigChanged { path, old, new },
        "the configuration changed",
    );
    check(Reason::OutputSchemaChanged, "the output schema changed");
    check(
        provider(ProviderAspect::Added),
        "the provider `host` was added",
    );
    check(
        provider(ProviderAspect::Removed),
        "the provider `host` was removed",
    );
    check(
        provider(ProviderAspect::Id),
        "`host` is another provider now",
    );
    check(
        provider(ProviderAspect::Config),
        "the configuration of the provider `host` changed",
    );
    check(
        provider(ProviderAspect::Plugin),
        "the code of the provider `host` changed",
    );
    check(
        provider(ProviderAspect::Checks),
        "the checks of the provider `host` find something else",
    );
    let root = "clone".to_owned();
    check(Reason::UpstreamPending { root }, "`clone` has to run first");
    check(paths(&[]), "a task before it ran again");
    check(paths(&["a"]), "`a` ran again");
    check(paths(&["a", "b", "c"]), "`a`, `b` and `c` ran again");
    check(expired(7_200_000), "expired: kept for 30m, made 2h ago");
    check(
        expired(-1),
        "expired: it was made in the future, so the clock went backwards",
    );
    check(Reason::AlwaysRuns, "runs every time");
    let message = "`port` is not a number".to_owned();
    check(
        Reason::OutputInvalid { message },
        "the stored output no longer fits the schema: `port` is not a number",
    );
    let gone = |reference| Reason::ArtifactGone { reference };
    check(
        gone(json!({ "kind": "image", "provider": "docker" })),
        "the image that `docker` made is gone",
    );
    check(gone(json!({})), "something it made is gone");
    check(
        Reason::FormatChanged,
        "this version of rig tells changes apart in another way",
    );
}

#[test]
fn changes_carry_old_and_new() {
    let change = |name: &str, old: Option<&str>, new: Option<&str>| Change {
        name: name.to_owned(),
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
    };
    let check =
        |reason: Reason, expected: &[Change]| assert_eq!(changes(&reason), expected, "{reason:?}");
    let captures = vec![CaptureChange {
        name: "branch".to_owned(),
        old: Some("\"main\"".to_owned()),
        new: Some("\"dev\"".to_owned()),
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
