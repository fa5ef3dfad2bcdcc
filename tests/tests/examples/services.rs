//! `examples/services`: expiry, invalidation, artifacts, checks, secrets, workspaces and operations.

use std::{fs, time::Duration};

use rigkit_tests::Project;
use serde_json::json;

use crate::support::{
    age, check_statuses, check_types, example, files_below, freshness, plan, result, tasks_run,
};

fn prepared() -> Project {
    let project = example("services");
    for workflow in ["tools", "api", "web"] {
        project.done(&format!("apply --workflow {workflow}"));
    }
    project
}

const API_AT_REST: &str = "
    sources  pending      always-runs
    create   conditional  upstream-pending
    migrate  conditional  upstream-pending
    seed     conditional  upstream-pending
    verify   pending      always-runs
";

const WEB_AT_REST: &str = "
    sources       pending      always-runs
    pages.list    conditional  upstream-pending
    pages.render  conditional  upstream-pending
    styles.join   conditional  upstream-pending
    bundle        conditional  upstream-pending
";

const TOOLS_AT_REST: &str = "
    git.find   cached
    awk.find   cached
    sort.find  cached
    report     cached
";

fn check_at_rest(project: &Project) {
    check_statuses(project, "tools", TOOLS_AT_REST);
    check_statuses(project, "api", API_AT_REST);
    check_statuses(project, "web", WEB_AT_REST);
}

#[test]
fn are_prepared_once() {
    let project = prepared();
    check_at_rest(&project);
    assert_eq!(tasks_run(&project, "tools"), [""; 0]);
    assert_eq!(tasks_run(&project, "api"), ["sources", "verify"]);
    assert_eq!(tasks_run(&project, "web"), ["sources"]);
    check_at_rest(&project);
    assert_eq!(
        project.read(".rigkit/databases/notes/tags"),
        "1 home\n2 letters\n"
    );
    assert_eq!(
        project.lines(".rigkit/web/en/files.txt"),
        ["all.css", "letters.html", "plants.html"]
    );
}

#[test]
fn rows_expire_after_half_a_day() {
    let project = prepared();
    age(&project, "seed", Duration::from_hours(13));
    check_statuses(
        &project,
        "api",
        "
        sources  pending      always-runs
        create   conditional  upstream-pending
        migrate  conditional  upstream-pending
        seed     pending      expired
        verify   pending      upstream-pending
        ",
    );
    assert_eq!(tasks_run(&project, "api"), ["sources", "seed", "verify"]);
    check_statuses(&project, "api", API_AT_REST);
}

#[test]
fn a_program_that_is_found_where_it_was_changes_nothing() {
    let project = prepared();
    age(&project, "awk.find", Duration::from_hours(25));
    check_statuses(
        &project,
        "tools",
        "
        git.find   cached
        awk.find   pending      expired
        sort.find  cached
        report     conditional  upstream-pending
        ",
    );
    assert_eq!(tasks_run(&project, "tools"), ["awk.find"]);
    check_statuses(&project, "tools", TOOLS_AT_REST);
}

#[test]
fn a_table_that_was_dropped_makes_the_database_anew() {
    let project = prepared();
    fs::remove_file(project.path(".rigkit/databases/notes/tags")).unwrap();
    // `verify` sends the walk back to `create`.
    let run = [
        "sources", "verify", "sources", "create", "migrate", "seed", "verify",
    ];
    assert_eq!(tasks_run(&project, "api"), run);
    assert_eq!(
        project.read(".rigkit/databases/notes/tags"),
        "1 home\n2 letters\n"
    );
    check_statuses(&project, "api", API_AT_REST);
}

#[test]
fn a_database_that_is_gone_is_made_again() {
    let project = prepared();
    fs::remove_dir_all(project.path(".rigkit/databases/notes")).unwrap();
    check_statuses(
        &project,
        "api",
        "
        sources  pending      always-runs
        create   pending      artifact-gone
        migrate  pending      upstream-pending
        seed     pending      upstream-pending
        verify   pending      upstream-pending
        ",
    );
    project.done("apply --workflow api");
    assert_eq!(
        project.read(".rigkit/databases/notes/tags"),
        "1 home\n2 letters\n"
    );
}

#[test]
fn a_file_in_a_branch_is_all_that_its_workflow_runs_for() {
    let project = prepared();
    project.write("web/styles/type.css", "h1 { color: teal }\n");
    check_at_rest(&project);
    let run = [
        "sources",
        "pages.list",
        "styles.join",
        "pages.render",
        "bundle",
    ];
    let mut started = tasks_run(&project, "web");
    started.sort_unstable();
    let mut expected = run.map(str::to_owned);
    expected.sort_unstable();
    assert_eq!(started, expected);
    assert_eq!(tasks_run(&project, "api"), ["sources", "verify"]);
}

#[test]
fn a_stopped_server_holds_an_apply_up_and_changes_nothing_else() {
    let project = prepared();
    project.done("do server --action stop");
    let plan = plan(&project, "api");
    assert_eq!(plan["checks"][0]["status"], "required");
    check_statuses(&project, "api", API_AT_REST);
    let refused = project.rig("apply --workflow api").exits_with(1);
    assert!(
        refused.stderr.contains("rig do server --action start"),
        "{}",
        refused.stderr
    );
    project.done("do server --action start");
    assert_eq!(tasks_run(&project, "api"), ["sources", "verify"]);
}

#[test]
fn a_password_is_noticed_and_never_written_down() {
    let password = "open sesame 4711";
    let project = prepared();
    let with_password = |line: &str| {
        project
            .command(line)
            .env("DATABASE_PASSWORD", password)
            .run()
            .exits_with(0)
    };
    let plan = with_password("plan --workflow api --json").document("plan.json");
    assert_eq!(
        plan["workflows"][0]["nodes"][1]["reason"]["code"],
        "provider-changed"
    );
    with_password("apply --workflow api");
    for file in files_below(&project.path(".rigkit")) {
        let contents = fs::read(&file).unwrap();
        let is_there = contents
            .windows(password.len())
            .any(|window| window == password.as_bytes());
        assert!(!is_there, "{}", file.display());
    }
    // The database of the first password is gone, although its runs are still stored.
    assert_eq!(
        tasks_run(&project, "api"),
        ["sources", "create", "migrate", "seed", "verify"]
    );
}

#[test]
fn a_workspace_has_a_database_of_its_own() {
    let project = prepared();
    project.done("create mine --workflow api");
    assert_eq!(freshness(&project), "current");
    let rows = result(&project, "run mine rows --table notes --limit 2 --json");
    assert_eq!(rows, json!(["1 Water the plants", "2 Write to Ada"]));
    project.done("run mine insert notes '4 Sing' --first");
    assert_eq!(
        result(&project, "do compare mine --json"),
        json!(["4 Sing"])
    );
    assert_eq!(
        result(&project, "do compare mine --table tags --json"),
        json!([])
    );
    let databases = result(&project, "do databases --json");
    assert_eq!(
        databases[1],
        json!({ "name": "notes-mine", "migrations": ["001-notes", "002-tags"], "copyOf": "notes" })
    );

    project.rig("run mine rows --table ../notes").exits_with(1);
    project.rig("run mine rows").exits_with(2);
    project
        .rig("run mine rows --table notes --limit 0")
        .exits_with(2);
    project.done("rm mine --yes");
    assert!(!project.path(".rigkit/databases/notes-mine").exists());
    assert_eq!(
        result(&project, "do databases --json")
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_workspace_is_published_where_it_is_told() {
    let project = prepared();
    project.done("create mine --workflow web");
    let published = result(
        &project,
        "run mine publish --target preview --tags a --tags b --json",
    );
    assert_eq!(published["target"], ".rigkit/published/preview");
    assert_eq!(project.read(".rigkit/published/preview/tags.txt"), "a\nb\n");
    project.rig("run mine publish --target moon").exits_with(2);
    project.done("rm mine --yes");
    assert!(!project.path(".rigkit/workspaces/mine").exists());
}

#[test]
fn another_language_is_made_beside_the_first() {
    let project = prepared();
    let german = |line: &str| {
        project
            .command(line)
            .env("SITE_LANGUAGE", "de")
            .run()
            .exits_with(0)
    };
    let plan = german("plan --workflow web --json").document("plan.json");
    let reason =
        json!({ "code": "config-changed", "path": "site.language", "old": "en", "new": "de" });
    assert_eq!(plan["workflows"][0]["nodes"][1]["reason"], reason);
    german("apply --workflow web");
    assert!(
        project
            .read(".rigkit/web/de/plants.html")
            .contains(r#"lang="de""#)
    );
    check_statuses(&project, "web", WEB_AT_REST);
    assert!(
        project
            .read(".rigkit/web/en/plants.html")
            .contains(r#"lang="en""#)
    );
}

#[test]
fn it_type_checks() {
    check_types("services");
}
