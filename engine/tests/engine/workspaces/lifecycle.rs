//! From `create` to `remove`.

use serde_json::json;

use super::{FIXTURE, create, create_recorded, listed, remove};
use crate::support::{Recording, TestProject, failure_lines};

#[test]
fn a_workspace_comes_and_goes() {
    let project = TestProject::new(FIXTURE);
    let recording = Recording::default();
    let view = create_recorded(&project, "one", &recording).unwrap();
    assert_eq!(
        serde_json::Value::Object(view.ctx),
        json!({ "path": "/w/one", "from": "b", "node": "workspace.one.create", "name": "app" })
    );
    assert_eq!(
        serde_json::Value::Object(view.workflow_ctx),
        json!({ "base": "b", "version": "1" })
    );
    assert_eq!(
        recording.outline(),
        [
            "definition.loaded",
            "plan.created",
            "apply.started",
            "node.started a",
            "node.completed a",
            "apply.completed",
            "workspace.create.started one",
            "log.output workspace.one.create",
            "workspace.ready one",
        ]
    );
    assert_eq!(
        recording.logs(),
        ["workspace.one.create info creating one true function"]
    );
    assert_eq!(listed(&project), ["one ready current"]);
    create(&project, "two").unwrap();
    assert_eq!(listed(&project), ["one ready current", "two ready current"]);

    let recording = Recording::default();
    remove(&project, "one", false, &recording).unwrap();
    assert_eq!(
        recording.outline(),
        [
            "workspace.remove.started one",
            "log.output workspace.one.remove",
            "workspace.removed one"
        ]
    );
    assert_eq!(listed(&project), ["two ready current"]);
    create(&project, "one").unwrap();
}

#[test]
fn a_failed_create_leaves_no_record_and_says_what_may_be_left() {
    let mut project = TestProject::new(FIXTURE).with_env("FAIL_CREATE", "1");
    let error = create(&project, "one").unwrap_err();
    assert_eq!(
        failure_lines(&project.root(), &error),
        ["workspace.one.create @ rig.config.ts:8: no room"]
    );
    assert_eq!(
        error.help().unwrap(),
        "the workspace is not recorded; what `create` had made until then may be left behind"
    );
    assert!(listed(&project).is_empty());
    assert_eq!(project.plan_lines(), ["a cached"]);
    project.environment.remove("FAIL_CREATE");
    create(&project, "one").unwrap();
}

#[test]
fn what_create_gives_is_an_object() {
    for (value, what) in [
        ("1", "a number at `result`"),
        ("undefined", "undefined at `result`"),
        ("{ a: () => 1 }", "a function at `result.a`"),
    ] {
        let project = TestProject::new(&format!(
            "import {{ sequence }} from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").workspace({{ create: () => ({value}), remove: () => {{}} }});\n"
        ));
        let error = create(&project, "one").unwrap_err();
        let expected = format!(
            "workspace.one.create @ rig.config.ts:2: TypeError: `workspace.one.create` returned {what}, which is not JSON"
        );
        assert_eq!(failure_lines(&project.root(), &error), [expected]);
        assert!(listed(&project).is_empty());
    }
}

#[test]
fn remove_gives_nothing() {
    for (value, is_nothing) in [
        ("undefined", true),
        ("null", true),
        ("1", false),
        ("{}", false),
        ("\"\"", false),
        ("() => 1", false),
        ("Promise.resolve([])", false),
    ] {
        let project = TestProject::new(&format!(
            "import {{ sequence }} from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").workspace({{ create: () => ({{}}), remove: () => ({value}) }});\n"
        ));
        create(&project, "one").unwrap();
        let removed = remove(&project, "one", false, &Recording::default());
        if is_nothing {
            removed.unwrap();
            continue;
        }
        assert_eq!(
            failure_lines(&project.root(), &removed.unwrap_err()),
            [
                "workspace.one.remove @ rig.config.ts:2: TypeError: `workspace.one.remove` must return nothing"
            ],
            "{value}"
        );
        assert_eq!(listed(&project), ["one ready current"]);
    }
}

#[test]
fn a_context_of_a_workspace_keeps_no_secret() {
    let project = TestProject::new(
        "import { env, sequence } from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").workspace({ create: () => ({ token: env.secret(\"TOKEN\")() }), remove: () => {} });\n",
    )
    .with_env("TOKEN", "quo\"te");
    let error = create(&project, "one").unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("the context contains the secret `TOKEN`, and contexts are stored"),
        "{error}"
    );
    assert!(listed(&project).is_empty());
}

#[test]
fn a_failed_remove_keeps_the_record_unless_forced() {
    let mut project = TestProject::new(FIXTURE);
    create(&project, "one").unwrap();
    project
        .environment
        .insert("FAIL_REMOVE".to_owned(), "1".to_owned());
    let error = remove(&project, "one", false, &Recording::default()).unwrap_err();
    assert!(error.to_string().ends_with("still in use"), "{error}");
    assert_eq!(
        error.help().unwrap(),
        "the workspace is kept; `--force` removes its record all the same"
    );
    assert_eq!(listed(&project), ["one ready current"]);
    assert_eq!(forced_failure(&project), "still in use");
    assert!(listed(&project).is_empty());
}

/// Removes a workspace by force and gives what its last event says went wrong.
fn forced_failure(project: &TestProject) -> String {
    let recording = Recording::default();
    remove(project, "one", true, &recording).unwrap();
    let last = serde_json::to_value(recording.records().last().unwrap()).unwrap();
    assert_eq!(last["type"], "workspace.removed");
    last["failure"].as_str().unwrap().to_owned()
}

#[test]
fn a_workspace_of_a_config_that_is_broken_goes_by_force_only() {
    let project = TestProject::new(FIXTURE);
    create(&project, "one").unwrap();
    project.write("export default 1;");
    assert_eq!(listed(&project), ["one ready unknown"]);
    assert_eq!(
        remove(&project, "one", false, &Recording::default())
            .unwrap_err()
            .code(),
        "no-workflow"
    );
    assert_eq!(listed(&project), ["one ready unknown"]);
    let failure = forced_failure(&project);
    assert!(failure.contains("workflow"), "{failure}");
    assert!(listed(&project).is_empty());
}

#[test]
fn a_workspace_is_behind_once_the_workflow_has_moved_on() {
    let mut project = TestProject::new(FIXTURE);
    create(&project, "one").unwrap();
    project
        .environment
        .insert("VERSION".to_owned(), "2".to_owned());
    assert_eq!(listed(&project), ["one ready behind"]);
    create(&project, "two").unwrap();
    assert_eq!(listed(&project), ["one ready behind", "two ready current"]);
    // Hooks and operations see what the workspace was made from.
    let recording = Recording::default();
    remove(&project, "one", false, &recording).unwrap();
    assert_eq!(
        recording.logs(),
        ["workspace.one.remove info removing /w/one 1"]
    );
    project
        .environment
        .insert("VERSION".to_owned(), "1".to_owned());
    assert_eq!(listed(&project), ["two ready behind"]);
}

#[test]
fn a_workspace_whose_maker_died_is_incomplete_and_can_be_removed() {
    let project = TestProject::new(FIXTURE);
    create(&project, "one").unwrap();
    // Nobody holds the lock of its name.
    project.sql("UPDATE workspaces SET state = 'creating', ctx = '{}'");
    assert_eq!(listed(&project), ["one incomplete current"]);
    assert_eq!(
        create(&project, "one").unwrap_err().code(),
        "workspace-exists"
    );
    let request = rigkit_engine::WorkspaceOperationRequest {
        workflow: None,
        workspace: "one".to_owned(),
        operation: "show".to_owned(),
        input: serde_json::Value::Null,
    };
    let error = project
        .engine()
        .run_workspace_operation(&request, &Recording::default().session())
        .unwrap_err();
    assert_eq!(error.code(), "workspace-incomplete");
    remove(&project, "one", false, &Recording::default()).unwrap();
    assert!(listed(&project).is_empty());
}

#[test]
fn a_workspace_that_is_being_made_is_listed_as_such() {
    let project = TestProject::new(FIXTURE);
    let root = project.root();
    let recording = Recording::reacting(move |event, _| {
        if matches!(event, rigkit_engine::event::Event::LogOutput { .. }) {
            let state = rusqlite::Connection::open(root.join(".rigkit/state.sqlite")).unwrap();
            let found: String = state
                .query_row("SELECT state FROM workspaces", (), |row| row.get(0))
                .unwrap();
            assert_eq!(found, "creating");
        }
    });
    create_recorded(&project, "one", &recording).unwrap();
    assert_eq!(recording.logs().len(), 1);
}

#[test]
fn an_apply_that_fails_makes_no_workspace() {
    let project = TestProject::new(&FIXTURE.replace(
        "() => ({ ctx: { base",
        "() => { throw new Error(\"x\"); }, () => ({ ctx: { base",
    ));
    assert_eq!(create(&project, "one").unwrap_err().code(), "failed");
    assert!(listed(&project).is_empty());
}

#[test]
fn clearing_the_cache_keeps_the_workspaces() {
    let project = TestProject::new(FIXTURE);
    create(&project, "one").unwrap();
    project.engine().clear_cache(None).unwrap();
    assert_eq!(listed(&project), ["one ready behind"]);
    remove(&project, "one", false, &Recording::default()).unwrap();
}
