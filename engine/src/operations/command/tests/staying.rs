use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getsid};
use serde_json::{Value, json};

use super::FOREVER;
use crate::operations::test_support::Project;

/// Runs a script that leaves a process behind, whose number it prints on a line of its own at the end of its
/// standard error, and gives the outcome and the number.
async fn leave_behind(project: &Project, script: &str) -> (Value, Pid) {
    let run = project.perform("command.run", json!({ "shell": script }));
    let outcome = tokio::time::timeout(FOREVER, run).await.unwrap().unwrap();
    let pid = outcome["stderr"].as_str().unwrap().trim().parse().unwrap();
    (outcome, Pid::from_raw(pid))
}

fn notes(project: &Project) -> Vec<Value> {
    let events = project.events().into_iter();
    events
        .filter(|event| event["type"] == "log.output")
        .collect()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_command_ends_without_what_it_leaves_behind() {
    let project = Project::new();
    let script = "sleep 1000 & printf plays; echo $! >&2";
    let (outcome, pid) = leave_behind(&project, script).await;
    assert_eq!(
        (&outcome["exitCode"], &outcome["stdout"]),
        (&json!(0), &json!("plays"))
    );
    let note = json!([{
        "type": "log.output", "nodePath": "build", "stream": "warn", "label": "sleep",
        "data": format!(
            "`{script}` has ended, and left `sleep` (process {pid}) behind with its output open, of which \
             nothing more is read; what is meant to stay is started with `detach: true`"
        ),
    }]);
    assert_eq!(json!(notes(&project)), note);
    let events = project.events();
    assert_eq!(events.last().unwrap()["type"], "command.completed");
    kill(pid, Signal::SIGKILL).unwrap();
}

#[tokio::test]
async fn all_that_a_command_wrote_itself_is_kept() {
    const BYTES: usize = 1_000_000;
    let project = Project::new();
    let script = format!("sleep 1000 & head -c {BYTES} /dev/zero | tr '\\0' x; echo $! >&2");
    let (outcome, pid) = leave_behind(&project, &script).await;
    assert_eq!(outcome["stdout"].as_str().unwrap().len(), BYTES);
    kill(pid, Signal::SIGKILL).unwrap();
}

#[tokio::test]
async fn what_never_stops_writing_holds_nothing_up() {
    let project = Project::new();
    let (outcome, pid) = leave_behind(
        &project,
        "while :; do echo y; sleep 0.05; done & echo $! >&2",
    )
    .await;
    assert!(outcome["stdout"].as_str().unwrap().starts_with("y\n"));
    assert_eq!(notes(&project).len(), 1);
    // It is read on, so that it does not end by writing.
    assert_eq!(kill(pid, None), Ok(()));
    kill(pid, Signal::SIGKILL).unwrap();
}

#[tokio::test]
async fn what_is_detached_stays() {
    let project = Project::new();
    let run = json!({ "argv": ["sleep", "1000"], "mode": "detached" });
    let started = project.perform("command.run", run).await.unwrap();
    let pid = Pid::from_raw(i32::try_from(started["pid"].as_i64().unwrap()).unwrap());
    assert_eq!(
        json!(project.events()),
        json!([
            {
                "type": "command.started", "nodePath": "build", "commandId": 1,
                "commandName": "sleep", "command": "sleep 1000",
            },
            {
                "type": "command.detached", "nodePath": "build", "commandId": 1,
                "commandName": "sleep", "pid": pid.as_raw(),
            },
        ])
    );
    project.context.cancel.cancel();
    drop(project);
    assert_eq!(getsid(Some(pid)), Ok(pid), "it has a session of its own");
    kill(pid, Signal::SIGKILL).unwrap();
}

#[tokio::test]
async fn what_is_detached_holds_nothing_open() {
    let project = Project::new();
    let script =
        "for number in 0 1 2; do readlink /proc/self/fd/$number; done > streams; mv streams told";
    let run = json!({ "shell": script, "mode": "detached" });
    project.perform("command.run", run).await.unwrap();
    let told = project.path("told");
    while !told.exists() {
        tokio::task::yield_now().await;
    }
    let told = std::fs::read_to_string(told).unwrap();
    let streams: Vec<&str> = told.lines().collect();
    assert_eq!(
        (streams[0], streams[2]),
        ("/dev/null", "/dev/null"),
        "{told}"
    );
}
