//! What a plan says of a task whose last try failed.

use rigkit_engine::wording::failure::phrase;

use crate::support::TestProject;

const FIXTURE: &str = r#"
import { sequence } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
export const app = sequence("app").addProvider("host", host.provider())
  .task("first", () => {})
  .task("build", async ({ host }) => {
    if (await host.exists("broken")) await host.exec("echo no space >&2; exit 7");
    if (await host.exists("thrown")) throw new Error("no \ud83d luck\nat all");
  })
  .task("look", { cacheTTL: 0 }, async ({ host }) => {
    if (await host.exists("unseen")) throw new Error("cannot look");
  });
"#;

/// Writes each task that is not cached with its reason and how its last try failed.
fn failures(project: &TestProject) -> Vec<String> {
    let plan = project.plan();
    let failed = plan.nodes.iter().filter_map(|node| {
        let failure = node.last_failure.as_ref()?;
        let told = phrase(failure, failure.at);
        let (told, log) = told.split_once(" (rig log ").unwrap();
        let (record, _) = project
            .engine()
            .apply_log(Some(log.trim_end_matches(')')))
            .unwrap();
        assert_eq!(record.id, failure.apply_id);
        Some(format!("{} {}: {told}", node.path, node.reason.code()))
    });
    failed.collect()
}

#[test]
fn a_plan_says_how_the_last_try_failed_until_one_succeeds() {
    let project = TestProject::new(FIXTURE);
    project.write_file("broken", "");
    project.try_apply().unwrap_err();
    assert_eq!(
        failures(&project),
        ["build never-run: failed 0 seconds ago: exit 7"]
    );
    std::fs::remove_file(project.path("broken")).unwrap();
    project.write_file("thrown", "");
    project.try_apply().unwrap_err();
    let thrown = "failed 0 seconds ago: no \u{fffd} luck";
    assert_eq!(failures(&project), [format!("build never-run: {thrown}")]);
    let failed = project.engine().failed_tasks(None).unwrap();
    assert_eq!(failed.len(), 1);
    assert_eq!(
        (&*failed[0].workflow, &*failed[0].node_path),
        ("app", "build")
    );
    std::fs::remove_file(project.path("thrown")).unwrap();
    project.apply();
    assert!(failures(&project).is_empty());
    assert!(project.engine().failed_tasks(None).unwrap().is_empty());
}

#[test]
fn a_workflow_is_not_up_to_date_whose_last_look_failed() {
    let project = TestProject::new(FIXTURE);
    project.apply();
    assert!(project.plan().up_to_date);
    project.write_file("unseen", "");
    project.try_apply().unwrap_err();
    assert_eq!(
        failures(&project),
        ["look always-runs: failed 0 seconds ago: cannot look"]
    );
    assert!(!project.plan().up_to_date);
}

#[test]
fn whoever_clears_the_cache_forgets_failures() {
    let project = TestProject::new(FIXTURE);
    project.write_file("broken", "");
    project.try_apply().unwrap_err();
    project.engine().clear_cache(Some("other")).unwrap();
    assert_eq!(failures(&project).len(), 1);
    project.engine().clear_cache(None).unwrap();
    assert!(failures(&project).is_empty());
}
