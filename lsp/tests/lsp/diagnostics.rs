//! Diagnostics: pulled, and published to clients that do not pull.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient};

fn told(diagnostics: &[Value]) -> String {
    let lines = diagnostics.iter().map(|told| {
        let start = &told["range"]["start"];
        let severity = ["", "error", "warning", "information", "hint"]
            [usize::try_from(told["severity"].as_u64().unwrap()).unwrap()];
        format!(
            "{}:{} {severity} {}: {}",
            start["line"].as_u64().unwrap() + 1,
            start["character"].as_u64().unwrap() + 1,
            told["code"].as_str().unwrap(),
            told["message"].as_str().unwrap(),
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn check(fixture: &str) -> String {
    told(&TestClient::new(fixture).diagnostics("rig.config.ts"))
}

#[test]
fn pending_tasks_are_told_with_their_reason() {
    assert_snapshot!(check(r#"
import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("clone", async () => {})
  .task("build", async () => {});
"#), @r#"
    4:9 information never-run: pending: never ran
    5:9 information never-run: pending: never ran
    "#);
}

#[test]
fn errors_carry_code_help_and_related_places() {
    assert_snapshot!(check(r#"
import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("clone", async () => {})
  .task("clone", async () => {})
  .task("b", { cacheTTL: "3 fortnights" }, async () => {});
"#), @r#"
    5:9 error duplicate-task: two tasks are named `clone`
    help: give one of them another name, or put it in a sequence of its own
    6:26 error invalid-cache-ttl: `cacheTTL` cannot be read: `3 fortnights` is not a number and a unit
    help: a number of milliseconds, a text such as "90s", "30m", "1.5h" or "1d", or an object such as { hours: 2 }
    "#);
}

#[test]
fn what_stands_behind_an_error_is_told_with_its_place() {
    let fixture = "const wire = new Error(\"a wire is loose\");\nthrow new AggregateError([wire, \"damp\"], \"cold\");\n";
    assert_snapshot!(check(fixture), @"
    2:27 error definition-threw: AggregateError: cold
    one of its errors: a wire is loose
    one of its errors: damp
    ");
    let mut client = TestClient::with(fixture, Capabilities::Least, json!({}));
    let published = client.wait_for("textDocument/publishDiagnostics");
    let related = &published["diagnostics"][0]["relatedInformation"];
    assert_eq!(related.as_array().unwrap().len(), 1, "{published}");
    assert_eq!(related[0]["message"], "one of its errors: a wire is loose");
    assert_eq!(related[0]["location"]["range"]["start"]["line"], 0);
}

#[test]
fn a_target_that_no_earlier_task_has_is_told() {
    assert_snapshot!(check(r#"
import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("login", async () => {})
  .task("use", async ({ step }) => step.invalidate("logn"))
  .task("ok", async ({ step }) => step.invalidate("login"));
"#), @r#"
    4:9 information never-run: pending: never ran
    5:9 information never-run: pending: never ran
    6:9 information never-run: pending: never ran
    5:53 warning unknown-invalidate-target: no task `logn` runs before this one
    help: did you mean `login`?
    "#);
}

#[test]
fn only_the_method_of_a_step_is_followed() {
    let fixture = |code: &str| {
        format!(
            r#"
import {{ workflow }} from "@rigkit/sdk";
const helper = (step) => step.invalidate("login");
export const site = workflow("site").sequence("main")
  .task("login", async () => {{}})
  .task("use", {code})
  .task("later", async () => {{}});
"#
        )
    };
    let unknown = |code: &str| {
        let told = check(&fixture(code));
        let lines = told.lines().filter(|line| line.contains("unknown-"));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(unknown("async ({ step: { invalidate } }) => invalidate(\"later\")"), @"6:64 warning unknown-invalidate-target: no task `later` runs before this one");
    assert_snapshot!(unknown("async (given) => { const { step } = given; return step.invalidate(`nobody`); }"), @"6:83 warning unknown-invalidate-target: no task `nobody` runs before this one");
    assert_snapshot!(unknown("async ({ step }) => { const cache = new Cache(); cache.invalidate(\"key\"); }"), @"");
    let helper = fixture("async () => {}")
        .replace("step.invalidate(\"login\")", "step.invalidate(\"nobody\")");
    assert!(check(&helper).contains("no task `nobody` runs before this one"));
    let function =
        fixture("async () => {}").replace("step.invalidate(\"login\")", "invalidate(\"nobody\")");
    assert!(!check(&function).contains("nobody"));
}

#[test]
fn clients_that_do_not_ask_are_told() {
    let fixture = "import { workflow } from \"@rigkit/sdk\";\nexport const a = workflow(\"a\").sequence(\"s\").task(\"t\", async () => {});\n";
    let mut client = TestClient::with(fixture, Capabilities::Least, json!({}));
    let published = client.wait_for("textDocument/publishDiagnostics");
    assert_eq!(published["version"], 1);
    assert_snapshot!(told(published["diagnostics"].as_array().unwrap()), @"2:51 information never-run: pending: never ran");
    client.replace("rig.config.ts", "async () => {}", "async () => {");
    let published = client.wait_for_where("textDocument/publishDiagnostics", |sent| {
        sent["version"] == 2
    });
    assert_snapshot!(told(published["diagnostics"].as_array().unwrap()), @r#"
    2:69 error syntax-error: unexpected token
    2:51 information never-run: pending: never ran
    "#);
    client.close("rig.config.ts");
    let published = client.wait_for("textDocument/publishDiagnostics");
    assert_eq!(published["diagnostics"], json!([]));
}
