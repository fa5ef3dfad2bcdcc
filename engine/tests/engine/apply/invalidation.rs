//! `step.invalidate`: which task it names, what runs again, when it stops.

use rigkit_engine::{ApplyRequest, EngineError, event::Event};

use crate::support::{TestProject, failure_lines};

/// The last task sends the walk back until the environment's number of attempts is reached.
const FIXTURE: &str = r#"
import { sequence } from "@rigkit/sdk";
let attempts = 0;
export const app = sequence("app")
  .task("before", () => {})
  .task("login", () => ({ ctx: { id: crypto.randomUUID() } }))
  .task("between", () => {})
  .task("check", ({ step }) => {
    attempts += 1;
    if (attempts < Number(process.env.ATTEMPTS)) return step.invalidate("login");
    return { ctx: { attempts } };
  });
"#;

#[test]
fn the_target_and_all_that_descends_from_it_run_again() {
    let project = TestProject::new(FIXTURE).with_env("ATTEMPTS", "2");
    let (outcome, recording) = project.apply_with(&ApplyRequest::default());
    assert_eq!(outcome.unwrap().context["attempts"], 2);
    assert_eq!(
        recording.outline_of(&["node.", "apply."]),
        [
            "apply.started",
            "node.started before",
            "node.completed before",
            "node.started login",
            "node.completed login",
            "node.started between",
            "node.completed between",
            "node.started check",
            "node.invalidated login",
            "apply.restarted check",
            "node.cached before",
            "node.started login",
            "node.completed login",
            "node.started between",
            "node.completed between",
            "node.started check",
            "node.completed check",
            "apply.completed",
        ]
    );
    let restarted = recording
        .events()
        .into_iter()
        .find(|event| matches!(event, Event::ApplyRestarted { .. }));
    let Some(Event::ApplyRestarted {
        target_node_path,
        attempt,
        ..
    }) = restarted
    else {
        panic!()
    };
    assert_eq!((target_node_path.as_str(), attempt), ("login", 2));
    assert_eq!(project.plan().cached_node_count, 4);
    let record = project.engine().applies(1).unwrap().remove(0);
    assert_eq!(
        (
            record.counts.cached,
            record.counts.ran,
            record.counts.failed
        ),
        (1, 6, 0)
    );
}

#[test]
fn the_ninth_attempt_is_the_last() {
    let project = TestProject::new(FIXTURE).with_env("ATTEMPTS", "9");
    assert_eq!(project.apply().context["attempts"], 9);

    let project = TestProject::new(FIXTURE).with_env("ATTEMPTS", "10");
    let (result, recording) = project.apply_with(&ApplyRequest::default());
    let error = result.unwrap_err();
    assert_eq!(error.code(), "restart-limit");
    assert_eq!(
        error.to_string(),
        "the task `check` invalidated `login` again and again; stopped after 9 attempts"
    );
    let started = recording.outline_of(&["node.started check"]);
    assert_eq!(
        (
            started.len(),
            recording.outline_of(&["apply.restarted"]).len()
        ),
        (9, 8)
    );
    assert_eq!(
        project.plan_lines(),
        [
            "before cached",
            r#"login pending invalidated {"by":"the task `check`","at":"now"}"#,
            r#"between pending upstream-pending {"root":"login"}"#,
            "check pending never-run",
        ]
    );
}

#[test]
fn a_cached_task_that_was_invalidated_tells_by_whom() {
    let project = TestProject::new(FIXTURE).with_env("ATTEMPTS", "1");
    project.apply();
    project.edit(
        "rig.config.ts",
        "attempts < Number(process.env.ATTEMPTS)",
        "process.env.ALWAYS || attempts < 1",
    );
    let project = project.with_env("ALWAYS", "1");
    let (result, _) = project.apply_with(&ApplyRequest::default());
    assert_eq!(result.unwrap_err().code(), "restart-limit");
    let runs = project.engine().cached_runs(None).unwrap();
    let by = |path: &str| {
        let run = runs
            .iter()
            .find(|run| run.node_path == path && run.current)
            .unwrap();
        run.invalidated
            .as_ref()
            .map(|invalidation| invalidation.by.to_string())
    };
    assert_eq!(
        (by("before"), by("login")),
        (None, Some("the task `check`".to_owned()))
    );
    assert_eq!(
        (by("between"), by("check")),
        (
            Some("the task `check`".to_owned()),
            Some("the task `check`".to_owned())
        )
    );
}

#[track_caller]
fn check_target(tree: &str, target: &str, expected: &str) {
    let project = TestProject::new(&format!(
        r#"
import {{ sequence, task }} from "@rigkit/sdk";
const back = ({{ step }}) => step.invalidate("{target}");
export const app = sequence("app"){tree};
"#
    ));
    let error = project.try_apply().unwrap_err();
    assert_eq!(failure_lines(&project.root(), &error), [expected]);
}

#[test]
fn a_target_is_one_earlier_task() {
    let none = "no task of that name or path runs before it in this workflow";
    check_target(
        r#".task("a", () => {}).task("b", back)"#,
        "x",
        &format!("b @ rig.config.ts:3: `b` cannot invalidate `x`: {none}"),
    );
    check_target(
        r#".task("a", back).task("b", () => {})"#,
        "b",
        &format!("a @ rig.config.ts:3: `a` cannot invalidate `b`: {none}"),
    );
    check_target(
        r#".task("a", () => {}).task("b", back)"#,
        "b",
        &format!("b @ rig.config.ts:3: `b` cannot invalidate `b`: {none}"),
    );
    check_target(
        r#".parallel({ l: task("t", () => {}), r: task("u", back) })"#,
        "t",
        &format!("r.u @ rig.config.ts:3: `r.u` cannot invalidate `t`: {none}"),
    );
    check_target(
        r#".task("t", () => {}).parallel({ l: task("t", () => {}) }).task("b", back)"#,
        "t",
        "b @ rig.config.ts:3: `b` cannot invalidate `t`: it names several earlier tasks: t, l.t",
    );
    check_target(
        r#".parallel({ l: task("t", () => {}), r: task("t", () => {}) }).task("b", back)"#,
        "t",
        "b @ rig.config.ts:3: `b` cannot invalidate `t`: it names several earlier tasks: l.t, r.t",
    );
}

#[test]
fn a_path_names_one_of_several() {
    let project = TestProject::new(
        r#"
import { sequence, task } from "@rigkit/sdk";
let attempts = 0;
export const app = sequence("app")
  .parallel({ l: task("t", () => ({ ctx: {} })), r: task("t", () => ({ ctx: {} })) })
  .task("b", ({ step }) => { attempts += 1; if (attempts === 1) return step.invalidate("r.t"); });
"#,
    );
    let (outcome, recording) = project.apply_with(&ApplyRequest::default());
    outcome.unwrap();
    let again = recording.outline_of(&["node.cached", "node.started", "node.invalidated"]);
    assert_eq!(
        again[3..],
        [
            "node.invalidated r.t",
            "node.cached l.t",
            "node.started r.t",
            "node.started b"
        ]
    );
}

#[test]
fn a_branch_that_runs_meanwhile_is_stored_but_runs_again_after_its_upstream() {
    let project = TestProject::new(
        r#"
import { sequence, task } from "@rigkit/sdk";
let attempts = 0, go;
const gone = new Promise((resolve) => { go = resolve; });
export const app = sequence("app")
  .task("base", () => ({ ctx: { id: crypto.randomUUID() } }))
  .parallel({
    l: task("back", ({ step }) => { attempts += 1; if (attempts === 1) { go(); return step.invalidate("base"); } }),
    r: task("slow", async ({ step }) => { await gone; await null; await null; return { ctx: step.ctx }; }),
  });
"#,
    );
    let (outcome, recording) = project.apply_with(&ApplyRequest::default());
    let context = outcome.unwrap().context;
    assert_eq!(context["id"], context["r"]["id"]);
    assert_eq!(recording.outline_of(&["node.completed r.slow"]).len(), 2);
    assert_eq!(project.plan().cached_node_count, 3);
}

#[test]
fn only_a_task_invalidates() {
    let project = TestProject::new(
        r#"
import { sequence } from "@rigkit/sdk";
export const app = sequence("app").task("a", () => {}).operation("op", { run: ({ step }) => { step.invalidate("a"); } });
"#,
    );
    project.apply();
    let request = rigkit_engine::OperationRequest {
        workflow: None,
        operation: "op".to_owned(),
        input: serde_json::Value::Null,
    };
    let error = project
        .engine()
        .run_operation(&request, &crate::support::Recording::default().session())
        .unwrap_err();
    assert!(matches!(error, EngineError::Failed { .. }));
    assert!(
        error
            .to_string()
            .ends_with("`operation.op` cannot invalidate `a`: only a task can invalidate"),
        "{error}"
    );
}
