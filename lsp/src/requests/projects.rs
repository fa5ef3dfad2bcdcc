//! `rigkit/projects`, a request of our own: everything that is known of the open projects, for clients
//! that draw something of their own.

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;
use rigkit_engine::{
    Freshness, OperationSummary, WorkspaceStatus, WorkspaceView,
    definition::{Place, Workflow},
    graph::Graph,
    plan::WorkflowPlan,
    wording::reason::changes,
};
use serde::Serialize;
use tower_lsp::{
    jsonrpc::Result,
    ls_types::{Location, Uri},
};

use crate::{
    analysis::{self, Snapshot},
    server::Server,
    sites::{PlannedTask, site},
    task_state::{self, Standing, is_up_to_date, task_state},
    view::ProjectView,
};

/// The name of the request.
pub(crate) const METHOD: &str = "rigkit/projects";

/// Is what is known of a project.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProjectSummary {
    /// The config.
    config: Uri,
    /// The project's directory.
    root: PathBuf,
    /// Whether all that follows is of the text as it is, and not of an earlier one.
    is_current: bool,
    /// Whether anything is known yet.
    is_evaluated: bool,
    /// What is wrong, one message each.
    problems: Vec<String>,
    workflows: Vec<WorkflowSummary>,
}

/// Is what is known of a workflow.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkflowSummary {
    name: String,
    location: Option<Location>,
    /// Whether nothing has to run but what is looked at each time.
    is_up_to_date: bool,
    /// Its tasks with what comes before what, where it can be planned.
    graph: Option<Graph>,
    tasks: Vec<TaskSummary>,
    /// Where its workspaces are defined, if they are.
    workspace_definition: Option<Location>,
    workspaces: Vec<WorkspaceSummary>,
    operations: Vec<OperationSummary>,
}

/// Is what is known of a task.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskSummary {
    path: String,
    name: String,
    location: Option<Location>,
    state: TaskState,
    /// How it stands, in a few words.
    text: String,
    /// What changed, one line each.
    changes: Vec<String>,
}

/// Says how a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum TaskState {
    Cached,
    Pending,
    Conditional,
    Running,
    Failed,
    Unknown,
}

/// Is what is known of a workspace.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkspaceSummary {
    name: String,
    state: WorkspaceStatus,
    freshness: Freshness,
}

/// Gives what is known of every open project.
pub(crate) async fn answer(server: &Arc<Server>) -> Result<Vec<ProjectSummary>> {
    let views: Vec<ProjectView> = {
        let world = server.world.lock();
        let roots: Vec<PathBuf> = world.projects().map(|(root, _)| root.clone()).collect();
        roots
            .iter()
            .filter_map(|root| world.project_view(root))
            .collect()
    };
    server
        .run(move || views.iter().filter_map(project).collect())
        .await
}

fn project(view: &ProjectView) -> Option<ProjectSummary> {
    let snapshot = &view.snapshot;
    let operations = match &snapshot.definition {
        Some(definition) => view.engine().operations_of(definition),
        None => Vec::new(),
    };
    let workflows = snapshot.workflows();
    Some(ProjectSummary {
        config: view.config_uri()?,
        root: view.root().to_owned(),
        is_current: snapshot.standing == analysis::Standing::Current,
        is_evaluated: snapshot.moment.text > 0,
        problems: snapshot
            .problems
            .iter()
            .map(|problem| problem.message.clone())
            .collect(),
        workflows: workflows
            .map(|(workflow, plan)| summary(view, workflow, plan, &operations))
            .collect(),
    })
}

fn summary(
    view: &ProjectView,
    workflow: &Workflow,
    plan: Option<&WorkflowPlan>,
    operations: &[OperationSummary],
) -> WorkflowSummary {
    let now = Timestamp::now();
    let tasks = Snapshot::tasks(workflow, plan).map(|(_, task, node)| PlannedTask {
        workflow,
        task,
        node,
    });
    let of_workflow = |operation: &&OperationSummary| operation.workflow == *workflow.name;
    let workspaces = view.snapshot.workspaces.iter();
    WorkflowSummary {
        name: workflow.name.to_string(),
        location: location(view, &workflow.place),
        is_up_to_date: plan.is_some_and(|plan| is_up_to_date(view, workflow, plan)),
        graph: plan.map(|plan| Graph::new(workflow, plan.clone())),
        tasks: tasks.map(|task| task_summary(view, &task, now)).collect(),
        workspace_definition: workflow
            .workspace
            .as_ref()
            .and_then(|workspace| location(view, &workspace.place)),
        workspaces: workspaces
            .filter(|workspace| *workspace.workflow == *workflow.name)
            .map(workspace_summary)
            .collect(),
        operations: operations.iter().filter(of_workflow).cloned().collect(),
    }
}

fn workspace_summary(workspace: &WorkspaceView) -> WorkspaceSummary {
    WorkspaceSummary {
        name: workspace.name.clone(),
        state: workspace.state,
        freshness: workspace.freshness,
    }
}

fn task_summary(view: &ProjectView, task: &PlannedTask<'_>, now: Timestamp) -> TaskSummary {
    let changes = task
        .node
        .map(|node| changes(&node.reason))
        .unwrap_or_default();
    TaskSummary {
        path: task.task.path.to_string(),
        name: task.task.name.to_string(),
        location: location(view, &task.task.place),
        state: state(view, task),
        text: task_state(view, task, now),
        changes: changes.iter().map(ToString::to_string).collect(),
    }
}

fn state(view: &ProjectView, task: &PlannedTask<'_>) -> TaskState {
    match task_state::standing(view, task) {
        Standing::Running => TaskState::Running,
        Standing::Failed => TaskState::Failed,
        Standing::Cached => TaskState::Cached,
        Standing::Pending => TaskState::Pending,
        Standing::Conditional => TaskState::Conditional,
        Standing::Unknown => TaskState::Unknown,
    }
}

fn location(view: &ProjectView, place: &Place) -> Option<Location> {
    let site = site(view.snapshot.definition.as_ref()?, place)?;
    Some(Location {
        uri: view.editor.uri(&site.module.path)?,
        range: view.module_range(site.module, &site.name),
    })
}
