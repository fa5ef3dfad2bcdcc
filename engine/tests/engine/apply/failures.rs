//! A task that fails: what still runs, what is stored, what is told.

use rigkit_engine::{ApplyRequest, EngineError};

use crate::support::{TOOLS, TestProject, failure_lines};

/// Of three branches two fail, after all have begun; the third goes on a little.
const FIXTURE: &str = r#"
import { sequence, task } from "@rigkit/sdk";
let begun = 0, release;
const all = new Promise((resolve) => { release = resolve; });
const meet = async () => { begun += 1; if (begun === 3) release(); await all; };
export const app = sequence("app")
  .task("first", () => {})
  .parallel({
    a: sequence("a").task("fail", async () => { await meet(); throw new RangeError("one"); }).task("never", () => {}),
    b: sequence("b").task("fine", async ({ step }) => { await meet(); await all; return { ctx: { ok: 1 } }; }).task("never", () => {}),
    c: task("fail", async () => { await meet(); throw "two"; }),
  })
  .task("last", () => {});
"#;

#[test]
fn running_tasks_finish_and_are_stored_and_every_failure_is_told() {
    let project = TestProject::new(FIXTURE);
    let (result, recording) = project.apply_with(&ApplyRequest::default());
    let error = result.unwrap_err();
    assert_eq!(error.code(), "failed");
    let mut lines = failure_lines(&project.root(), &error);
    lines.sort();
    assert_eq!(
        lines,
        [
            "a.fail @ rig.config.ts:9: RangeError: one",
            "c.fail @ rig.config.ts:11: thrown: two"
        ]
    );
    assert!(
        error
            .to_string()
            .starts_with("2 tasks failed; first `a.fail`: RangeError: one")
    );
    let mut started = recording.outline_of(&["node.started"]);
    started.sort();
    assert_eq!(
        started,
        [
            "node.started a.fail",
            "node.started b.fine",
            "node.started c.fail",
            "node.started first"
        ]
    );
    assert_eq!(
        project.query("SELECT node_path FROM node_runs ORDER BY node_path"),
        ["b.fine", "first"]
    );
    assert_eq!(
        recording.outline().last().map(String::as_str),
        Some("apply.completed"),
        "{:?}",
        recording.outline()
    );
}

#[test]
fn the_next_apply_goes_on_where_the_last_one_failed() {
    let fixture = FIXTURE
        .replace(
            "throw new RangeError(\"one\")",
            "if (process.env.FAIL) throw 1",
        )
        .replace("throw \"two\"", "null");
    let mut project = TestProject::new(&fixture).with_env("FAIL", "1");
    project.try_apply().unwrap_err();
    project.environment.remove("FAIL");
    // Alone, no branch would get past the meeting.
    project.edit("rig.config.ts", "if (begun === 3)", "if (begun === 1)");
    project.edit("rig.config.ts", "if (begun === 1)", "if (begun === 3)");
    let lines = project.plan_lines();
    assert_eq!(lines[0], "first cached");
    assert_eq!(lines[3], "b.fine cached");
    assert_eq!(lines[5], "c.fail cached");
    assert_eq!(lines[1], "a.fail pending never-run");
}

#[test]
fn a_failure_carries_the_last_lines_of_the_task_s_output() {
    let project = TestProject::new(&format!(
        r#"{TOOLS}
//- /rig.config.ts
import {{ sequence }} from "@rigkit/sdk";
import {{ tools }} from "./tools";
export const app = sequence("app").addProvider("tools", tools).task("t", async ({{ tools, step }}) => {{
  await tools.command({{ argv: ["sh", "-c", "for i in $(seq 1 40); do echo line $i; done; echo broken >&2; exit 3"] }});
  step.log("giving up");
  throw new Error("no luck");
}});
"#
    ));
    let (result, recording) = project.apply_with(&ApplyRequest::default());
    let Err(EngineError::Failed { failures, run }) = result else {
        panic!()
    };
    let tail = &failures[0].output_tail;
    assert!(tail.len() <= 21, "{tail:?}");
    assert!(
        tail.contains(&"line 40".to_owned()) && !tail.contains(&"line 10".to_owned()),
        "{tail:?}"
    );
    assert!(tail.contains(&"giving up".to_owned()), "{tail:?}");
    // The whole of it is in the log that the error names.
    let log = project.read(&format!(".rigkit/logs/{}.ndjson", run.unwrap()));
    assert!(log.contains("line 10"));
    assert_eq!(log.lines().count(), recording.records().len());
}

#[test]
fn an_apply_is_recorded_with_how_it_ended() {
    let project = TestProject::new("import { sequence } from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").task(\"a\", () => {}).task(\"b\", () => { if (process.env.FAIL) throw new Error(\"no\"); });\n")
        .with_env("FAIL", "1");
    project.try_apply().unwrap_err();
    let record = project.engine().applies(5).unwrap().remove(0);
    assert_eq!(
        (
            record.counts.cached,
            record.counts.ran,
            record.counts.failed
        ),
        (0, 1, 1)
    );
    assert_eq!(record.message.as_deref(), Some("`b` failed: no"));
    assert_eq!(record.who, "tester");
    assert_eq!(serde_json::to_value(record.outcome).unwrap(), "failed");
    let (found, events) = project.engine().apply_log(None).unwrap();
    assert_eq!(found.id, record.id);
    assert_eq!(
        events.count(),
        project
            .read(&format!(".rigkit/logs/{}.ndjson", record.id))
            .lines()
            .count()
    );
}

#[test]
fn a_config_that_does_not_load_runs_nothing_and_records_nothing() {
    let project = TestProject::new("export default 1;");
    assert_eq!(project.try_apply().unwrap_err().code(), "no-workflow");
    assert!(project.engine().applies(5).unwrap().is_empty());
}

/// A task whose handler does this once it has waited for something.
fn failing_at(statement: &str) -> TestProject {
    TestProject::new(&format!(
        r#"{TOOLS}
//- /helper.ts
export const later = async (host) => {{
  await host.exec("exit 5");
}};
//- /rig.config.ts
import {{ sequence }} from "@rigkit/sdk";
import {{ host }} from "@rigkit/provider-host";
import {{ later }} from "./helper";
import {{ tools }} from "./tools";
export const app = sequence("app").addProvider("host", host.provider()).addProvider("local", tools)
  .task("a", async ({{ host, local, step }}) => {{
    await host.exec("true");
    {statement};
  }});
"#
    ))
}

#[test]
fn what_an_operation_fails_with_leads_to_its_call() {
    let check = |statement: &str, place: &str| {
        let project = failing_at(statement);
        let error = project.try_apply().unwrap_err();
        let line = failure_lines(&project.root(), &error).remove(0);
        assert!(line.starts_with(&format!("a @ {place}: ")), "{line}");
    };
    let here = "rig.config.ts:8";
    check("await host.exec(\"exit 5\")", here);
    check("await host.exec([\"no-such-program\"])", here);
    check("await host.exec(\"sleep 60\", { timeoutMs: 1 })", here);
    check("await host.exec(\"true\", { shout: true })", here);
    check("await host.readFile(\"missing\")", here);
    check("await host.copy(\"missing\", \"there\")", here);
    check("await local.prompt.text(\"Name?\")", here);
    check("await local.command({ argv: [\"no-such-program\"] })", here);
    check("await fetch(\"http://127.0.0.1:1\")", here);
    check("await Promise.all([host.exec(\"exit 5\")])", here);
    check("await later(host)", "helper.ts:2");
}
