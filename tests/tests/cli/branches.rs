//! That branches run at the same time, and no more of them than are wanted.

use rigkit_tests::Project;
use serde_json::Value;

/// Two branches that only end when both have begun: each waits at a pipe for the other.
const MEETING: &str = r#"
//- /rig.config.ts
import { task, workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

const run = (line) => async ({ host }) => {
  const { ok } = await host.exec(line, { timeoutMs: 60000, check: false });
  if (!ok) throw new Error("the other one never came");
};
export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
  .parallel({
    left: task("meet", run("echo here > to-right && read answer < to-left")),
    right: task("meet", run("read question < to-right && echo here > to-left")),
  });
"#;

#[test]
fn branches_run_at_the_same_time() {
    let project = Project::new(MEETING);
    project.make_pipe("to-left");
    project.make_pipe("to-right");
    let events = project.done("apply --events").events();
    let [left, right] = ["left.meet", "right.meet"].map(|node| interval(&events, node));
    assert!(left.0 < right.1 && right.0 < left.1, "{left:?} {right:?}");
}

const FOUR: &str = r#"
//- /rig.config.ts
import { sequence, task, workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

const run = ({ host }) => host.exec("true").then(() => undefined);
const branch = (name) => sequence(name).task("one", run).task("two", run);
export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
  .parallel({ a: branch("a"), b: branch("b"), c: branch("c"), d: branch("d") })
  .task("join", run);
"#;

#[test]
fn no_more_tasks_run_at_once_than_wanted() {
    let check = |jobs: usize| {
        let project = Project::new(FOUR);
        let events = project
            .done(&format!("apply --events --jobs {jobs}"))
            .events();
        let (mut now, mut most) = (0, 0);
        for event in &events {
            match event["type"].as_str().unwrap() {
                "node.started" => now += 1,
                "node.completed" => now -= 1,
                _ => {}
            }
            most = most.max(now);
        }
        assert!(most <= jobs, "{most} tasks at once instead of {jobs}");
        let joined = interval(&events, "join").0;
        for branch in ["a", "b", "c", "d"] {
            let one = interval(&events, &format!("{branch}.one"));
            let two = interval(&events, &format!("{branch}.two"));
            assert!(one.1 < two.0 && two.1 < joined, "{branch}");
        }
    };
    check(1);
    check(2);
    check(3);
}

#[test]
fn one_job_cannot_wait_for_another() {
    let project = Project::new(MEETING);
    project.edit(
        "rig.config.ts",
        "echo here > to-right && read answer < to-left",
        "echo left >> order",
    );
    project.edit(
        "rig.config.ts",
        "read question < to-right && echo here > to-left",
        "echo right >> order",
    );
    let events = project.done("apply --events --jobs 1").events();
    let [left, right] = ["left.meet", "right.meet"].map(|node| interval(&events, node));
    assert!(left.1 < right.0 || right.1 < left.0, "{left:?} {right:?}");
    assert_eq!(project.lines("order").len(), 2);
}

#[test]
fn a_failure_lets_running_branches_finish_and_starts_nothing_new() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { sequence, task, workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
  .parallel({
    // It fails only when the other one runs, and says so before the other one ends.
    bad: task("bad", async ({ host }) => {
      await host.exec("read started < started");
      throw new Error("out of luck");
    }),
    good: sequence("good")
      .task("slow", async ({ host }) => {
        await host.exec("echo now > started; read go < go");
        return { ctx: { done: true } };
      })
      .task("never", ({ host }) => host.writeFile("never", "")),
  });
"#,
    );
    project.make_pipe("started");
    project.make_pipe("go");
    let mut running = project.command("apply --events").start();
    running.wait_for("node.failed", "bad.bad");
    std::fs::write(project.path("go"), "go\n").unwrap();
    let output = running.finish().exits_with(1);
    check_told_at_once(&output.stderr);
    let events = output.events();
    assert!(
        events
            .iter()
            .any(|event| event["type"] == "node.completed" && event["nodePath"] == "good.slow")
    );
    assert!(!events.iter().any(|event| event["nodePath"] == "good.never"));
    assert!(!project.path("never").exists());
    let plan = project.done("plan --json").document("plan.json");
    assert_eq!(plan["workflows"][0]["nodes"][1]["status"], "cached");
}

/// The failure has its place as soon as it is there, and the end repeats it with its log.
#[track_caller]
fn check_told_at_once(stderr: &str) {
    let place = |text: &str| {
        stderr
            .find(text)
            .unwrap_or_else(|| panic!("no {text}: {stderr}"))
    };
    let report = "error: `bad.bad` failed: out of luck\n  --> rig.config.ts:10:";
    assert!(place(report) < place("✓ good.slow"), "{stderr}");
    let (_, end) = stderr.split_at(place("failed in"));
    assert!(
        end.contains("error: `bad.bad` failed: out of luck"),
        "{end}"
    );
    let (_, log) = end.split_once("its log: rig log ").unwrap();
    let log = log.lines().next().unwrap();
    assert!(end.contains(&format!("{log}.ndjson")), "{end}");
}

/// Gives the places of a task's beginning and end among the events.
fn interval(events: &[Value], node: &str) -> (u64, u64) {
    let place = |kind: &str| {
        let event = events
            .iter()
            .find(|event| event["type"] == kind && event["nodePath"] == node);
        event.unwrap_or_else(|| panic!("no {kind} of {node}"))["sequence"]
            .as_u64()
            .unwrap()
    };
    (place("node.started"), place("node.completed"))
}
