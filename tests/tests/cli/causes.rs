//! What stands behind an error, wherever it is told.

use insta::assert_snapshot;
use rigkit_tests::Project;
use serde_json::{Value, json};

/// Fails as it is evaluated where `FAIL` is set, and else in a task, an operation and the hooks of a workspace.
const FAILING: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
const fail = () => {
  const wire = new Error("a wire is loose");
  const gauge = new TypeError("no gauge", { cause: wire });
  throw new AggregateError([gauge, "no heat"], "cold", { cause: { code: 5 } });
};
if (process.env.FAIL) fail();
export const web = workflow("web")
  .sequence("web")
  .task("a", ({ step }) => { if (process.env.FAIL_TASK) fail(); })
  .workspace({ create: () => ({}), remove: fail })
  .operation("break", { run: fail });
"#;

/// Returns causes without their places, which the first of them has.
fn messages(causes: &Value) -> Value {
    let causes = causes.as_array().unwrap().iter().map(|cause| {
        let mut told = vec![cause["message"].clone()];
        if cause["causes"].is_array() {
            told.push(messages(&cause["causes"]));
        }
        Value::from(told)
    });
    causes.collect()
}

#[test]
fn they_are_told_on_the_screen_in_documents_and_in_logs() {
    let project = Project::new(FAILING);
    project.write(".env", "FAIL_TASK=1\n");
    assert_snapshot!(project.transcript(&["apply", "do break"]));
    let expected = json!([
        ["TypeError: no gauge", [["a wire is loose"]]],
        ["no heat"],
        ["{ code: 5 }"]
    ]);

    let error = project.rig("apply --json").exits_with(1).error();
    assert_eq!(messages(&error["causes"]), expected);
    assert_eq!(error["causes"], error["failures"][0]["causes"]);
    assert_eq!(error["causes"][0]["position"]["line"], 4);
    let error = project.rig("do break --json").exits_with(1).error();
    assert_eq!(messages(&error["causes"]), expected);

    let events = project.rig("apply --events").exits_with(1).events();
    let failed = events.iter().find(|event| event["type"] == "node.failed");
    assert_eq!(messages(&failed.unwrap()["causes"]), expected);
    let log = project.done("log latest").stdout;
    for cause in ["no gauge", "a wire is loose", "no heat", "{ code: 5 }"] {
        assert!(log.contains(cause), "{log}");
    }
    let log = project.done("log latest --json").document("log-run.json");
    let mut events = log["events"].as_array().unwrap().iter();
    let failed = events.find(|event| event["type"] == "node.failed");
    assert_eq!(messages(&failed.unwrap()["causes"]), expected);
}

#[test]
fn they_are_told_of_a_definition_wherever_it_is_evaluated() {
    for project in [Project::new(FAILING), Project::of_stranger(FAILING)] {
        project.write(".env", "FAIL=1\n");
        assert_snapshot!("definition", project.transcript(&["plan"]));
        let error = project.rig("plan --json").exits_with(1).error();
        let expected = json!([
            ["TypeError: no gauge", [["a wire is loose"]]],
            ["no heat"],
            ["{ code: 5 }"]
        ]);
        assert_eq!(messages(&error["causes"]), expected);
        assert_eq!(error["problems"][0]["causes"], error["causes"]);
    }
}

#[test]
fn they_are_told_of_a_hook_that_is_forgiven() {
    let project = Project::new(FAILING);
    project.done("create one");
    let removed = project.done("rm one --yes --force");
    assert!(
        removed.stderr.contains("caused by: a wire is loose"),
        "{}",
        removed.stderr
    );
}

#[test]
fn they_are_told_of_a_provider() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { defineProvider, workflow } from "@rigkit/sdk";
const fail = (message) => { throw new Error(message, { cause: new Error("no network") }); };
const provider = (name, config, checks) => defineProvider(name, config, {
  providerId: name,
  createProvider: () => ({ providerId: name, runtime: () => ({}), checks }),
});
const asked = provider("asked", {}, () => fail("no daemon"));
const unset = provider("unset", { token: async () => fail("no login") }, () => []);
export const one = workflow("one", { providers: { asked } }).sequence("one").task("a", () => {});
export const two = workflow("two", { providers: { unset } }).sequence("two").task("a", () => {});
"#,
    );
    for (workflow, message) in [("one", "no daemon"), ("two", "no login")] {
        let told = project
            .rig(&format!("apply -w {workflow}"))
            .exits_with(1)
            .stderr;
        let log = project.done(&format!("log latest -w {workflow}")).stdout;
        for text in [told, log] {
            let tells = text.contains(message) && text.contains("caused by: no network");
            assert!(tells, "{text}");
        }
        let error = project
            .rig(&format!("apply --json -w {workflow}"))
            .exits_with(1)
            .error();
        assert_eq!(messages(&error["causes"]), json!([["no network"]]));
    }
}
