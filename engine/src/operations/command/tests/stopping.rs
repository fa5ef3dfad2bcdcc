use std::fs::File;
use std::io::Read;

use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use serde_json::{Value, json};

use super::{FOREVER, last_exit_code, start};
use crate::operations::test_support::{Project, error_line};

/// Runs a script that holds the fifo `alive` open, and gives how the operation ended once
/// nothing holds the fifo any more.
async fn end_by(script: &str, end: impl FnOnce(&Project)) -> (Project, String) {
    let mut project = Project::new();
    let fifo = project.path("alive");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    let alive = tokio::task::spawn_blocking(move || {
        let mut nothing = String::new();
        File::open(fifo)
            .unwrap()
            .read_to_string(&mut nothing)
            .unwrap();
    });
    let run = json!({ "shell": format!("exec 3> alive; {script}") });
    let running = start(&project.context, run);
    project.wait_for("ready").await;
    end(&project);
    let result = tokio::time::timeout(FOREVER, running)
        .await
        .unwrap()
        .unwrap();
    tokio::time::timeout(FOREVER, alive).await.unwrap().unwrap();
    (
        project,
        result.map_or_else(|error| error_line(&error), |outcome| outcome.to_string()),
    )
}

#[tokio::test]
async fn cancelling_ends_everything_the_command_started() {
    let script = "(trap '' TERM; sleep 1000) & sleep 1000 & echo ready; wait";
    let (project, result) = end_by(script, |project| project.context.cancel.cancel()).await;
    assert_eq!(
        result,
        format!("AbortError ABORT_ERR: failed to run `exec 3> alive; {script}`: cancelled")
    );
    assert_eq!(last_exit_code(&project), 143);
}

#[tokio::test]
async fn what_ignores_being_asked_is_made_to_end() {
    let script = "trap '' TERM; echo ready; sleep 1000; sleep 1000";
    let (project, _) = end_by(script, |project| project.context.cancel.cancel()).await;
    assert_eq!(last_exit_code(&project), 137);
}

#[tokio::test]
async fn a_command_may_end_in_its_own_way() {
    let script = "trap 'echo bye; exit 7' TERM; sleep 1000 & echo ready; wait";
    let (project, _) = end_by(script, |project| project.context.cancel.cancel()).await;
    let events = project.events();
    assert!(
        events.iter().any(|event| event["data"] == "bye\n"),
        "{events:?}"
    );
    assert_eq!(last_exit_code(&project), 7);
}

#[tokio::test]
async fn a_stopped_command_ends_too() {
    let script = "sleep 1000 & echo ready; kill -STOP $$; wait";
    let (project, _) = end_by(script, |project| project.context.cancel.cancel()).await;
    assert_eq!(last_exit_code(&project), 143);
}

/// Runs a script whose descendant leaves the group with the output open, and gives how the
/// operation ended while that one still lives.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_left_the_group_holds_nothing_up() {
    let mut project = Project::new();
    let script = "setsid sh -c 'echo $$ > left; echo ready; exec sleep 1000' & wait";
    let run = json!({ "shell": script });
    let running = start(&project.context, run);
    project.wait_for("ready").await;
    project.context.cancel.cancel();
    let result = tokio::time::timeout(FOREVER, running)
        .await
        .unwrap()
        .unwrap();
    assert!(result.is_err());
    let left = std::fs::read_to_string(project.path("left")).unwrap();
    kill(Pid::from_raw(left.trim().parse().unwrap()), Signal::SIGKILL).unwrap();
}

#[tokio::test]
async fn what_takes_too_long_is_ended_and_keeps_its_output() {
    let project = Project::new();
    let run = json!({ "shell": "sleep 1000 & sleep 1000", "timeoutMs": 20 });
    let outcome = project.line("command.run", run).await;
    assert_eq!(
        outcome,
        r#"{"exitCode":143,"stdout":"","stderr":"","signal":"SIGTERM","timedOut":true}"#
    );
}

#[tokio::test]
async fn dropping_the_operation_ends_the_command() {
    let mut project = Project::new();
    let fifo = project.path("alive");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    let alive = tokio::task::spawn_blocking(move || {
        let mut nothing = String::new();
        File::open(fifo)
            .unwrap()
            .read_to_string(&mut nothing)
            .unwrap();
    });
    let run = json!({ "shell": "exec 3> alive; sleep 1000 & echo ready; wait" });
    let running = start(&project.context, run);
    project.wait_for("ready").await;
    running.abort();
    tokio::time::timeout(FOREVER, alive).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_background_process_with_output_of_its_own_lives_on() {
    let project = Project::new();
    let run = json!({ "shell": "sleep 1000 > log 2>&1 & echo $!" });
    let outcome = project.perform("command.run", run).await.unwrap();
    let id = outcome["stdout"].as_str().unwrap().trim().parse().unwrap();
    kill(Pid::from_raw(id), Signal::SIGKILL).unwrap();
}

#[tokio::test]
async fn nothing_starts_after_cancelling() {
    for mode in ["capture", "interactive"] {
        let project = Project::new();
        project.context.cancel.cancel();
        let run = json!({ "argv": ["touch", "started"], "mode": mode });
        let line = project.line("command.run", run).await;
        assert_eq!(
            line,
            "AbortError ABORT_ERR: failed to run `touch started`: cancelled"
        );
        assert!(!project.path("started").exists());
        assert_eq!(project.events(), Vec::<Value>::new());
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn waiting_for_the_terminal_is_an_error() {
    let project = Project::new();
    // What the kernel sends to a command in the background that reads from the terminal.
    let line = project
        .line("command.run", json!({ "shell": "kill -TTIN $$" }))
        .await;
    assert_eq!(
        line,
        "Error ENOTTY: `kill -TTIN $$` stopped to wait for input from the terminal | give it \
         what it asks for in `stdin` or the environment, or run it in interactive mode"
    );
}

#[tokio::test]
async fn what_has_no_output_may_end_in_its_own_way_too() {
    let script = "mkfifo up; (exec > log 2>&1 3>&-; trap 'echo > cleaned; exit' TERM; \
                  echo > up; sleep 1000 & wait) & read up < up; echo ready; exec sleep 1000";
    let (project, _) = end_by(script, |project| project.context.cancel.cancel()).await;
    assert_eq!(last_exit_code(&project), 143);
    assert!(project.path("cleaned").exists());
}
