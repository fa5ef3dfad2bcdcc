use std::fs::File;
use std::io::Write;
use std::path::Path;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use serde_json::{Value, json};

use super::start;
use crate::operations::test_support::Project;

#[tokio::test]
async fn output_comes_as_it_is_written_and_in_whole_characters() {
    let mut project = Project::new();
    let fifo = project.path("go");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    let run = json!({ "shell": r"printf 'a\342\202'; read go < go; printf '\254b'; echo >&2 e" });
    let running = start(&project.context, run);
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
