//! Two at once.

use std::fs;

use insta::assert_snapshot;
use nix::sys::signal::Signal;
use rigkit_tests::{Project, Running};

/// A task that tells that it runs, and ends when it is told to.
const WAITING: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

const one = (name, run) => workflow(name, { providers: { host: host.provider() } }).sequence(name).task("wait", run);
export const web = one("web", async ({ host }) => {
  await host.writeFile("ran.log", "web\n", { append: true });
  await host.exec("read go < go");
});
export const other = one("other", ({ host }) => host.writeFile("ran.log", "other\n", { append: true }));
"#;

fn start(project: &Project) -> Running {
    let mut running = project.command("apply -w web --events").start();
    running.wait_for("command.started", "wait");
    running
}

#[test]
fn a_second_apply_waits_or_fails_at_once() {
    let project = Project::new(WAITING);
    project.make_pipe("go");
    let first = start(&project);
    let told = project.transcript(&["apply -w web --no-wait"]);
    assert_snapshot!(told.replace(&first.id().to_string(), "[process]"));
    let error = project
        .rig("apply -w web --no-wait --json")
        .exits_with(1)
        .error();
    assert_eq!(error["code"], "locked");

    let mut second = project.command("apply -w web --events").start();
    let waiting = second.wait_for("apply.waiting", "");
    rigkit_tests::check_document("event.json", &waiting);
    fs::write(project.path("go"), "go\n").unwrap();
    let first = first.finish().exits_with(0).events();
    assert_eq!(first.last().unwrap()["outcome"], "succeeded");
    let second = second.finish().exits_with(0).events();
    assert!(
        second.iter().any(|event| event["type"] == "node.cached"),
        "{second:?}"
    );
    assert_eq!(project.lines("ran.log"), ["web"]);
}

#[test]
fn everything_else_goes_on_meanwhile() {
    let project = Project::new(WAITING);
    project.make_pipe("go");
    let first = start(&project);
    project.done("plan");
    project.done("ls");
    project.done("log");
    project.done("cache ls");
    project.done("apply -w other");
    assert_eq!(project.lines("ran.log"), ["web", "other"]);
    fs::write(project.path("go"), "go\n").unwrap();
    let _ = first.finish().exits_with(0);
}

#[test]
fn a_killed_apply_leaves_no_lock() {
    let project = Project::new(WAITING);
    project.make_pipe("go");
    let first = start(&project);
    first.signal(Signal::SIGKILL);
    assert_eq!(first.finish().code, -9);
    project.edit("rig.config.ts", "read go < go", "true");
    project.done("apply -w web --no-wait");
    assert_eq!(project.lines("ran.log"), ["web", "web"]);
    let applies = project.done("log --json").document("log.json");
    assert_eq!(applies["applies"].as_array().unwrap().len(), 2);
    assert_snapshot!(project.transcript(&["log"]));
}

#[test]
fn a_person_is_told_whom_to_wait_for() {
    let project = Project::new(WAITING);
    project.make_pipe("go");
    let first = start(&project);
    let mut second = project.terminal("apply -w web");
    second.wait_for("waiting for another apply of `web`: tester@");
    fs::write(project.path("go"), "go\n").unwrap();
    let _ = first.finish().exits_with(0);
    let (code, screen) = second.finish();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("web  up to date"), "{screen}");
}

/// Without a terminal a program that wants it to stop sends a signal.
#[test]
fn a_signal_cancels_in_good_order() {
    let signals = [
        (Signal::SIGINT, 130),
        (Signal::SIGTERM, 143),
        (Signal::SIGHUP, 129),
    ];
    for (signal, code) in signals {
        let project = Project::new(WAITING);
        project.make_pipe("go");
        let running = start(&project);
        running.signal(signal);
        let output = running.finish();
        assert_eq!(output.code, code, "{signal}: {}", output.transcript());
        let events = output.events();
        let last = events.last().unwrap();
        assert_eq!(
            (&last["type"], &last["outcome"]),
            (&"apply.completed".into(), &"cancelled".into())
        );
        let plan = project.done("plan -w web --json").document("plan.json");
        assert_eq!(plan["workflows"][0]["cachedNodeCount"], 0);
        let log = project.done("log --json").document("log.json");
        assert_eq!(log["applies"][0]["outcome"], "cancelled");
    }
}

#[test]
fn a_cancelled_run_is_a_document() {
    let project = Project::new(WAITING);
    project.make_pipe("go");
    let running = project.command("apply -w web --json").start();
    // The task has opened the pipe once this can be opened as well.
    let go = fs::OpenOptions::new()
        .write(true)
        .open(project.path("go"))
        .unwrap();
    running.signal(Signal::SIGINT);
    let output = running.finish().exits_with(130);
    drop(go);
    assert_eq!(output.error()["code"], "cancelled");
}

/// Whoever dies while it makes a workspace leaves it to be removed.
#[test]
fn a_workspace_that_was_never_finished_can_be_removed() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
  .task("prepare", () => {})
  .workspace({
    create: async ({ host }) => {
      await host.exec("read go < go");
      return {};
    },
    remove: () => {},
  })
  .workspaceOperation("use", { run: () => {} });
"#,
    );
    project.make_pipe("go");
    let mut running = project.command("create one --events").start();
    running.wait_for("command.started", "workspace.one.create");
    assert_snapshot!("creating", project.transcript(&["ls"]));
    running.signal(Signal::SIGKILL);
    assert_eq!(running.finish().code, -9);
    assert_snapshot!(
        "incomplete",
        project.transcript(&["ls", "run one use", "create one", "rm one --yes", "ls"])
    );
}
