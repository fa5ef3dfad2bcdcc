//! Applying a part of a workflow.

use rigkit_engine::ApplyRequest;

use crate::support::TestProject;

const FIXTURE: &str = r#"
import { sequence, task } from "@rigkit/sdk";
const put = (name) => task(name, ({ step }) => ({ ctx: { ...step.ctx, [name]: 1 } }));
export const app = sequence("app").add(put("a"))
  .parallel({ l: sequence("l").add(put("x")).add(put("y")).add(put("z")), r: put("x") })
  .add(put("b")).add(put("c"));
"#;

#[track_caller]
fn check_until(until: &str, context: &serde_json::Value, ran: &[&str]) {
    let project = TestProject::new(FIXTURE);
    let request = ApplyRequest {
        until: Some(until.to_owned()),
        ..ApplyRequest::default()
    };
    let (outcome, recording) = project.apply_with(&request);
    assert_eq!(
        &serde_json::Value::Object(outcome.unwrap().context),
        context
    );
    let mut started: Vec<String> = recording
        .outline_of(&["node.started"])
        .iter()
        .map(|line| line.replace("node.started ", ""))
        .collect();
    started.sort();
    assert_eq!(started, ran);
    let plan = project.plan();
    assert_eq!(
        plan.cached_node_count,
        ran.len(),
        "{:?}",
        crate::support::lines(&plan)
    );
}

#[test]
fn it_stops_after_the_task_that_is_named() {
    use serde_json::json;
    check_until("a", &json!({ "a": 1 }), &["a"]);
    check_until(
        "l.y",
        &json!({ "a": 1, "x": 1, "y": 1 }),
        &["a", "l.x", "l.y"],
    );
    check_until(
        "y",
        &json!({ "a": 1, "x": 1, "y": 1 }),
        &["a", "l.x", "l.y"],
    );
    check_until("r.x", &json!({ "a": 1, "x": 1 }), &["a", "r.x"]);
    check_until(
        "b",
        &json!({ "a": 1, "l": { "a": 1, "x": 1, "y": 1, "z": 1 }, "r": { "a": 1, "x": 1 }, "b": 1 }),
        &["a", "b", "l.x", "l.y", "l.z", "r.x"],
    );
}

#[test]
fn a_target_that_is_unknown_or_ambiguous_runs_nothing() {
    for (until, code, message) in [
        ("nope", "unknown-task", "there is no task `nope`"),
        ("x", "ambiguous-task", "`x` names several tasks: l.x, r.x"),
    ] {
        let project = TestProject::new(FIXTURE);
        let request = ApplyRequest {
            until: Some(until.to_owned()),
            ..ApplyRequest::default()
        };
        let (result, recording) = project.apply_with(&request);
        let error = result.unwrap_err();
        assert_eq!((error.code(), error.to_string().as_str()), (code, message));
        assert!(recording.outline().is_empty());
    }
}
