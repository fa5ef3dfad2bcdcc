//! Runs that grow old.

use rigkit_engine::plan::{PlanLevel, Reason};

use crate::support::TestProject;

const FIXTURE: &str = r#"
import { workflow } from "@rigkit/sdk";
export const app = workflow("app").sequence("app")
  .task("fresh", { cacheTTL: "2h" }, () => {})
  .task("after", () => {});
"#;

#[track_caller]
fn check_age(hours: i64, expected: &[&str]) {
    let project = TestProject::new(FIXTURE);
    project.apply();
    project.age("fresh", hours);
    assert_eq!(project.plan_lines(), expected);
}

#[test]
fn a_run_is_fresh_until_its_time_is_over() {
    check_age(0, &["fresh cached", "after cached"]);
    check_age(1, &["fresh cached", "after cached"]);
    check_age(
        2,
        &[
            r#"fresh pending expired {"ttl":7200000,"age":"2 h"}"#,
            r#"after pending upstream-pending {"root":"fresh"}"#,
        ],
    );
}

#[test]
fn a_clock_that_went_backwards_makes_a_run_stale() {
    check_age(
        -1,
        &[
            r#"fresh pending expired {"ttl":7200000,"age":"-1 h"}"#,
            r#"after pending upstream-pending {"root":"fresh"}"#,
        ],
    );
}

#[test]
fn a_task_without_a_time_to_live_never_grows_old() {
    let project = TestProject::new(FIXTURE);
    project.apply();
    project.age("after", 1_000_000);
    assert_eq!(project.plan_lines(), ["fresh cached", "after cached"]);
}

#[test]
fn the_time_to_live_is_no_part_of_the_identity() {
    let project = TestProject::new(FIXTURE);
    project.apply();
    project.edit("rig.config.ts", "\"2h\"", "\"9h\"");
    project.age("fresh", 3);
    let components = project
        .engine()
        .explain(None, Some("fresh"))
        .unwrap()
        .remove(0)
        .components;
    let changed: Vec<&str> = components
        .iter()
        .filter(|component| component.old != component.new)
        .map(|component| component.name.as_str())
        .collect();
    assert!(changed.is_empty(), "{changed:?}");
}

#[test]
fn zero_runs_every_time() {
    let project = TestProject::new(&FIXTURE.replace("\"2h\"", "0"));
    let lines = [
        "fresh pending always-runs",
        r#"after pending upstream-pending {"root":"fresh"}"#,
    ];
    project.apply();
    assert_eq!(project.plan_lines(), lines);
    let (_, recording) = project.apply_with(&rigkit_engine::ApplyRequest::default());
    assert_eq!(
        recording.outline_of(&["node.started"]),
        ["node.started fresh", "node.started after"]
    );
    assert_eq!(project.plan_lines(), lines);
}

#[test]
fn the_exact_age_is_told() {
    let project = TestProject::new(FIXTURE);
    project.apply();
    project.age("fresh", 5);
    let plan = project.plan_at(PlanLevel::AtRest).unwrap();
    let Reason::Expired { ttl, age } = &plan.nodes[0].reason else {
        panic!("{:?}", plan.nodes[0].reason);
    };
    assert_eq!(ttl.as_secs(), 7_200);
    assert!((18_000_000..18_600_000).contains(age), "{age}");
}
