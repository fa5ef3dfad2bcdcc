//! Branches run at once, as many as are allowed.

use std::num::NonZeroUsize;

use rigkit_engine::{ApplyRequest, event::Event};

use crate::support::{Recording, TestProject};

/// Three branches, each of which ends only when all of them have begun.
const HANDSHAKE: &str = r#"
import { sequence, task } from "@rigkit/sdk";
const begun = [];
let release;
const all = new Promise((resolve) => { release = resolve; });
const meet = (name) => task(name, async () => {
  begun.push(name);
  if (begun.length === 3) release();
  await all;
  return { ctx: { begun: begun.length } };
});
export const app = sequence("app")
  .task("first", () => ({ ctx: { first: true } }))
  .parallel({ a: meet("one"), b: sequence("b").add(meet("two")).task("more", () => {}), c: meet("three") })
  .task("last", ({ step }) => ({ ctx: step.ctx }));
"#;

#[test]
fn branches_overlap() {
    let project = TestProject::new(HANDSHAKE);
    let (outcome, recording) = project.apply_with(&ApplyRequest::default());
    let begun = serde_json::json!({ "begun": 3 });
    assert_eq!(
        serde_json::Value::Object(outcome.unwrap().context),
        serde_json::json!({ "first": true, "a": begun, "b": begun, "c": begun })
    );
    let outline = recording.outline_of(&["node."]);
    assert_eq!(
        outline[..5],
        [
            "node.started first",
            "node.completed first",
            "node.started a.one",
            "node.started b.two",
            "node.started c.three"
        ]
    );
    assert_eq!(
        outline[outline.len() - 2..],
        ["node.started last", "node.completed last"]
    );
    let position = |line: &str| outline.iter().position(|other| other == line).unwrap();
    assert!(position("node.completed b.two") < position("node.started b.more"));
    assert!(position("node.completed b.more") < position("node.started last"));
}

/// Gives the most tasks that ran at once.
fn most_at_once(recording: &Recording) -> usize {
    let mut running = 0_usize;
    let mut most = 0;
    for event in recording.events() {
        match event {
            Event::NodeStarted { .. } => running += 1,
            Event::NodeCompleted { .. } | Event::NodeFailed { .. } => running -= 1,
            _ => {}
        }
        most = most.max(running);
    }
    most
}

/// Six branches whose tasks run a command, and so wait.
fn branches() -> String {
    let branches: Vec<String> = (0..6)
        .map(|index| format!("b{index}: task(\"t\", run)"))
        .collect();
    format!(
        r#"{}
//- /rig.config.ts
import {{ sequence, task }} from "@rigkit/sdk";
import {{ tools }} from "./tools";
const run = async ({{ tools }}) => {{ await tools.command({{ argv: ["true"] }}); }};
export const app = sequence("app").addProvider("tools", tools).parallel({{ {} }});
"#,
        crate::support::TOOLS,
        branches.join(", ")
    )
}

#[test]
fn jobs_cap_how_many_run_at_once() {
    for (jobs, most) in [(Some(1), 1), (Some(2), 2), (None, 6)] {
        let project = TestProject::new(&branches());
        let request = ApplyRequest {
            jobs: jobs.and_then(NonZeroUsize::new),
            ..ApplyRequest::default()
        };
        let (outcome, recording) = project.apply_with(&request);
        outcome.unwrap();
        assert_eq!(most_at_once(&recording), most, "{jobs:?}");
        assert_eq!(recording.outline_of(&["node.completed"]).len(), 6);
    }
}

#[test]
fn one_job_takes_the_branches_in_their_order() {
    let project = TestProject::new(&branches());
    let request = ApplyRequest {
        jobs: NonZeroUsize::new(1),
        ..ApplyRequest::default()
    };
    let (_, recording) = project.apply_with(&request);
    let expected: Vec<String> = (0..6)
        .flat_map(|index| {
            [
                format!("node.started b{index}.t"),
                format!("node.completed b{index}.t"),
            ]
        })
        .collect();
    assert_eq!(recording.outline_of(&["node."]), expected);
}

#[test]
fn the_join_does_not_depend_on_who_ends_first() {
    // Each waits for the one that is named after it.
    let project = TestProject::new(
        r#"
import { sequence, task } from "@rigkit/sdk";
const ended = {};
const ends = Object.fromEntries(["a", "b", "c"].map((name) => [name, new Promise((resolve) => { ended[name] = resolve; })]));
const after = (name, other) => task("t", async () => {
  if (other) await ends[other];
  ended[name]();
  return { ctx: { name } };
});
export const app = sequence("app").parallel({ a: after("a", "b"), b: after("b", "c"), c: after("c") });
"#,
    );
    let context = project.apply().context;
    assert_eq!(
        serde_json::to_string(&context).unwrap(),
        r#"{"a":{"name":"a"},"b":{"name":"b"},"c":{"name":"c"}}"#
    );
    assert_eq!(
        project.plan_lines(),
        ["a.t cached", "b.t cached", "c.t cached"]
    );
}

#[test]
fn what_follows_branches_without_a_task_runs_once() {
    let check = |branches: &str| {
        let project = TestProject::new(&format!(
            "import {{ sequence }} from \"@rigkit/sdk\";\nconst empty = () => sequence(\"empty\");\nexport const app = sequence(\"app\").parallel({branches}).task(\"after\", () => {{}});\n"
        ));
        let (result, recording) = project.apply_with(&ApplyRequest::default());
        result.unwrap();
        assert_eq!(
            recording.outline_of(&["node.started"]),
            ["node.started after"],
            "{branches}"
        );
    };
    check("{ a: empty() }");
    check("{ a: empty(), b: empty() }");
    let nested = "empty().parallel({ c: empty(), d: empty() })";
    check(&format!("{{ a: {nested}, b: {nested} }}"));
}
