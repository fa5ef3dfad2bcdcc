#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};

use super::Operation;
use crate::operations::test_support::{Project, error_line};

fn check_refused(name: &str, payload: Value, expectation: &str) {
    let error = Operation::parse(name, payload).unwrap_err();
    assert_eq!(error_line(&error), expectation);
}

#[test]
fn messages_that_mean_nothing_are_refused() {
    check_refused(
        "file.reed",
        json!({}),
        "TypeError ERR_UNKNOWN_OPERATION: there is no operation \"file.reed\" | did you mean \
         \"file.read\"?",
    );
    check_refused(
        "launch",
        json!({}),
        "TypeError ERR_UNKNOWN_OPERATION: there is no operation \"launch\"",
    );
    for name in Operation::NAMES {
        let error = Operation::parse(name, json!([{ "no": "such member" }])).unwrap_err();
        assert_eq!(
            error.code().as_deref(),
            Some("ERR_INVALID_ARG_TYPE"),
            "{name}"
        );
    }
}

#[test]
fn errors_are_what_a_runtime_makes_an_error_of() {
    let error = Operation::parse("file.stats", Value::Null).unwrap_err();
    assert_eq!(
        json!(error),
        json!({
            "name": "TypeError",
            "message": "there is no operation \"file.stats\"",
            "code": "ERR_UNKNOWN_OPERATION",
            "help": "did you mean \"file.stat\"?",
        })
    );
}

#[tokio::test(start_paused = true)]
async fn sleeping_takes_its_time_or_is_cancelled() {
    let project = Project::new();
    let before = tokio::time::Instant::now();
    assert_eq!(
        project
            .line("timer.sleep", json!({ "ms": 86_400_000.5 }))
            .await,
        "null"
    );
    assert_eq!(before.elapsed().as_secs(), 86_400);
    for wrong in [json!(-1), json!("1"), json!(1e300), Value::Null] {
        let line = project.line("timer.sleep", json!({ "ms": wrong })).await;
        assert!(line.starts_with("TypeError ERR_INVALID_ARG_TYPE"), "{line}");
    }
    let cancel = project.context.cancel.clone();
    let (line, ()) = tokio::join!(project.line("timer.sleep", json!({ "ms": 1e9 })), async {
        cancel.cancel();
    });
    assert_eq!(
        line,
        "AbortError ABORT_ERR: failed to wait 1000000000 ms: cancelled"
    );
}
