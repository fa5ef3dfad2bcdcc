use insta::assert_snapshot;
use rigkit_engine::event::{CommandId, OutputStream, RunOutcome};

use super::*;

fn run() -> Vec<Event> {
    let output = |node: &str, data: &str| Event::CommandOutput {
        node_path: Some(node.to_owned()),
        command_id: Some(CommandId(1)),
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
            pending_node_count: Some(1),
            conditional_node_count: 1,
            up_to_date: false,
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
            command_id: Some(CommandId(1)),
            command_name: "npm".to_owned(),
            command: "npm ci".to_owned(),
        },
        output("install", "added 3 pack"),
        output("install", "ages\nfunding"),
        Event::CommandCompleted {
            node_path: Some("install".to_owned()),
            command_id: Some(CommandId(1)),
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
            range: None,
            help: None,
            output_tail: Vec::new(),
            exit_code: None,
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
    web  1 of 3 to run (1 more may follow)
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
    web  1 of 3 to run (1 more may follow)
    ✓ clone  cached
    ▸ install
    install npm#1 $ npm ci
    install | added 3 packages
    install | funding
    install npm#1 exited with 0
    install | a detail
    ✓ install  1.2s
    ▸ build
    ✗ build  failed after 30ms: tsc exited with 2
    web  failed in 1.3s: 1 ran, 1 failed, 1 cached
    operation.test | ok
    ");
}

/// Two commands of one task, the output of the first without an end of its line.
fn two_at_once(node: Option<&str>) -> Vec<Event> {
    let node_path = || node.map(str::to_owned);
    let name = || "sh".to_owned();
    let started = |id| Event::CommandStarted {
        node_path: node_path(),
        command_id: Some(CommandId(id)),
        command_name: name(),
        command: format!("sh {id}"),
    };
    let output = |id, data: &str| Event::CommandOutput {
        node_path: node_path(),
        command_id: Some(CommandId(id)),
        command_name: name(),
        stream: OutputStream::Stdout,
        data: data.to_owned(),
    };
    let completed = |id| Event::CommandCompleted {
        node_path: node_path(),
        command_id: Some(CommandId(id)),
        command_name: name(),
        exit_code: 0,
    };
    vec![
        started(1),
        output(1, "alone\nhi"),
        started(2),
        output(2, "low\n"),
        output(1, "gh"),
        completed(1),
        output(2, "on\n"),
        completed(2),
        started(3),
        output(3, "alone again\n"),
        completed(3),
    ]
}

#[test]
fn commands_that_run_at_once_are_told_apart() {
    let lines = |events: Vec<Event>| {
        let mut writer = LineWriter::new(Detail::Usual);
        let lines = events.iter().flat_map(|event| writer.lines_of(event));
        let lines: Vec<String> = lines.map(|line| line.plain()).collect();
        lines.join("\n")
    };
    let begin = Event::NodeStarted {
        node_path: "sing".to_owned(),
    };
    let of_task = [vec![begin], two_at_once(Some("sing"))].concat();
    assert_snapshot!(lines(of_task), @"
    ▸ sing
    sing | alone
    sing sh#2 | low
    sing sh#1 | high
    sing sh#2 | on
    sing | alone again
    ");
    assert_snapshot!(lines(two_at_once(Some("operation.test"))), @"
    alone
    sh#2 | low
    sh#1 | high
    sh#2 | on
    alone again
    ");
    assert_eq!(
        lines(two_at_once(None)),
        lines(two_at_once(Some("operation.test")))
    );
}
