use std::fs::File;
use std::io::Read;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use serde_json::json;

use super::{FOREVER, last_exit_code, start};
use crate::operations::test_support::Project;

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
    let run =
        json!({ "shell": "trap '' TERM; echo > started; exec sleep 1000", "mode": "interactive" });
    let running = start(&project.context, run);
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
