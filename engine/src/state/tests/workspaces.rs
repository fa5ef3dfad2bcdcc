//! Workspaces and what was done to them.

use super::*;
use crate::event::RunOutcome;

fn new(workflow: &str, name: &str) -> NewWorkspace {
    NewWorkspace {
        name: name.to_owned(),
        workflow: workflow.to_owned(),
        workflow_ctx: object(json!({ "root": "/srv" })),
        made_from: vec!["run-1".into(), "run-2".into()],
        created_at: at(1_000),
    }
}

#[test]
fn a_workspace_lives_through_its_states() {
    let place = Place::new();
    let mut state = place.open();
    let made = state.insert_workspace(new("web", "demo")).unwrap();
    let stored = state.workspace("web", "demo").unwrap().unwrap();
    assert_eq!(stored, made);
    assert_eq!(made.state, WorkspaceState::Creating);

    let ctx = object(json!({ "port": 80 }));
    state
        .mark_workspace_ready(&made.id, &ctx, at(2_000))
        .unwrap();
    let ready = state.workspace("web", "demo").unwrap().unwrap();
    let json = json!({
        "id": made.id,
        "name": "demo",
        "workflow": "web",
        "state": "ready",
        "workflowCtx": { "root": "/srv" },
        "ctx": { "port": 80 },
        "madeFrom": ["run-1", "run-2"],
        "createdAt": "1970-01-01T00:00:01.000Z",
        "updatedAt": "1970-01-01T00:00:02.000Z"
    });
    assert_eq!(serde_json::to_value(&ready).unwrap(), json);
    assert_eq!(
        serde_json::from_value::<WorkspaceRecord>(json).unwrap(),
        ready
    );

    assert!(state.delete_workspace(&made.id).unwrap());
    assert!(!state.delete_workspace(&made.id).unwrap());
    assert_eq!(state.workspace("web", "demo").unwrap(), None);
    let gone = state.mark_workspace_ready(&made.id, &ctx, at(3_000));
    let gone = gone.unwrap_err();
    assert!(matches!(gone, StateError::Gone { .. }), "{gone:?}");
}

#[test]
fn names_are_unique_in_a_workflow() {
    let place = Place::new();
    let mut state = place.open();
    for (workflow, name) in [("web", "b"), ("web", "a"), ("api", "b")] {
        state.insert_workspace(new(workflow, name)).unwrap();
    }
    let serial = state.serial().unwrap();
    let error = state.insert_workspace(new("web", "a")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `web` already has a workspace `a`"
    );
    assert_eq!(state.serial().unwrap(), serial, "nothing changed");
    let listed = |workflow| {
        let records = state.list_workspaces(workflow).unwrap();
        let names = records
            .into_iter()
            .map(|it| format!("{}/{}", it.workflow, it.name));
        names.collect::<Vec<_>>()
    };
    assert_eq!(listed(None), ["api/b", "web/a", "web/b"]);
    assert_eq!(listed(Some("web")), ["web/a", "web/b"]);
}

#[test]
fn clearing_runs_keeps_workspaces() {
    let place = Place::new();
    let mut state = place.open();
    record(&mut state, run("a", &[]));
    state.insert_workspace(new("web", "demo")).unwrap();
    state.clear(None).unwrap();
    assert_eq!(state.list_workspaces(None).unwrap().len(), 1);
}

#[test]
fn operations_outlast_their_workspace() {
    let place = Place::new();
    let mut state = place.open();
    let workspace = state.insert_workspace(new("web", "demo")).unwrap().id;
    let operation = |name: &str, result| WorkspaceOperationRun {
        id: OperationRunId::generate(),
        workspace: workspace.clone(),
        workflow: "web".to_owned(),
        operation: name.to_owned(),
        started_at: at(1),
        finished_at: at(2),
        outcome: RunOutcome::Succeeded,
        input: object(json!({ "fast": true })),
        result,
    };
    let runs = [
        operation("test", Some(json!([1, null]))),
        operation("lint", None),
        operation("remove", Some(Value::Null)),
    ];
    for run in &runs {
        state.record_workspace_operation(run).unwrap();
    }
    state.delete_workspace(&workspace).unwrap();
    let stored = state.workspace_operations(&workspace, 9).unwrap();
    let newest_first: Vec<_> = runs.iter().rev().cloned().collect();
    assert_eq!(stored, newest_first);
    let last = state.workspace_operations(&workspace, 1).unwrap();
    assert_eq!(last, newest_first[..1]);
}
