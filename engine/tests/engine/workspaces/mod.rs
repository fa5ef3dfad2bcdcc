//! Workspaces: how they come, what they remember, how they go.

mod interrupted;
mod lifecycle;
mod refusals;

use rigkit_engine::{
    CreateWorkspaceRequest, EngineError, LockBehaviour, RemoveWorkspaceRequest, WorkspaceView,
};

use crate::support::{Recording, TestProject};

/// One task, and hooks that fail when the environment says so.
pub const FIXTURE: &str = r#"
import { sequence } from "@rigkit/sdk";
export const app = sequence("app")
  .task("a", { version: process.env.VERSION ?? "1" }, () => ({ ctx: { base: "b", version: process.env.VERSION ?? "1" } }))
  .workspace({
    create: async ({ workflow, workspace, step, config, local }) => {
      console.log("creating", workspace.name, workspace.ctx === undefined, typeof local.command);
      if (process.env.FAIL_CREATE) throw new Error("no room");
      return { path: `/w/${workspace.name}`, from: workflow.ctx.base, node: step.nodePath, name: workflow.name };
    },
    remove: async ({ workflow, workspace }) => {
      console.log("removing", workspace.ctx.path, workflow.ctx.version);
      if (process.env.FAIL_REMOVE) throw new Error("still in use");
    },
  })
  .workspaceOperation("show", { run: ({ workspace, workflow }) => ({ workspace, version: workflow.ctx.version }) });
"#;

pub fn create(project: &TestProject, name: &str) -> Result<WorkspaceView, EngineError> {
    create_recorded(project, name, &Recording::default())
}

pub fn create_recorded(
    project: &TestProject,
    name: &str,
    recording: &Recording,
) -> Result<WorkspaceView, EngineError> {
    let request = CreateWorkspaceRequest {
        workflow: None,
        name: name.to_owned(),
        jobs: None,
        lock: LockBehaviour::Wait,
    };
    project
        .engine()
        .create_workspace(&request, &recording.session())
}

pub fn remove(
    project: &TestProject,
    name: &str,
    force: bool,
    recording: &Recording,
) -> Result<WorkspaceView, EngineError> {
    let request = RemoveWorkspaceRequest {
        workflow: None,
        name: name.to_owned(),
        force,
    };
    project
        .engine()
        .remove_workspace(&request, &recording.session())
}

/// Gives one line a workspace: its name, state and freshness.
pub fn listed(project: &TestProject) -> Vec<String> {
    let views = project.engine().workspaces(None).unwrap();
    views
        .iter()
        .map(|view| {
            let text = |value: serde_json::Value| value.as_str().unwrap().to_owned();
            let state = text(serde_json::to_value(view.state).unwrap());
            format!(
                "{} {state} {}",
                view.name,
                text(serde_json::to_value(view.freshness).unwrap())
            )
        })
        .collect()
}
