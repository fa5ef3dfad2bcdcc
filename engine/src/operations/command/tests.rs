#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use serde_json::{Value, json};

use crate::operations::test_support::{Project, error_line};

/// Longer than anything here takes; only a test that hangs gets there.
const FOREVER: Duration = Duration::from_mins(1);

async fn check(payload: Value, expectation: &str) {
    let project = Project::with(&[("sub/file.txt", "in sub"), ("plain.sh", "echo never")]);
    assert_eq!(
        project.line("command.run", payload.clone()).await,
        expectation,
        "{payload}"
    );
}

#[tokio::test]
async fn commands_give_what_they_wrote_and_how_they_ended() {
    let cases = [
        (
            json!({ "argv": ["printf", "%s|", "a b", "", "$HOME"] }),
            r#"{"exitCode":0,"stdout":"a b||$HOME|","stderr":""}"#,
        ),
        (
            json!({ "shell": "echo $GREETING; echo oops >&2; exit 3" }),
            r#"{"exitCode":3,"stdout":"hello\n","stderr":"oops\n"}"#,
        ),
        (
            json!({ "shell": "echo ${GREETING-gone} $MORE", "env": { "GREETING": null, "MORE": "x" } }),
            r#"{"exitCode":0,"stdout":"gone x\n","stderr":""}"#,
        ),
        (
            json!({ "argv": ["cat", "file.txt"], "cwd": "sub" }),
            r#"{"exitCode":0,"stdout":"in sub","stderr":""}"#,
        ),
        (
            json!({ "argv": ["cat"], "stdin": "given ✓" }),
            r#"{"exitCode":0,"stdout":"given ✓","stderr":""}"#,
        ),
        (
            json!({ "argv": ["cat"], "stdin": "aGk=", "stdinEncoding": "base64" }),
            r#"{"exitCode":0,"stdout":"hi","stderr":""}"#,
        ),
        (
            json!({ "argv": ["cat"] }),
            r#"{"exitCode":0,"stdout":"","stderr":""}"#,
        ),
        (
            json!({ "shell": "kill -KILL $$" }),
            r#"{"exitCode":137,"stdout":"","stderr":"","signal":"SIGKILL"}"#,
        ),
        (
            json!({ "shell": "echo $0", "shellProgram": "bash" }),
            r#"{"exitCode":0,"stdout":"bash\n","stderr":""}"#,
        ),
        (
            json!({ "shell": r"printf '\377\376\000a\303'" }),
            "{\"exitCode\":0,\"stdout\":\"\u{fffd}\u{fffd}\\u0000a\u{fffd}\",\"stderr\":\"\"}",
        ),
        (
            json!({ "argv": ["sh", "../plain.sh"], "cwd": "sub", "timeoutMs": 60_000.5, "label": "x" }),
            r#"{"exitCode":0,"stdout":"never\n","stderr":""}"#,
        ),
    ];
    for (payload, expectation) in cases {
        check(payload, expectation).await;
    }
}

#[tokio::test]
async fn what_cannot_be_run_is_named() {
    let cases = [
        (
            json!({ "argv": ["no-such-program", "a b"], "env": { "PATH": "/nowhere" } }),
            "Error ENOENT: failed to run `no-such-program 'a b'`: there is no program \
             \"no-such-program\" in PATH (/nowhere) | install `no-such-program`, or add the \
             folder it is in to PATH",
        ),
        (
            json!({ "argv": ["./missing"] }),
            "Error ENOENT: failed to run `./missing` (PROJECT/./missing): no such file or folder",
        ),
        (
            json!({ "argv": ["./plain.sh"] }),
            "Error EACCES: failed to run `./plain.sh` (PROJECT/./plain.sh): permission denied",
        ),
        (
            json!({ "argv": ["true"], "cwd": "nowhere" }),
            "Error ENOENT: failed to run `true` in nowhere: no such file or folder",
        ),
        (
            json!({ "argv": ["true"], "cwd": "plain.sh" }),
            "Error ENOTDIR: failed to run `true` in plain.sh: part of the path is not a folder",
        ),
        (
            json!({ "argv": ["echo", "a\u{0}b"] }),
            "TypeError ERR_INVALID_ARG_VALUE: failed to run `echo 'a\\0b'`: an argument or a \
             variable holds a NUL character",
        ),
        (
            json!({ "argv": ["true"], "env": { "A=B": "" } }),
            "TypeError ERR_INVALID_ARG_VALUE: failed to run `true`: \"A=B\" cannot be the name \
             of an environment variable",
        ),
        (json!({}), "one of `argv` and `shell` is needed"),
        (
            json!({ "argv": ["a"], "shell": "a" }),
            "`argv` and `shell` exclude each other",
        ),
        (
            json!({ "argv": [] }),
            "`argv` needs a program as its first element",
        ),
        (
            json!({ "argv": [""] }),
            "`argv` needs a program as its first element",
        ),
        (
            json!({ "argv": ["a"], "shellProgram": "sh" }),
            "`shellProgram` is for `shell`",
        ),
        (
            json!({ "argv": ["a"], "timeoutMs": -1 }),
            "-1 is not a number of milliseconds",
        ),
        (
            json!({ "argv": ["a"], "stdin": "*", "stdinEncoding": "base64" }),
            "`stdin` is not base64",
        ),
        (
            json!({ "argv": ["a"], "mode": "loud" }),
            "unknown variant `loud`",
        ),
        (
            json!({ "argv": ["a"], "shall": 1 }),
            "unknown field `shall`",
        ),
        (
            json!({ "argv": ["a"], "mode": "interactive", "stdin": "x" }),
            "`stdin` cannot be given to an interactive command",
        ),
    ];
    for (payload, expectation) in cases {
        let project = Project::with(&[("plain.sh", "")]);
        let line = project.line("command.run", payload.clone()).await;
        assert!(line.contains(expectation), "{payload}: {line}");
        assert_eq!(project.events(), Vec::<Value>::new(), "{payload}");
    }
}

#[tokio::test]
async fn a_missing_interpreter_is_not_blamed_on_the_script() {
    let project = Project::with(&[("run", "#!/no/such/interpreter\n")]);
    make_executable(&project.path("run"));
    let line = project
        .line("command.run", json!({ "argv": ["./run"] }))
        .await;
    assert!(
        line.ends_with("| the interpreter its first line names is not there"),
        "{line}"
    );
}

fn make_executable(path: &Path) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn programs_are_looked_up_in_the_environment_of_the_command() {
    let project = Project::with(&[("bin/tool", "#!/bin/sh\necho \"$0\"\n")]);
    make_executable(&project.path("bin/tool"));
    let path = project.path("bin").display().to_string();
    let run = json!({ "argv": ["tool"], "env": { "PATH": path } });
    let line = project.line("command.run", run).await;
    assert_eq!(
        line,
        r#"{"exitCode":0,"stdout":"PROJECT/bin/tool\n","stderr":""}"#
    );
}

#[tokio::test]
async fn events_tell_of_the_command_as_it_runs() {
    let project = Project::new();
    let run = json!({ "shell": "A=1 /bin/echo out; exit 2" });
    project.perform("command.run", run).await.unwrap();
    let run = json!({
        "argv": ["printf", "it's"], "reason": "to see it",
        "presentation": { "visible": true, "label": "print" },
    });
    project.perform("command.run", run).await.unwrap();
    assert_eq!(
        json!(project.events()),
        json!([
            {
                "type": "command.started", "nodePath": "build", "commandName": "echo",
                "command": "A=1 /bin/echo out; exit 2",
            },
            {
                "type": "command.output", "nodePath": "build", "commandName": "echo",
                "stream": "stdout", "data": "out\n",
            },
            {
                "type": "command.completed", "nodePath": "build", "commandName": "echo",
                "exitCode": 2,
            },
            {
                "type": "command.started", "nodePath": "build", "commandName": "print",
                "command": "printf \"it's\"",
            },
            {
                "type": "command.output", "nodePath": "build", "commandName": "print",
                "stream": "stdout", "data": "it's",
            },
            {
                "type": "command.completed", "nodePath": "build", "commandName": "print",
                "exitCode": 0,
            },
        ])
    );
}

#[tokio::test]
async fn output_comes_as_it_is_written_and_in_whole_characters() {
    let mut project = Project::new();
    let fifo = project.path("go");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    let run = json!({ "shell": r"printf 'a\342\202'; read go < go; printf '\254b'; echo >&2 e" });
    let context = project.context.clone();
    let running = tokio::spawn(async move {
        let operation = crate::operations::Operation::parse("command.run", run)?;
        crate::operations::perform(operation, &context).await
    });
    let first = project.told.recv().await.unwrap();
    assert_eq!(first, json!({ "stream": "stdout", "data": "a" }));
    release(&fifo).await;
    let outcome = running.await.unwrap().unwrap();
    assert_eq!(
        outcome,
        json!({ "exitCode": 0, "stdout": "a€b", "stderr": "e\n" })
    );
    let mut rest = [
        project.told.recv().await.unwrap(),
        project.told.recv().await.unwrap(),
    ];
    rest.sort_by_key(|message| message["stream"].to_string());
    assert_eq!(rest[0], json!({ "stream": "stderr", "data": "e\n" }));
    assert_eq!(rest[1], json!({ "stream": "stdout", "data": "€b" }));
}

/// Lets a command that reads from the fifo go on.
async fn release(fifo: &Path) {
    let fifo = fifo.to_owned();
    let write = move || {
        File::options()
            .write(true)
            .open(fifo)
            .unwrap()
            .write_all(b"\n")
            .unwrap();
    };
    tokio::task::spawn_blocking(write).await.unwrap();
}

#[tokio::test]
async fn both_streams_may_be_large() {
    const BYTES: usize = 10_000_000;
    let project = Project::new();
    let script = format!(
        "head -c {BYTES} /dev/zero | tr '\\0' o & head -c {BYTES} /dev/zero | tr '\\0' e >&2; wait"
    );
    let outcome = project
        .perform("command.run", json!({ "shell": script }))
        .await
        .unwrap();
    assert_eq!(outcome["exitCode"], 0);
    for (stream, letter) in [("stdout", "o"), ("stderr", "e")] {
        assert!(
            outcome[stream].as_str() == Some(letter.repeat(BYTES).as_str()),
            "{stream}"
        );
        let told: usize = project
            .events()
            .iter()
            .filter(|event| event["stream"] == stream)
            .map(|event| event["data"].as_str().unwrap().len())
            .sum();
        assert_eq!(told, BYTES, "{stream}");
    }
}

#[tokio::test]
async fn input_may_be_large_and_need_not_be_read() {
    let project = Project::new();
    let input = "0123456789".repeat(1_000_000);
    let run = json!({ "argv": ["cat"], "stdin": input });
    let outcome = project.perform("command.run", run).await.unwrap();
    assert!(outcome["stdout"].as_str() == Some(input.as_str()));
    let run = json!({ "argv": ["true"], "stdin": input });
    let outcome = project.perform("command.run", run).await.unwrap();
    assert_eq!(
        outcome,
        json!({ "exitCode": 0, "stdout": "", "stderr": "" })
    );
}

#[tokio::test]
async fn the_end_of_too_much_output_is_kept() {
    let project = Project::new();
    let script = "head -c 1000000 /dev/zero | tr '\\0' x; printf end; printf few >&2";
    let run = json!({ "shell": script, "maxOutputBytes": 10 });
    let outcome = project.perform("command.run", run).await.unwrap();
    assert_eq!(
        outcome,
        json!({
            "exitCode": 0, "stdout": "xxxxxxxend", "stderr": "few",
            "droppedBytes": { "stdout": 999_993, "stderr": 0 },
        })
    );
    let log: Vec<Value> = project
        .events()
        .into_iter()
        .filter(|event| event["type"] == "log.output")
        .collect();
    assert_eq!(
        json!(log),
        json!([{
            "type": "log.output", "nodePath": "build", "stream": "warn", "label": "head",
            "data": format!(
                "`{script}` wrote more than 10 bytes to stdout; its result lacks the first 999993"
            ),
        }])
    );
}

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
    let context = project.context.clone();
    let running = tokio::spawn(async move {
        let operation = crate::operations::Operation::parse("command.run", run)?;
        crate::operations::perform(operation, &context).await
    });
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

fn last_exit_code(project: &Project) -> Value {
    project.events().last().unwrap()["exitCode"].clone()
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
    let context = project.context.clone();
    let running = tokio::spawn(async move {
        let run = json!({ "shell": script });
        let operation = crate::operations::Operation::parse("command.run", run)?;
        crate::operations::perform(operation, &context).await
    });
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
    let context = project.context.clone();
    let running = tokio::spawn(async move {
        let run = json!({ "shell": "exec 3> alive; sleep 1000 & echo ready; wait" });
        let operation = crate::operations::Operation::parse("command.run", run)?;
        crate::operations::perform(operation, &context).await
    });
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
async fn interactive_commands_have_the_streams_of_this_process() {
    let project = Project::new();
    let run = |script: &str| json!({ "shell": script, "mode": "interactive", "timeoutMs": 30_000 });
    let script = format!(
        "[ \"$(ps -o pgid= -p $$ | tr -d ' ')\" = {} ] && exit 5",
        nix::unistd::getpgrp()
    );
    assert_eq!(
        project.line("command.run", run(&script)).await,
        r#"{"exitCode":5,"stdout":null,"stderr":null}"#
    );
    assert_eq!(
        project.line("command.run", run("kill -TERM $$")).await,
        r#"{"exitCode":143,"stdout":null,"stderr":null,"signal":"SIGTERM"}"#
    );
    let late = json!({ "argv": ["sleep", "1000"], "mode": "interactive", "timeoutMs": 10 });
    assert_eq!(
        project.line("command.run", late).await,
        r#"{"exitCode":143,"stdout":null,"stderr":null,"signal":"SIGTERM","timedOut":true}"#
    );
}

#[tokio::test]
async fn interactive_commands_can_be_cancelled() {
    let project = Project::new();
    let fifo = project.path("started");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    let context = project.context.clone();
    let running = tokio::spawn(async move {
        let run = json!({ "shell": "trap '' TERM; echo > started; exec sleep 1000", "mode": "interactive" });
        let operation = crate::operations::Operation::parse("command.run", run)?;
        crate::operations::perform(operation, &context).await
    });
    let read = move || File::open(fifo).unwrap().read(&mut [0]).unwrap();
    tokio::task::spawn_blocking(read).await.unwrap();
    project.context.cancel.cancel();
    let error = tokio::time::timeout(FOREVER, running)
        .await
        .unwrap()
        .unwrap()
        .unwrap_err();
    assert_eq!(error.name(), "AbortError");
    assert_eq!(last_exit_code(&project), 137);
}
