//! Runs of the past: found again, kept, pruned, cleared.

use rigkit_engine::CachedRunStatus;

use crate::support::TestProject;

/// Counts its runs in a file of the project, through what a task returns.
const FIXTURE: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { mode } from "./mode";
export const app = workflow("app").sequence("app")
  .configure({ mode })
  .task("a", ({ config }) => ({ ctx: { mode: config.mode, id: crypto.randomUUID() } }))
  .task("b", { version: "1" }, ({ step }) => ({ ctx: { ...step.ctx, b: crypto.randomUUID() } }));
//- /mode.ts
export const mode = "one";
"#;

/// Takes the mode from the environment, so that only the configuration differs.
fn project() -> TestProject {
    let fixture = FIXTURE.replace("import { mode } from \"./mode\";", "const mode = process.env.MODE;");
    TestProject::new(&fixture).with_env("MODE", "one")
}

#[test]
fn going_back_finds_the_old_runs() {
    let mut project = project();
    let one = project.apply().context;
    project.environment.insert("MODE".to_owned(), "two".to_owned());
    assert_eq!(project.plan_lines()[0], r#"a pending config-changed {"path":"mode","old":"one","new":"two"}"#);
    let two = project.apply().context;
    assert_ne!(one, two);
    project.environment.insert("MODE".to_owned(), "one".to_owned());
    assert_eq!(project.plan_lines(), ["a cached", "b cached"]);
    assert_eq!(project.apply().context, one);
    project.environment.insert("MODE".to_owned(), "two".to_owned());
    assert_eq!(project.plan_lines(), ["a cached", "b cached"]);
}

#[test]
fn an_invalidated_old_run_is_not_found_again() {
    let mut project = project();
    project.apply();
    project.engine().invalidate_all(None).unwrap();
    project.environment.insert("MODE".to_owned(), "two".to_owned());
    project.apply();
    project.environment.insert("MODE".to_owned(), "one".to_owned());
    assert_eq!(
        project.plan_lines(),
        [
            r#"a pending config-changed {"path":"mode","old":"two","new":"one"}"#,
            r#"b pending upstream-pending {"root":"a"}"#,
        ]
    );
}

#[test]
fn the_last_five_runs_of_each_task_stay() {
    let project = TestProject::new(FIXTURE);
    for version in 0..9 {
        project.write(&FIXTURE.replace("version: \"1\"", &format!("version: \"v{version}\"")));
        project.engine().invalidate(None, &["b".to_owned()]).unwrap();
        project.apply();
    }
    let runs = project.engine().cached_runs(None).unwrap();
    let of = |name: &str| runs.iter().filter(|run| run.node_path == name).count();
    assert!((5..=6).contains(&of("b")), "{} runs of b", of("b"));
    let explained = project.engine().explain(None, Some("b")).unwrap().remove(0);
    assert_eq!(explained.history.len(), 5);
    assert!(explained.history[0].current);
}

#[test]
fn stored_runs_say_how_they_stand() {
    let mut project = project();
    project.apply();
    project.environment.insert("MODE".to_owned(), "two".to_owned());
    project.apply();
    project.engine().invalidate(None, &["b".to_owned()]).unwrap();
    project.edit("rig.config.ts", ".task(\"a\"", ".task(\"renamed\"");
    let mut statuses: Vec<(String, CachedRunStatus)> = project
        .engine()
        .cached_runs(None)
        .unwrap()
        .into_iter()
        .map(|run| (run.node_path, run.status))
        .collect();
    statuses.sort_by_key(|(path, status)| (path.clone(), format!("{status:?}")));
    assert_eq!(
        statuses,
        [
            ("a".to_owned(), CachedRunStatus::Orphaned),
            ("a".to_owned(), CachedRunStatus::Orphaned),
            ("b".to_owned(), CachedRunStatus::Invalidated),
            ("b".to_owned(), CachedRunStatus::Invalidated),
        ]
    );
}

#[test]
fn clearing_deletes_the_runs() {
    let project = TestProject::new(FIXTURE);
    assert_eq!(project.engine().clear_cache(None).unwrap(), 0);
    assert!(!project.exists(".rigkit"));
    project.apply();
    assert_eq!(project.engine().clear_cache(Some("other")).unwrap(), 0);
    assert_eq!(project.engine().clear_cache(Some("app")).unwrap(), 2);
    assert_eq!(project.plan_lines(), ["a pending never-run", "b pending never-run"]);
    assert!(project.engine().cached_runs(None).unwrap().is_empty());
}

#[test]
fn an_unknown_task_cannot_be_invalidated() {
    let project = TestProject::new(FIXTURE);
    project.apply();
    let error = project.engine().invalidate(None, &["bb".to_owned()]).unwrap_err();
    assert_eq!((error.code(), error.to_string()), ("unknown-task", "there is no task `bb`".to_owned()));
    assert_eq!(project.plan_lines(), ["a cached", "b cached"]);
}
