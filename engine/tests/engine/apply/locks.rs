//! Two applies at once.

use std::sync::{Arc, mpsc};

use rigkit_engine::{ApplyOutcome, ApplyRequest, EngineError, LockBehaviour, event::Event};

use crate::support::{Recording, TOOLS, TestProject};

/// Two workflows; the tasks of one wait until a file is there.
fn fixture() -> String {
    format!(
        r#"{TOOLS}
//- /rig.config.ts
import {{ sequence }} from "@rigkit/sdk";
import {{ tools }} from "./tools";
export const slow = sequence("slow").addProvider("tools", tools).task("t", async ({{ tools }}) => {{
  await tools.command({{ argv: ["sh", "-c", "echo running; cat gate"] }});
  return {{ ctx: {{ id: crypto.randomUUID() }} }};
}});
export const quick = sequence("quick").task("t", () => ({{ ctx: {{}} }}));
"#
    )
}

fn request(workflow: &str, lock: LockBehaviour) -> ApplyRequest {
    ApplyRequest {
        workflow: Some(workflow.to_owned()),
        lock,
        ..ApplyRequest::default()
    }
}

/// Runs `meanwhile` while another engine is in the middle of an apply, then lets it finish.
fn while_applying(
    meanwhile: impl FnOnce(&TestProject),
) -> (TestProject, Result<ApplyOutcome, EngineError>) {
    let project = TestProject::new(&fixture());
    nix::unistd::mkfifo(&project.path("gate"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let engine = project.engine_named("ada");
    let (running, is_running) = mpsc::channel();
    let recording = Recording::reacting(move |event, _| {
        if matches!(event, Event::CommandOutput { .. }) {
            running.send(()).unwrap();
        }
    });
    let session = recording.session();
    let apply =
        std::thread::spawn(move || engine.apply(&request("slow", LockBehaviour::Wait), &session));
    is_running.recv().unwrap();
    meanwhile(&project);
    // Opening the pipe for writing and closing it again lets the command end.
    drop(
        std::fs::OpenOptions::new()
            .write(true)
            .open(project.path("gate"))
            .unwrap(),
    );
    let outcome = apply.join().unwrap();
    (project, outcome)
}

#[test]
fn a_second_apply_fails_at_once_and_says_who_holds_it() {
    let (_project, outcome) = while_applying(|project| {
        let recording = Recording::default();
        let error = project
            .engine_named("bob")
            .apply(&request("slow", LockBehaviour::Fail), &recording.session())
            .unwrap_err();
        assert_eq!(error.code(), "locked");
        let text = error.to_string();
        assert!(
            text.starts_with("another apply of `slow` is running: ada (process "),
            "{text}"
        );
        assert!(recording.outline_of(&["node.", "apply.started"]).is_empty());
    });
    outcome.unwrap();
}

#[test]
fn another_workflow_runs_meanwhile_and_plans_read() {
    let (_project, outcome) = while_applying(|project| {
        let session = Recording::default().session();
        project
            .engine_named("bob")
            .apply(&request("quick", LockBehaviour::Fail), &session)
            .unwrap();
        assert_eq!(
            project
                .plan_at(rigkit_engine::plan::PlanLevel::Verified)
                .unwrap()
                .node_count,
            1
        );
    });
    outcome.unwrap();
}

#[test]
fn a_second_apply_waits_and_then_finds_everything_cached() {
    let (waiting, is_waiting) = mpsc::channel();
    let recording = Recording::reacting(move |event, _| {
        if matches!(event, Event::ApplyWaiting { .. }) {
            waiting.send(()).unwrap();
        }
    });
    let (second, second_recording) = (Arc::new(std::sync::Mutex::new(None)), recording.clone());
    let handle = Arc::clone(&second);
    let (_project, first) = while_applying(move |project| {
        let engine = project.engine_named("bob");
        let session = recording.session();
        let thread = std::thread::spawn(move || {
            engine.apply(&request("slow", LockBehaviour::Wait), &session)
        });
        is_waiting.recv().unwrap();
        *handle.lock().unwrap() = Some(thread);
    });
    let second = second
        .lock()
        .unwrap()
        .take()
        .unwrap()
        .join()
        .unwrap()
        .unwrap();
    assert_eq!(first.unwrap().context, second.context);
    let outline = second_recording.outline_of(&["apply.", "node."]);
    assert_eq!(
        outline,
        [
            "apply.waiting",
            "apply.started",
            "node.cached t",
            "apply.completed"
        ]
    );
}

#[test]
fn waiting_can_be_cancelled() {
    let recording = Recording::reacting(|event, cancel| {
        if matches!(event, Event::ApplyWaiting { .. }) {
            cancel.cancel();
        }
    });
    let (project, outcome) = while_applying(|project| {
        let error = project
            .engine_named("bob")
            .apply(&request("slow", LockBehaviour::Wait), &recording.session())
            .unwrap_err();
        assert!(matches!(error, EngineError::Cancelled));
    });
    outcome.unwrap();
    // The lock is free again.
    project
        .engine()
        .apply(
            &request("slow", LockBehaviour::Fail),
            &Recording::default().session(),
        )
        .unwrap();
}
