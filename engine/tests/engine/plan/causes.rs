//! How many tasks have to run, why, and how many follow each cause.

use rigkit_engine::plan::WorkflowPlan;

use crate::support::TestProject;

/// Writes the counts of a plan, and each cause with what follows it for certain and perhaps.
fn counts(plan: &WorkflowPlan) -> Vec<String> {
    let standing = if plan.up_to_date {
        "up to date"
    } else {
        "to run"
    };
    let first = format!(
        "{standing}: {} of {}, {} may follow",
        plan.pending_node_count, plan.node_count, plan.conditional_node_count
    );
    let causes = plan.causes.iter().map(|cause| {
        format!(
            "{} {}+{}",
            cause.path, cause.pending_after, cause.conditional_after
        )
    });
    std::iter::once(first).chain(causes).collect()
}

/// Applies a workflow of these calls, where `on` is a task's version, changes the version, and
/// compares.
#[track_caller]
fn check(calls: &str, expected: &[&str]) -> TestProject {
    let project = TestProject::new(&format!(
        "import {{ sequence, task }} from \"@rigkit/sdk\";\nimport {{ on }} from \"./on\";\nconst each = {{ cacheTTL: 0 }}, cutoff = {{ cutoff: true }};\nconst run = () => {{}};\nexport const app = sequence(\"app\"){calls};\n//- /on.ts\nexport const on = {{ version: \"1\" }};\n"
    ));
    project.apply();
    project.edit("on.ts", "1", "2");
    assert_eq!(counts(&project.plan()), expected, "{calls}");
    project
}

#[test]
fn what_follows_a_join_follows_each_branch() {
    check(
        r#".parallel({ a: task("x", on, run), b: task("x", on, run), c: task("x", run) })
           .task("join", run).task("last", run)"#,
        &["to run: 4 of 5, 0 may follow", "a.x 2+0", "b.x 2+0"],
    );
    check(
        r#".parallel({ a: task("x", { ...each, ...cutoff }, run), b: task("x", { ...on, ...cutoff }, run) })
           .task("join", run)"#,
        &["to run: 2 of 3, 1 may follow", "a.x 0+1", "b.x 0+1"],
    );
    check(
        r#".parallel({ a: task("x", on, run), b: task("x", { ...each, ...cutoff }, run) })
           .task("join", run)"#,
        &["to run: 3 of 3, 0 may follow", "a.x 1+0", "b.x 0+1"],
    );
}

#[test]
fn what_follows_a_cut_off_task_follows_its_cause() {
    check(
        r#".task("first", on, run).task("between", cutoff, run).task("cut", cutoff, run).task("last", run)"#,
        &["to run: 2 of 4, 2 may follow", "first 1+2"],
    );
    check(
        r#".task("a", { ...each, ...cutoff }, run).task("b", { ...each, ...cutoff }, run).task("last", run)"#,
        &["up to date: 2 of 3, 1 may follow", "a 0+1", "b 0+1"],
    );
}

#[test]
fn a_workflow_is_up_to_date_where_nothing_must_follow_what_runs_each_time() {
    check(r#".task("a", run)"#, &["up to date: 0 of 1, 0 may follow"]);
    check(
        r#".task("a", run).task("last", each, run)"#,
        &["up to date: 1 of 2, 0 may follow", "last 0+0"],
    );
    check(
        r#".task("look", { ...each, ...cutoff }, run).task("a", run)"#,
        &["up to date: 1 of 2, 1 may follow", "look 0+1"],
    );
    check(
        r#".task("look", each, run).task("last", each, run)"#,
        &["up to date: 2 of 2, 0 may follow", "look 1+0"],
    );
    check(
        r#".task("look", each, run).task("a", run)"#,
        &["to run: 2 of 2, 0 may follow", "look 1+0"],
    );
}

#[test]
fn an_explanation_names_every_cause() {
    let project = check(
        r#".parallel({ a: task("x", on, run), b: task("x", { ...each, ...cutoff }, run), c: task("x", run) })
           .task("join", run)"#,
        &["to run: 3 of 4, 0 may follow", "a.x 1+0", "b.x 0+1"],
    );
    let causes = |task: &str| -> Vec<String> {
        let mut explained = project.engine().explain(None, Some(task)).unwrap();
        let explained = explained.remove(0);
        let first = explained.causes.first().map(|cause| &cause.node);
        assert_eq!(explained.cause.as_ref(), first);
        let text = explained.causes.iter().map(|cause| {
            let reason = cause.node.reason.code();
            let (certain, perhaps) = (cause.pending_after, cause.conditional_after);
            format!("{} {reason} {certain}+{perhaps}", cause.node.path)
        });
        text.collect()
    };
    assert_eq!(
        causes("join"),
        ["a.x version-changed 1+0", "b.x always-runs 0+1"]
    );
    assert!(causes("a.x").is_empty());
    assert!(causes("c.x").is_empty());
}

#[test]
fn a_plan_of_the_first_tasks_counts_those() {
    let project = check(
        r#".task("a", on, run).task("b", run).task("c", run)"#,
        &["to run: 3 of 3, 0 may follow", "a 2+0"],
    );
    let request = rigkit_engine::PlanRequest {
        workflow: None,
        level: rigkit_engine::plan::PlanLevel::AtRest,
    };
    let session = crate::support::Recording::default().session();
    let plans = project
        .engine()
        .plan_until(&request, "b", &session)
        .unwrap();
    assert_eq!(counts(&plans[0]), ["to run: 2 of 2, 0 may follow", "a 1+0"]);
}
