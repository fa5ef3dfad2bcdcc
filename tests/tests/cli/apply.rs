//! `rig apply`.

use insta::assert_snapshot;
use rigkit_tests::Project;
use serde_json::json;

use crate::fixtures::{TWO, WEB};

#[test]
fn an_apply_is_a_document() {
    let project = Project::new(WEB);
    let applied = project.done("apply --json");
    assert!(applied.stderr.contains("✓ clone"), "{}", applied.stderr);
    assert_eq!(project.done("apply --json --quiet").stderr, "");
    let document = applied.document("apply.json");
    assert_eq!(document["workflow"], "web");
    assert_eq!(
        document["context"],
        json!({ "url": "http://localhost:3000" })
    );
    assert_eq!(
        document["plan"]["cachedNodeCount"], 0,
        "the plan is the one before"
    );
    assert_eq!(document["plan"]["upToDate"], false);
    let again = project.done("apply --json").document("apply.json");
    assert_eq!(again["plan"]["cachedNodeCount"], 5);
    assert_eq!(again["plan"]["upToDate"], true);
    assert_eq!(project.lines("ran.log").len(), 5);
}

#[test]
fn an_apply_is_told_in_lines() {
    let project = Project::new(WEB);
    assert_snapshot!(project.transcript(&[
        "apply --jobs 1 --until install",
        "apply --jobs 1 -v",
        "apply",
        "apply -q",
    ]));
}

#[test]
fn an_apply_is_told_in_events() {
    let project = Project::new(WEB);
    let events = project.done("apply --events --jobs 1").events();
    let told: Vec<String> = events
        .iter()
        .map(|event| {
            format!(
                "{} {}",
                event["type"].as_str().unwrap(),
                event["nodePath"].as_str().unwrap_or_default()
            )
        })
        .collect();
    assert_snapshot!(told.join("\n"));
    let again = project.done("apply --events --json").events();
    assert_eq!(again.last().unwrap()["type"], "apply.completed");
    let created = project.done("create one --json --events").events();
    assert_eq!(created.last().unwrap()["type"], "workspace.ready");
    let removed = project.done("rm one --yes --json --events").events();
    assert_eq!(removed.last().unwrap()["type"], "workspace.removed");
    let unknown = project.rig("apply --json --events --until nothing");
    assert_eq!((unknown.code, unknown.stdout.as_str()), (2, ""));
    assert!(unknown.stderr.contains("there is no task `nothing`"));
}

#[test]
fn until_stops_after_a_task() {
    let project = Project::new(WEB);
    project.done("apply --until install");
    assert_eq!(project.lines("ran.log"), ["clone", "install"]);
    project.done("apply --until api.api");
    assert_eq!(project.lines("ran.log"), ["clone", "install", "api"]);
    assert_snapshot!(project.transcript(&["apply --until instal"]));
    assert_eq!(
        project
            .rig("apply --until nothing --json")
            .exits_with(2)
            .error()["code"],
        "unknown-task"
    );
}

#[test]
fn a_dry_run_runs_nothing() {
    let project = Project::new(WEB);
    let dry = project.done("apply --dry-run");
    assert_eq!(dry.stdout, project.done("plan").stdout);
    let document = project.done("apply --dry-run --json").document("plan.json");
    assert_eq!(document["workflows"][0]["nodeCount"], 5);
    assert!(!project.path("ran.log").exists());
}

#[test]
fn a_dry_run_may_stop_after_a_task() {
    let project = Project::new(WEB);
    project.done("apply --until clone");
    assert_snapshot!(project.transcript(&[
        "apply --dry-run --until api",
        "apply --dry-run --until nothing",
    ]));
    let document = project.done("apply --dry-run --until api --json");
    let document = document.document("plan.json");
    assert_eq!(document["workflows"][0]["nodeCount"], 3);
    assert_eq!(project.lines("ran.log"), ["clone"]);
    let project = Project::new(TWO);
    let error = project.rig("apply --dry-run --until prepare --json");
    assert_eq!(error.exits_with(2).error()["code"], "workflow-needed");
}

#[test]
fn a_failed_command_is_told_once() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
  .task("build", ({ host }) => host.exec("{ echo linking; echo 'error: no space'; } >&2; exit 7"));
"#,
    );
    let lines = project.rig("apply").exits_with(1);
    assert_snapshot!("in_lines", project.redact(&lines.transcript()));
    // Where nothing was shown, the report has it all.
    let quiet = project.rig("apply -q").exits_with(1);
    assert_snapshot!("quietly", project.redact(&quiet.transcript()));
    let (code, screen) = project.terminal("apply").finish();
    assert_eq!(code, 1);
    assert_eq!(screen.matches("| error: no space").count(), 1, "{screen}");
    let error = project.rig("apply --json").exits_with(1).error();
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("error: no space")
    );
}

#[test]
fn whatever_is_thrown_is_told() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
const throws = (name, value) => workflow(name).sequence(name).task("throw", () => { throw value; });
export const object = throws("object", { code: 5, why: ["a"] });
export const text = throws("text", "a text");
export const nothing = throws("nothing", undefined);
"#,
    );
    for (workflow, message) in [
        (
            "object",
            "`throw` failed: thrown: { code: 5, why: [ 'a' ] }",
        ),
        ("text", "`throw` failed: thrown: a text"),
        ("nothing", "`throw` failed: thrown: undefined"),
    ] {
        let output = project.rig(&format!("apply --json -w {workflow}"));
        assert_eq!(output.exits_with(1).error()["message"], message);
    }
}

#[test]
fn one_of_several_workflows_has_to_be_named() {
    let project = Project::new(TWO);
    assert_snapshot!(project.transcript(&["apply", "apply --workflow site"]));
    let error = project.rig("apply --json").exits_with(2).error();
    assert_eq!(error["code"], "workflow-needed");
}

#[test]
fn a_failed_task_tells_where_and_what_it_wrote() {
    let project = Project::new(FAILING);
    assert_snapshot!(project.transcript(&["apply --jobs 1"]));
    let failed = project.rig("apply --json").exits_with(1).error();
    assert_eq!(failed["code"], "failed");
    assert_eq!(failed["node"], "build");
    assert_eq!(failed["position"]["line"], 9);
    let tail = failed["failures"][0]["outputTail"].as_array().unwrap();
    assert!(
        tail.contains(&json!("error: no space for optimism")),
        "{tail:?}"
    );
    let log = failed["log"].as_str().unwrap();
    assert!(
        std::fs::read_to_string(log)
            .unwrap()
            .contains("no space for optimism")
    );
    // What had finished stays.
    assert_eq!(project.lines("ran.log"), ["prepare"]);
    let plan = project.done("plan --json").document("plan.json");
    assert_eq!(plan["workflows"][0]["cachedNodeCount"], 1);
}

const FAILING: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
  .task("prepare", ({ host }) => host.writeFile("ran.log", "prepare\n", { append: true }))
  .task("build", async ({ host }) => {
    const { exitCode } = await host.exec("{ echo linking; echo 'error: no space for optimism'; } >&2; exit 7", { check: false });
    if (exitCode !== 0) throw new Error(`the linker exited with ${exitCode}`);
  })
  .task("after", ({ host }) => host.writeFile("ran.log", "after\n", { append: true }));
"#;

#[test]
fn an_output_that_does_not_fit_its_schema_or_is_not_json_is_refused() {
    let project = Project::new(BAD_OUTPUTS);
    assert_snapshot!(project.transcript(&[
        "apply -w schema",
        "apply -w function",
        "apply -w cycle",
        "apply -w number",
        "apply -w shape"
    ]));
    let plan = project.done("plan --json").document("plan.json");
    for workflow in plan["workflows"].as_array().unwrap() {
        assert_eq!(workflow["cachedNodeCount"], 0);
    }
}

const BAD_OUTPUTS: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";

const one = (name, output, handler) => workflow(name).sequence(name).task("bad", output ? { output } : {}, handler);
const port = { type: "object", properties: { port: { type: "number" } }, required: ["port"] };

export const schema = one("schema", port, () => ({ ctx: { port: "3000" } }));
export const func = one("function", null, () => ({ ctx: { a: { b: () => 1 } } }));
export const number = one("number", null, () => ({ ctx: { size: NaN } }));
export const shape = one("shape", null, () => ({ port: 3000 }));
export const cycle = one("cycle", null, () => {
  const ctx = {};
  ctx.self = ctx;
  return { ctx };
});
"#;
