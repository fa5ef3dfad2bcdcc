use insta::assert_snapshot;
use rigkit_engine::event::{OutputStream, RunOutcome};

use super::*;

fn run() -> Vec<Event> {
    let output = |node: &str, data: &str| Event::CommandOutput {
        node_path: Some(node.to_owned()),
        command_name: "npm".to_owned(),
        stream: OutputStream::Stdout,
        data: data.to_owned(),
    };
    vec![
        Event::DefinitionLoaded {
            workflow: "web".to_owned(),
        },
        Event::PlanCreated {
            workflow: "web".to_owned(),
            cached_node_count: 1,
            node_count: 3,
        },
        Event::ApplyStarted {
            workflow: "web".to_owned(),
            apply_id: "0198".to_owned(),
        },
        Event::NodeCached {
            node_path: "clone".to_owned(),
            run_id: "r0".to_owned(),
        },
        Event::NodeStarted {
            node_path: "install".to_owned(),
        },
        Event::CommandStarted {
            node_path: Some("install".to_owned()),
            command_name: "npm".to_owned(),
            command: "npm ci".to_owned(),
        },
        output("install", "added 3 pack"),
        output("install", "ages\nfunding"),
        Event::CommandCompleted {
            node_path: Some("install".to_owned()),
            command_name: "npm".to_owned(),
            exit_code: 0,
        },
        Event::LogOutput {
            node_path: "install".to_owned(),
            stream: LogStream::Debug,
            label: None,
            data: "a detail".to_owned(),
        },
        Event::NodeCompleted {
            node_path: "install".to_owned(),
            run_id: "r1".to_owned(),
            duration_ms: 1_250,
        },
        Event::NodeStarted {
            node_path: "build".to_owned(),
        },
        Event::NodeFailed {
            node_path: "build".to_owned(),
            message: "tsc exited with 2".to_owned(),
            causes: Vec::new(),
            duration_ms: 30,
        },
        Event::ApplyCompleted {
            workflow: "web".to_owned(),
            apply_id: "0198".to_owned(),
            outcome: RunOutcome::Failed,
            duration_ms: 1_300,
        },
        output("operation.test", "ok\n"),
    ]
}

fn lines(detail: Detail) -> String {
    let mut writer = LineWriter::new(detail);
    let run = run();
    let lines = run.iter().flat_map(|event| writer.lines_of(event));
    let lines: Vec<String> = lines.map(|line| line.plain()).collect();
    lines.join("\n")
}

#[test]
fn usually_a_person_sees_what_runs() {
    assert_snapshot!(lines(Detail::Usual), @"
    web  1 of 3 cached
    ▸ install
    install | added 3 packages
    install | funding
    ✓ install  1.2s
    ▸ build
    ✗ build  failed after 30ms
    web  failed in 1.3s: 1 ran, 1 failed, 1 cached
    ok
    ");
}

#[test]
fn a_log_tells_everything() {
    assert_snapshot!(lines(Detail::Everything), @"
    web  1 of 3 cached
    ✓ clone  cached
    ▸ install
    install $ npm ci
    install | added 3 packages
    install | funding
    install npm exited with 0
    install | a detail
    ✓ install  1.2s
    ▸ build
    ✗ build  failed after 30ms: tsc exited with 2
    web  failed in 1.3s: 1 ran, 1 failed, 1 cached
    operation.test | ok
    ");
}
