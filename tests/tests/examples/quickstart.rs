//! `examples/quickstart`: what it prepares, and what a plan says of changes.

use std::{process::Command, time::Duration};

use rigkit_tests::Project;
use serde_json::{Value, json};

use crate::support::{
    age, check_statuses, check_types, example, freshness, names_in, result, tasks_run,
};

fn prepared() -> Project {
    let project = example("quickstart");
    project.done("apply");
    project
}

#[test]
fn is_prepared_once_and_below_one_directory() {
    let project = example("quickstart");
    let before = names_in(&project.root());
    let applied = project.done("apply --json").document("apply.json");
    assert_eq!(
        applied["context"]["pages"],
        json!(["about.html", "index.html"])
    );
    assert!(
        project
            .read(".rigkit/site/field-notes/index.html")
            .contains("<h1>Welcome</h1>")
    );
    check_statuses(&project, "site", AT_REST);

    let again = project.done("apply --json").document("apply.json");
    assert_eq!(again["context"], applied["context"]);
    check_statuses(&project, "site", AT_REST);

    let mut after = names_in(&project.root());
    after.retain(|name| name != ".rigkit");
    assert_eq!(after, before);
}

const AT_REST: &str = "
    tools       cached
    sources     pending      always-runs
    repository  conditional  upstream-pending
    packages    conditional  upstream-pending
    build       conditional  upstream-pending
";

#[test]
fn a_page_that_changed_is_built_again() {
    let project = prepared();
    let commit = context(&project)["commit"].clone();
    project.edit("template/pages/index.md", "# Welcome", "# Hello");
    project.done("apply");
    assert!(
        project
            .read(".rigkit/site/field-notes/index.html")
            .contains("<h1>Hello</h1>")
    );
    assert_ne!(context(&project)["commit"], commit);
}

#[test]
fn a_plan_shows_the_title_before_and_after() {
    let project = prepared();
    let plan = project
        .command("plan --json")
        .env("SITE_TITLE", "Field guide")
        .run();
    let plan = plan.exits_with(0).document("plan.json");
    let build = &plan["workflows"][0]["nodes"][4];
    let reason = json!({ "code": "config-changed", "path": "title", "old": "Field notes", "new": "Field guide" });
    assert_eq!(build["reason"], reason);
    assert_eq!(plan["workflows"][0]["nodes"][0]["status"], "cached");
}

#[test]
fn tools_are_looked_at_again_after_a_day() {
    let project = prepared();
    age(&project, "tools", Duration::from_hours(23));
    check_statuses(&project, "site", AT_REST);
    age(&project, "tools", Duration::from_hours(2));
    check_statuses(
        &project,
        "site",
        "
        tools       pending      expired
        sources     pending      always-runs
        repository  conditional  upstream-pending
        packages    conditional  upstream-pending
        build       conditional  upstream-pending
        ",
    );
    // The same tools are there, so nothing else had to run.
    assert_eq!(tasks_run(&project, "site"), ["tools", "sources"]);
    check_statuses(&project, "site", AT_REST);
}

#[test]
fn what_is_invalidated_runs_again_with_what_follows() {
    let project = prepared();
    project.done("create draft");
    project.done("cache invalidate repository");
    check_statuses(
        &project,
        "site",
        "
        tools       cached
        sources     pending      always-runs
        repository  pending      invalidated
        packages    pending      upstream-pending
        build       pending      upstream-pending
        ",
    );
    assert_eq!(freshness(&project), "behind");
    assert_eq!(
        tasks_run(&project, "site"),
        ["sources", "repository", "packages", "build"]
    );
    check_statuses(&project, "site", AT_REST);
    assert_eq!(
        result(&project, "run draft status --json")["changes"],
        json!([])
    );
}

#[test]
fn a_workspace_is_a_worktree_that_is_not_lost() {
    let project = prepared();
    project.done("create draft");
    assert_eq!(freshness(&project), "current");
    let status = result(&project, "run draft status --json");
    assert_eq!(
        status,
        json!({ "path": WORKTREE, "branch": "draft", "changes": [], "commits": [] })
    );

    project.edit(
        &format!("{WORKTREE}/pages/about.md"),
        "# About",
        "# <About>",
    );
    let built = result(&project, "run draft build --title 'A & B' --json");
    assert_eq!(built["pages"], json!(["about.html", "index.html"]));
    let page = project.read(".rigkit/workspaces/draft-site/about.html");
    assert!(
        page.contains("<title>A &amp; B</title>") && page.contains("<h1>&lt;About&gt;</h1>"),
        "{page}"
    );

    let refused = project.rig("rm draft --yes").exits_with(1);
    assert!(
        refused
            .stderr
            .contains("contains modified or untracked files"),
        "{}",
        refused.stderr
    );
    assert_eq!(
        result(&project, "run draft status --json")["changes"],
        json!(["M pages/about.md"])
    );

    git(&project, &["commit", "--quiet", "--all", "--message=About"]);
    let kept = project.done("rm draft --yes");
    assert!(
        kept.stderr.contains("the branch `draft` stays"),
        "{}",
        kept.stderr
    );
    assert!(!project.path(WORKTREE).exists());

    project.done("create draft");
    assert!(
        project
            .read(&format!("{WORKTREE}/pages/about.md"))
            .contains("<About>")
    );
    project.done("create empty");
    project.done("rm empty --yes");
    let archived = result(&project, "do archive --branch draft --json");
    assert!(project.path(archived["file"].as_str().unwrap()).exists());
    project.rig("do archive --branch empty").exits_with(1);
}

const WORKTREE: &str = ".rigkit/workspaces/draft";

fn git(project: &Project, arguments: &[&str]) {
    let author = [
        "-c",
        "user.name=Tester",
        "-c",
        "user.email=tester@example.com",
    ];
    let mut command = Command::new("git");
    command
        .args(author)
        .args(arguments)
        .current_dir(project.path(WORKTREE));
    assert!(command.status().unwrap().success());
}

fn context(project: &Project) -> Value {
    project.done("apply --json").document("apply.json")["context"].take()
}

#[test]
fn it_type_checks() {
    check_types("quickstart");
}
