//! The projects below `examples`: what they prepare, and what a plan says once time has passed
//! or somebody has changed something.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path, time::Duration};

use rigkit_engine::authoring::TSCONFIG;
use rigkit_tests::{Project, compile};
use rusqlite::Connection;
use serde_json::{Value, json};

const HOUR: Duration = Duration::from_secs(60 * 60);

mod quickstart {
    use super::*;

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
        age(&project, "tools", 23 * HOUR);
        check_statuses(&project, "site", AT_REST);
        age(&project, "tools", 2 * HOUR);
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
        let mut command = std::process::Command::new("git");
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
}

mod services {
    use super::*;

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
        age(&project, "seed", 13 * HOUR);
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
        age(&project, "awk.find", 25 * HOUR);
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
}

/// Copies an example to where nothing of it has ever run.
fn example(name: &str) -> Project {
    let project = Project::new("");
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples")
        .join(name);
    for file in files_below(&source) {
        let path = file.strip_prefix(&source).unwrap();
        if !path.starts_with(".rigkit") {
            project.write(path.to_str().unwrap(), fs::read(&file).unwrap());
        }
    }
    project
}

fn files_below(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files.extend(files_below(&entry.path()));
        } else {
            files.push(entry.path());
        }
    }
    files
}

fn names_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Checks an example with the TypeScript compiler, as an editor does.
fn check_types(name: &str) {
    let project = example(name);
    assert_eq!(
        project.read("tsconfig.json"),
        TSCONFIG,
        "`rig init` writes another one"
    );
    project.done("types");
    assert_eq!(compile(&project.root(), &[]), "");
}

fn plan(project: &Project, workflow: &str) -> Value {
    let plan = project
        .done(&format!("plan --workflow {workflow} --json"))
        .document("plan.json");
    plan["workflows"][0].clone()
}

/// Compares the tasks of a plan with lines of `path status reason`.
fn check_statuses(project: &Project, workflow: &str, expected: &str) {
    let plan = plan(project, workflow);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let nodes = plan["nodes"].as_array().unwrap().iter();
    let found: Vec<Vec<String>> = nodes
        .map(|node| {
            let words = [&node["path"], &node["status"], &node["reason"]["code"]].map(text);
            let is_cached = words[1] == "cached";
            words
                .into_iter()
                .take(if is_cached { 2 } else { 3 })
                .collect()
        })
        .collect();
    let lines = expected
        .lines()
        .map(|line| line.split_whitespace().map(str::to_owned).collect());
    let expected: Vec<Vec<String>> = lines
        .filter(|words: &Vec<String>| !words.is_empty())
        .collect();
    assert_eq!(found, expected);
}

/// Applies a workflow and names the tasks that ran, in the order they began.
fn tasks_run(project: &Project, workflow: &str) -> Vec<String> {
    let events = project
        .done(&format!("apply --workflow {workflow} --events"))
        .events();
    let started = events
        .iter()
        .filter(|event| event["type"] == "node.started");
    started
        .map(|event| event["nodePath"].as_str().unwrap().to_owned())
        .collect()
}

/// Makes the stored runs of a task older, as if it had run that much earlier.
fn age(project: &Project, path: &str, by: Duration) {
    let state = Connection::open(project.path(".rigkit/state.sqlite")).unwrap();
    let by = i64::try_from(by.as_millis()).unwrap();
    let sql = "UPDATE node_runs SET created_at = created_at - ?1 WHERE node_path = ?2";
    assert!(
        state.execute(sql, (by, path)).unwrap() > 0,
        "no run of {path}"
    );
}

/// Gives the result of an operation.
fn result(project: &Project, line: &str) -> Value {
    let schema = if line.starts_with("run ") {
        "run.json"
    } else {
        "do.json"
    };
    project.done(line).document(schema)
}

/// Says whether the only workspace is behind.
fn freshness(project: &Project) -> String {
    let document = project.done("ls --json").document("ls.json");
    document["workspaces"][0]["freshness"]
        .as_str()
        .unwrap()
        .to_owned()
}
