//! Workspaces whose hooks are cancelled, or that two want at once.

use std::sync::Arc;

use rigkit_engine::{EngineError, event::Event};

use super::{FIXTURE, create, create_recorded, listed, remove};
use crate::support::{Recording, TOOLS, TestProject};

/// Hooks that log `now` and then wait for the end of the run.
const WAITING: &str = r#"
//- /rig.config.ts
import { sequence } from "@rigkit/sdk";
const wait = async ({ step }) => {
  console.log("now");
  await new Promise((resolve) => step.signal.addEventListener("abort", resolve));
  throw step.signal.reason;
};
export const app = sequence("app")
  .task("a", () => {})
  .workspace({
    create: (context) => (process.env.WAIT ? wait(context) : {}),
    remove: (context) => (process.env.WAIT ? wait(context) : undefined),
  })
  .workspaceOperation("op", { run: wait });
"#;

fn cancelling() -> Recording {
    Recording::reacting(|event, cancel| {
        if matches!(event, Event::LogOutput { data, .. } if data == "now") {
            cancel.cancel();
        }
    })
}

#[test]
fn a_cancelled_create_says_that_something_may_be_left() {
    let mut project = TestProject::new(WAITING).with_env("WAIT", "1");
    let error = create_recorded(&project, "one", &cancelling()).unwrap_err();
    assert_eq!(error.code(), "cancelled");
    assert_eq!(
        error.to_string(),
        "cancelled while the workspace `one` was being made"
    );
    assert_eq!(
        error.help().unwrap(),
        "the workspace is not recorded; what `create` had made until then may be left behind"
    );
    assert!(listed(&project).is_empty());
    // What the apply before it had done is kept.
    assert_eq!(project.plan_lines(), ["a cached"]);
    project.environment.remove("WAIT");
    create(&project, "one").unwrap();
}

#[test]
fn a_cancelled_remove_keeps_the_workspace() {
    let mut project = TestProject::new(WAITING);
    create(&project, "one").unwrap();
    project
        .environment
        .insert("WAIT".to_owned(), "1".to_owned());
    for force in [false, true] {
        let error = remove(&project, "one", force, &cancelling()).unwrap_err();
        assert!(matches!(error, EngineError::Cancelled), "{error:?}");
        assert_eq!(listed(&project), ["one ready current"]);
    }
}

#[test]
fn a_cancelled_operation_is_recorded_as_such() {
    let project = TestProject::new(WAITING);
    create(&project, "one").unwrap();
    let request = rigkit_engine::WorkspaceOperationRequest {
        workflow: None,
        workspace: "one".to_owned(),
        operation: "op".to_owned(),
        input: serde_json::Value::Null,
    };
    let recording = cancelling();
    let error = project
        .engine()
        .run_workspace_operation(&request, &recording.session())
        .unwrap_err();
    assert!(matches!(error, EngineError::Cancelled), "{error:?}");
    let last = serde_json::to_value(recording.events().pop().unwrap()).unwrap();
    assert_eq!(
        (&last["type"], &last["outcome"]),
        (&"operation.completed".into(), &"cancelled".into())
    );
    assert_eq!(
        project.query("SELECT outcome FROM workspace_operations"),
        ["cancelled"]
    );
}

#[test]
fn a_cancelled_operation_of_the_project_ends_its_commands() {
    let project = TestProject::new(&format!(
        r#"{TOOLS}
//- /rig.config.ts
import {{ sequence }} from "@rigkit/sdk";
import {{ tools }} from "./tools";
export const app = sequence("app").addProvider("tools", tools).operation("op", {{
  run: async ({{ tools }}) => {{ await tools.command({{ argv: ["sh", "-c", "echo now; exec sleep 1000"] }}); }},
}});
"#
    ));
    let recording = Recording::reacting(|event, cancel| {
        if matches!(event, Event::CommandOutput { .. }) {
            cancel.cancel();
        }
    });
    let request = rigkit_engine::OperationRequest {
        workflow: None,
        operation: "op".to_owned(),
        input: serde_json::Value::Null,
    };
    let error = project
        .engine()
        .run_operation(&request, &recording.session())
        .unwrap_err();
    assert!(matches!(error, EngineError::Cancelled), "{error:?}");
    assert_eq!(
        recording.outline_of(&["command.completed"]),
        ["command.completed operation.op"]
    );
}

/// Does something while a hook runs, as another process would.
fn while_a_hook_runs(work: impl Fn() + Send + Sync + 'static) -> Recording {
    let work = Arc::new(work);
    Recording::reacting(move |event, _| {
        if matches!(event, Event::LogOutput { .. }) {
            let work = Arc::clone(&work);
            std::thread::spawn(move || work()).join().unwrap();
        }
    })
}

#[test]
fn a_workspace_is_made_or_removed_by_one_at_a_time() {
    let project = Arc::new(TestProject::new(FIXTURE));
    let removing = || {
        let project = Arc::clone(&project);
        while_a_hook_runs(move || {
            for error in [
                remove(&project, "one", false, &Recording::default()).unwrap_err(),
                remove(&project, "one", true, &Recording::default()).unwrap_err(),
                create(&project, "one").unwrap_err(),
            ] {
                assert_eq!(error.code(), "workspace-busy");
                let message = error.to_string();
                let holder = format!("tester (process {}, since ", std::process::id());
                let start = "the workspace `one` is being made or removed by ";
                assert!(
                    message.starts_with(&(start.to_owned() + &holder)),
                    "{message}"
                );
            }
        })
    };
    let recording = removing();
    create_recorded(&project, "one", &recording).unwrap();
    assert_eq!(recording.logs().len(), 1);
    assert_eq!(listed(&project), ["one ready current"]);
    let recording = removing();
    remove(&project, "one", false, &recording).unwrap();
    assert_eq!(recording.logs().len(), 1);
    assert!(listed(&project).is_empty());
    assert_eq!(
        remove(&project, "one", false, &Recording::default())
            .unwrap_err()
            .code(),
        "unknown-workspace"
    );
}
