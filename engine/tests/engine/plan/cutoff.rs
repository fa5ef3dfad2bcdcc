//! Tasks whose context is all that matters.

use super::check_edit;

/// The second task gives the same whatever the first is configured with, or not.
const FIXTURE: &str = r#"
//- /rig.config.ts
import { app } from "./tasks";
export default app({ version: "1" }, { x: "a" });
//- /tasks.ts
import { workflow } from "@rigkit/sdk";
export const app = (options, config) => workflow("app").sequence("app")
  .task("first", () => ({ ctx: { n: 1 } }))
  .configure(config)
  .task("cut", { cutoff: true, ...options }, ({ config }) => ({ ctx: { size: config.x.length } }))
  .configure({ x: null })
  .task("after", ({ step }) => ({ ctx: { ...step.ctx, id: crypto.randomUUID() } }))
  .task("last", () => {});
"#;

#[test]
fn tasks_behind_a_pending_cut_off_are_cached_on_a_condition() {
    let project = check_edit(
        FIXTURE,
        &[("rig.config.ts", "\"1\"", "\"2\"")],
        &[
            "first cached",
            r#"cut pending version-changed {"old":"1","new":"2"}"#,
            r#"after conditional upstream-pending {"root":"cut"}"#,
            r#"last conditional upstream-pending {"root":"cut"}"#,
        ],
    );
    let plan = project.plan();
    assert_eq!((plan.cached_node_count, plan.node_count), (1, 4));
    assert!(!plan.is_settled());
}

#[test]
fn an_equal_output_keeps_what_follows() {
    let project = check_edit(FIXTURE, &[], &["first cached", "cut cached", "after cached", "last cached"]);
    let before = project.apply().context;
    project.edit("rig.config.ts", "\"a\"", "\"b\"");
    let (outcome, recording) = project.apply_with(&rigkit_engine::ApplyRequest::default());
    assert_eq!(outcome.unwrap().context, before);
    assert_eq!(
        recording.outline_of(&["node."]),
        ["node.cached first", "node.started cut", "node.completed cut", "node.cached after", "node.cached last"]
    );
    assert_eq!(project.plan_lines(), ["first cached", "cut cached", "after cached", "last cached"]);
}

#[test]
fn a_chain_of_equal_outputs_leads_back_to_the_first_run() {
    let project = check_edit(FIXTURE, &[], &["first cached", "cut cached", "after cached", "last cached"]);
    let before = project.apply().context;
    for name in ["b", "c", "d"] {
        project.write(&FIXTURE.replace("x: \"a\"", &format!("x: {name:?}")));
        assert_eq!(project.apply().context, before, "{name}");
    }
}

#[test]
fn another_output_runs_what_follows() {
    let project = check_edit(FIXTURE, &[], &["first cached", "cut cached", "after cached", "last cached"]);
    let before = project.apply().context;
    project.edit("rig.config.ts", "\"a\"", "\"bb\"");
    let (outcome, recording) = project.apply_with(&rigkit_engine::ApplyRequest::default());
    assert_ne!(outcome.unwrap().context, before);
    assert_eq!(
        recording.outline_of(&["node.started", "node.cached"]),
        ["node.cached first", "node.started cut", "node.started after", "node.started last"]
    );
}

#[test]
fn without_cut_off_an_equal_output_runs_what_follows() {
    let plain = FIXTURE.replace("cutoff: true, ", "");
    let project = check_edit(
        &plain,
        &[("rig.config.ts", "\"a\"", "\"b\"")],
        &[
            "first cached",
            r#"cut pending config-changed {"path":"x","old":"a","new":"b"}"#,
            r#"after pending upstream-pending {"root":"cut"}"#,
            r#"last pending upstream-pending {"root":"cut"}"#,
        ],
    );
    let (_, recording) = project.apply_with(&rigkit_engine::ApplyRequest::default());
    assert_eq!(recording.outline_of(&["node.started"]), ["node.started cut", "node.started after", "node.started last"]);
}

#[test]
fn a_cut_off_task_that_was_invalidated_invalidates_what_follows() {
    let project = check_edit(FIXTURE, &[], &["first cached", "cut cached", "after cached", "last cached"]);
    project.engine().invalidate(None, &["cut".to_owned()]).unwrap();
    assert_eq!(
        project.plan_lines(),
        [
            "first cached",
            r#"cut pending invalidated {"by":"tester","at":"now"}"#,
            r#"after pending upstream-pending {"root":"cut"}"#,
            r#"last pending upstream-pending {"root":"cut"}"#,
        ]
    );
}

#[test]
fn turning_cut_off_on_is_no_change_of_the_task() {
    check_edit(
        FIXTURE,
        &[("rig.config.ts", "{ version: \"1\" }", "{ version: \"1\", cutoff: false }")],
        &["first cached", "cut cached", "after cached", "last cached"],
    );
}

#[test]
fn a_condition_in_one_branch_makes_the_join_conditional() {
    check_edit(
        r#"
//- /rig.config.ts
import { app } from "./tasks";
export default app({ version: "1" });
//- /tasks.ts
import { task, workflow } from "@rigkit/sdk";
export const app = (options) => workflow("app").sequence("app")
  .parallel({
    web: task("build", { cutoff: true, ...options }, () => ({ ctx: {} })),
    api: task("build", () => ({ ctx: {} })),
  })
  .task("join", () => {});
"#,
        &[("rig.config.ts", "\"1\"", "\"2\"")],
        &[
            r#"web.build pending version-changed {"old":"1","new":"2"}"#,
            "api.build cached",
            r#"join conditional upstream-pending {"root":"web.build"}"#,
        ],
    );
}
