//! Cancelling: what stops, what is kept.

use std::time::{Duration, Instant};

use rigkit_engine::{ApplyRequest, EngineError, event::Event};

use crate::support::{Recording, TOOLS, TestProject};

fn fixture(handler: &str) -> String {
    format!(
        r#"{TOOLS}
//- /rig.config.ts
import {{ sequence, task }} from "@rigkit/sdk";
import {{ tools }} from "./tools";
export const app = sequence("app").addProvider("tools", tools)
  .task("before", () => {{}})
  .task("t", async ({{ tools, step }}) => {{ {handler} }})
  .task("after", () => {{}});
"#
    )
}

/// Applies, cancels as soon as something is logged, and gives the error.
fn cancel_at_log(project: &TestProject) -> (EngineError, Recording) {
    let recording = Recording::reacting(|event, cancel| {
        if matches!(event, Event::LogOutput { data, .. } if data == "now") {
            cancel.cancel();
        }
    });
    let error = project
        .engine()
        .apply(&ApplyRequest::default(), &recording.session())
        .unwrap_err();
    (error, recording)
}

#[track_caller]
fn check_cancelled(project: &TestProject, error: &EngineError, recording: &Recording) {
    assert!(matches!(error, EngineError::Cancelled), "{error:?}");
    assert_eq!(project.query("SELECT node_path FROM node_runs"), ["before"]);
    assert!(recording.outline_of(&["node.started after"]).is_empty());
    let last = recording.events().pop().unwrap();
    assert_eq!(serde_json::to_value(&last).unwrap()["outcome"], "cancelled");
    let record = project.engine().applies(1).unwrap().remove(0);
    assert_eq!(serde_json::to_value(record.outcome).unwrap(), "cancelled");
    let expected = [
        "before cached",
        "t pending never-run",
        "after pending never-run",
    ];
    assert_eq!(project.plan_lines(), expected);
}

#[test]
fn the_signal_fires_and_the_handler_unwinds() {
    let project = TestProject::new(&fixture(
        r#"
    const aborted = new Promise((resolve) => step.signal.addEventListener("abort", resolve));
    console.log("now");
    await aborted;
    console.log("unwinding", step.signal.aborted, step.signal.reason.name);
    throw step.signal.reason;
"#,
    ));
    let (error, recording) = cancel_at_log(&project);
    check_cancelled(&project, &error, &recording);
    assert_eq!(
        recording.logs(),
        ["t info now", "t info unwinding true AbortError"]
    );
}

#[test]
fn a_handler_that_finishes_after_all_is_stored() {
    let project = TestProject::new(&fixture(
        r#"
    const aborted = new Promise((resolve) => step.signal.addEventListener("abort", resolve));
    console.log("now");
    await aborted;
    return { ctx: { done: true } };
"#,
    ));
    let (error, recording) = cancel_at_log(&project);
    assert!(matches!(error, EngineError::Cancelled));
    assert_eq!(
        project.query("SELECT node_path FROM node_runs ORDER BY ordinal"),
        ["before", "t"]
    );
    assert!(recording.outline_of(&["node.started after"]).is_empty());
}

#[test]
fn a_running_command_and_its_children_are_killed() {
    let project = TestProject::new(&fixture(
        r#"
    const script = `sleep 1000 & echo $! > pids; echo $$ >> pids; mv pids ready; echo started; wait`;
    await tools.command({ argv: ["sh", "-c", script] });
"#,
    ));
    let recording = Recording::reacting(|event, cancel| {
        if matches!(event, Event::CommandOutput { data, .. } if data.contains("started")) {
            cancel.cancel();
        }
    });
    let error = project
        .engine()
        .apply(&ApplyRequest::default(), &recording.session())
        .unwrap_err();
    check_cancelled(&project, &error, &recording);
    for pid in project.read("ready").lines() {
        assert!(is_gone(pid), "process {pid} still runs");
    }
}

/// Says whether a process has ended, which takes the kernel a moment after the kill.
fn is_gone(pid: &str) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    let runs = || {
        let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        status
            .rsplit(')')
            .next()
            .is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
    };
    while runs() && Instant::now() < deadline {
        std::thread::yield_now();
    }
    !runs()
}

#[test]
fn a_command_that_cleans_up_runs_after_the_cancel() {
    let project = TestProject::new(&fixture(
        r#"
    try {
      const running = tools.command({ argv: ["sleep", "1000"] });
      console.log("now");
      await running;
    } finally {
      const { exitCode } = await tools.command({ argv: ["sh", "-c", "sleep 0.05; echo clean > cleaned"] });
      await new Promise((resolve) => setTimeout(resolve, 1));
      console.log("cleaned", exitCode);
    }
"#,
    ));
    let (error, recording) = cancel_at_log(&project);
    check_cancelled(&project, &error, &recording);
    assert_eq!(recording.logs(), ["t info now", "t info cleaned 0"]);
    assert_eq!(project.read("cleaned"), "clean\n");
}

#[test]
fn a_command_that_cleans_up_for_too_long_is_killed() {
    let project = TestProject::new(&fixture(
        r#"
    console.log("now");
    await new Promise((resolve) => step.signal.addEventListener("abort", resolve));
    await tools.command({ argv: ["sh", "-c", "echo $$ > pids; mv pids ready; exec sleep 1000"] });
"#,
    ));
    let (error, recording) = cancel_at_log(&project);
    check_cancelled(&project, &error, &recording);
    for pid in project.read("ready").lines() {
        assert!(is_gone(pid), "process {pid} still runs");
    }
}

#[test]
fn a_handler_in_a_loop_is_interrupted() {
    let project = TestProject::new(&fixture(
        "console.log(\"now\"); await null; while (true) {}",
    ));
    let started = Instant::now();
    let (error, recording) = cancel_at_log(&project);
    check_cancelled(&project, &error, &recording);
    assert!(started.elapsed() < Duration::from_mins(1));
}

#[test]
fn a_handler_that_never_ends_is_abandoned() {
    let project = TestProject::new(&fixture(
        "console.log(\"now\"); await new Promise(() => {});",
    ));
    let (error, recording) = cancel_at_log(&project);
    check_cancelled(&project, &error, &recording);
}

#[test]
fn a_run_that_is_cancelled_before_it_begins_runs_nothing() {
    let project = TestProject::new(&fixture(""));
    let recording = Recording::default();
    recording.cancel.cancel();
    let error = project
        .engine()
        .apply(&ApplyRequest::default(), &recording.session())
        .unwrap_err();
    assert!(matches!(error, EngineError::Cancelled), "{error:?}");
    assert!(recording.outline_of(&["node."]).is_empty());
}

#[test]
fn a_fetch_a_timer_and_a_provider_that_wait_end_at_once() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let project = TestProject::new(&fixture(&format!(
        r#"
    const ends = (promise) => promise.then(() => "fine", (error) => error.name);
    const fetched = ends(fetch("http://{address}/", {{ signal: step.signal }}));
    const slept = ends(new Promise((resolve, reject) => {{
      setTimeout(resolve, 1e9);
      step.signal.addEventListener("abort", () => reject(step.signal.reason));
    }}));
    console.log("now");
    console.log(await fetched, await slept);
    throw new Error("cancelled");
"#
    )));
    let (error, recording) = cancel_at_log(&project);
    check_cancelled(&project, &error, &recording);
    assert_eq!(
        recording.logs(),
        ["t info now", "t info AbortError AbortError"]
    );
}
