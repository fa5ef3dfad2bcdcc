//! Requests for workspaces that cannot be.

use rigkit_engine::{CreateWorkspaceRequest, LockBehaviour};

use super::{FIXTURE, create, create_recorded, remove};
use crate::support::{Recording, TestProject};

#[test]
fn names_are_letters_digits_and_three_signs() {
    let project = TestProject::new(FIXTURE);
    for name in ["a", "A-1_b.c", "0", "_x", "x".repeat(100).as_str()] {
        create(&project, name).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for (name, reason) in [
        ("", "it is empty"),
        ("-a", "it starts with `-` or `.`"),
        (".a", "it starts with `-` or `.`"),
        ("..", "it starts with `-` or `.`"),
        ("a/b", "it may have letters, digits, `.`, `_` and `-` only"),
        ("a b", "it may have letters, digits, `.`, `_` and `-` only"),
        ("é", "it may have letters, digits, `.`, `_` and `-` only"),
        ("a\n", "it may have letters, digits, `.`, `_` and `-` only"),
    ] {
        let recording = Recording::default();
        let error = create_recorded(&project, name, &recording).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("`{name}` cannot be the name of a workspace: {reason}")
        );
        assert!(recording.outline().is_empty());
    }
}

#[test]
fn a_name_is_used_once() {
    let project = TestProject::new(FIXTURE);
    create(&project, "one").unwrap();
    let recording = Recording::default();
    let error = create_recorded(&project, "one", &recording).unwrap_err();
    assert_eq!(
        (error.code(), error.to_string()),
        (
            "workspace-exists",
            "the workspace `one` exists already".to_owned()
        )
    );
    assert!(recording.outline().is_empty(), "nothing is applied for it");
}

#[test]
fn one_name_may_be_used_in_two_workflows() {
    let project = TestProject::new(&format!(
        "{FIXTURE}\nexport const other = sequence(\"other\").workspace({{ create: () => ({{}}), remove: () => {{}} }});"
    ));
    for workflow in ["app", "other"] {
        let request = CreateWorkspaceRequest {
            workflow: Some(workflow.to_owned()),
            name: "one".to_owned(),
            jobs: None,
            lock: LockBehaviour::Wait,
        };
        project
            .engine()
            .create_workspace(&request, &Recording::default().session())
            .unwrap();
    }
    assert_eq!(
        create(&project, "two").unwrap_err().code(),
        "workflow-needed"
    );
    assert_eq!(
        remove(&project, "one", false, &Recording::default())
            .unwrap_err()
            .code(),
        "workflow-needed"
    );
    assert_eq!(project.engine().workspaces(Some("other")).unwrap().len(), 1);
}

#[test]
fn a_workflow_without_a_definition_makes_none() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").task(\"a\", () => {});\n",
    );
    let recording = Recording::default();
    let error = create_recorded(&project, "one", &recording).unwrap_err();
    assert_eq!(
        (error.code(), error.to_string()),
        (
            "no-workspace-definition",
            "the workflow `app` defines no workspace".to_owned()
        )
    );
    assert!(recording.outline().is_empty());
}

#[test]
fn an_unknown_workspace_lists_the_known_ones_nearest_first() {
    let project = TestProject::new(FIXTURE);
    for name in ["feature", "main", "fixture"] {
        create(&project, name).unwrap();
    }
    let error = remove(&project, "featur", false, &Recording::default()).unwrap_err();
    assert_eq!(error.to_string(), "there is no workspace `featur`");
    assert_eq!(
        error.help().unwrap(),
        "did you mean `feature`? there is also: fixture, main"
    );
    let rigkit_engine::EngineError::Unknown { known, .. } = error else {
        panic!()
    };
    assert_eq!(known, ["feature", "fixture", "main"]);
}
