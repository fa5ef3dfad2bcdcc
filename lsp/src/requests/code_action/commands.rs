//! What can be done with what is at a place: commands, the same as lenses have.

use std::ops::Range;

use rigkit_engine::{
    WorkspaceStatus, WorkspaceView,
    definition::{TaskIndex, Workflow},
    plan::{NodeStatus, PlanNode},
};
use tower_lsp::ls_types::{CodeAction, CodeActionKind, Command, Uri};

use super::Place;
use crate::{
    requests::execute_command::{CommandArguments, CommandName},
    sites::{
        OwnedOperation, PlannedTask, Site, operations_in, tasks_in, workflows_in, workspaces_in,
    },
    task_state,
};

/// How many tasks, and how many workspaces, are offered something each.
const MOST: usize = 5;

/// Lists what can be done.
pub(super) fn actions(place: &Place<'_>) -> Vec<CodeAction> {
    let Some(config) = place.view.config_uri() else {
        return Vec::new();
    };
    let mut offers = Offers {
        place,
        config,
        actions: Vec::new(),
    };
    offers.of_tasks();
    offers.of_workflows();
    offers.of_workspaces();
    offers.of_operations();
    offers.actions
}

struct Offers<'a> {
    place: &'a Place<'a>,
    config: Uri,
    actions: Vec<CodeAction>,
}

impl Offers<'_> {
    fn of_tasks(&mut self) {
        let sites = tasks_in(&self.place.view.snapshot, &self.place.document.path);
        let here = sites.iter().filter(|site| self.is_here(&site.site));
        let tasks = here.flat_map(|site| &site.tasks);
        let tasks: Vec<&PlannedTask<'_>> = tasks.take(MOST).collect();
        for task in &tasks {
            self.of_task(task);
        }
        for task in tasks {
            self.apply(task.workflow);
        }
    }

    fn of_task(&mut self, task: &PlannedTask<'_>) {
        let Some(node) = task.node else { return };
        let name = self.task_name(task);
        let arguments = CommandArguments {
            task: Some(task.task.path.to_string()),
            ..self.arguments(task.workflow)
        };
        if node.status != NodeStatus::Cached {
            let title = format!("Apply up to {name}");
            self.offer(title, CommandName::ApplyUntil, &arguments);
        }
        if node.run_id.is_some() {
            let descend = self.descendants(task.workflow, node);
            let title = format!("Invalidate {name}{}", with_descendants(descend));
            self.offer(title, CommandName::Invalidate, &arguments);
        }
        let title = format!("Explain why {name} {}", standing(node.status));
        self.offer(title, CommandName::Explain, &arguments);
    }

    /// Counts the tasks whose runs go with those of a task.
    fn descendants(&self, workflow: &Workflow, node: &PlanNode) -> usize {
        let plan = self.place.view.snapshot.plan(&workflow.name);
        let later = workflow.later_tasks(TaskIndex(node.index)).into_iter();
        let nodes = later.filter_map(|task| plan?.nodes.get(task.0));
        nodes.filter(|node| node.run_id.is_some()).count()
    }

    fn of_workflows(&mut self) {
        let snapshot = &self.place.view.snapshot;
        for (site, workflow) in workflows_in(snapshot, &self.place.document.path) {
            if self.is_here(&site) {
                self.apply(workflow);
                self.explain_workflow(workflow);
                if workflow.workspace.is_some() {
                    self.create_workspace(workflow);
                }
            }
        }
    }

    fn apply(&mut self, workflow: &Workflow) {
        let name = &workflow.name;
        let title = match self.pending(workflow) {
            Some(0) => return,
            Some(pending) => format!("Apply `{name}` ({pending} pending)"),
            None => format!("Apply `{name}`"),
        };
        self.offer(title, CommandName::Apply, &self.arguments(workflow));
    }

    fn explain_workflow(&mut self, workflow: &Workflow) {
        if self.pending(workflow).is_some_and(|pending| pending > 0) {
            let title = format!("Explain what is pending in `{}`", workflow.name);
            self.offer(title, CommandName::Explain, &self.arguments(workflow));
        }
    }

    fn pending(&self, workflow: &Workflow) -> Option<usize> {
        let plan = self.place.view.snapshot.plan(&workflow.name)?;
        Some(task_state::pending(self.place.view, workflow, plan))
    }

    fn of_workspaces(&mut self) {
        let snapshot = &self.place.view.snapshot;
        for (site, (workflow, _)) in workspaces_in(snapshot, &self.place.document.path) {
            if self.is_here(&site) {
                self.create_workspace(workflow);
                for workspace in self.workspaces(workflow) {
                    self.of_workspace(workflow, &workspace);
                }
            }
        }
    }

    fn create_workspace(&mut self, workflow: &Workflow) {
        let title = format!("Create a workspace of `{}`", workflow.name);
        self.offer(
            title,
            CommandName::CreateWorkspace,
            &self.arguments(workflow),
        );
    }

    fn of_workspace(&mut self, workflow: &Workflow, workspace: &str) {
        let arguments = CommandArguments {
            workspace: Some(workspace.to_owned()),
            ..self.arguments(workflow)
        };
        if !workflow.workspace_operations.is_empty() {
            let title = format!("Run an operation on the workspace `{workspace}`…");
            self.offer(title, CommandName::RunWorkspaceOperation, &arguments);
        }
        let title = format!("Remove the workspace `{workspace}`");
        self.offer(title, CommandName::RemoveWorkspace, &arguments);
    }

    fn of_operations(&mut self) {
        let snapshot = &self.place.view.snapshot;
        for (site, owned) in operations_in(snapshot, &self.place.document.path) {
            if self.is_here(&site) {
                self.of_operation(&owned);
            }
        }
    }

    fn of_operation(&mut self, owned: &OwnedOperation<'_>) {
        let id = &owned.operation.id;
        let arguments = CommandArguments {
            operation: Some(id.to_string()),
            ..self.arguments(owned.workflow)
        };
        if !owned.is_on_workspace {
            let title = format!("Run `{id}`");
            self.offer(title, CommandName::RunOperation, &arguments);
            return;
        }
        let workspaces = self.workspaces(owned.workflow);
        if workspaces.is_empty() && owned.workflow.workspace.is_some() {
            self.create_workspace(owned.workflow);
        }
        for workspace in workspaces {
            let title = format!("Run `{id}` on the workspace `{workspace}`");
            let arguments = CommandArguments {
                workspace: Some(workspace),
                ..arguments.clone()
            };
            self.offer(title, CommandName::RunWorkspaceOperation, &arguments);
        }
    }

    /// Lists the workspaces that something can be done with, as many as are offered something.
    fn workspaces(&self, workflow: &Workflow) -> Vec<String> {
        let workspaces = self.place.view.snapshot.workspaces.iter();
        let is_usable = |workspace: &&WorkspaceView| {
            *workspace.workflow == *workflow.name && workspace.state != WorkspaceStatus::Creating
        };
        let names = workspaces
            .filter(is_usable)
            .map(|workspace| workspace.name.clone());
        names.take(MOST).collect()
    }

    /// Adds an action, unless it is there already for another task.
    fn offer(&mut self, title: String, command: CommandName, arguments: &CommandArguments) {
        let kind = Some(CodeActionKind::from(command.to_string()));
        let arguments = serde_json::to_value(arguments).ok();
        let command = Command {
            title: title.clone(),
            command: command.to_string(),
            arguments: arguments.map(|arguments| vec![arguments]),
        };
        let action = CodeAction {
            title,
            kind,
            command: Some(command),
            ..CodeAction::default()
        };
        if !self.actions.contains(&action) {
            self.actions.push(action);
        }
    }

    fn arguments(&self, workflow: &Workflow) -> CommandArguments {
        CommandArguments {
            config: Some(self.config.clone()),
            workflow: Some(workflow.name.to_string()),
            ..CommandArguments::default()
        }
    }

    /// Names a task, with its workflow where there are several.
    fn task_name(&self, task: &PlannedTask<'_>) -> String {
        let path = &task.task.path;
        match self.place.view.snapshot.workflows().count() {
            1 => format!("`{path}`"),
            _ => format!("`{path}` of `{}`", task.workflow.name),
        }
    }

    /// Says whether a call is at the place: all of it where a person asks, else its first line, for
    /// an editor that shows a mark beside every line of a handler tells nobody anything.
    fn is_here(&self, site: &Site<'_>) -> bool {
        let place = self.place;
        let current = |bytes: &Range<u32>| place.view.current_bytes(&site.module.path, bytes);
        let mut call = current(&site.call);
        if !place.is_asked_by_person {
            let name_end = current(&site.name).end;
            call.end = call.end.min(place.document.text.line_end(name_end));
        }
        place.touches(&call)
    }
}

fn with_descendants(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => " and the task that descends from it".to_owned(),
        count => format!(" and the {count} tasks that descend from it"),
    }
}

fn standing(status: NodeStatus) -> &'static str {
    match status {
        NodeStatus::Cached => "is cached",
        NodeStatus::Pending => "has to run",
        NodeStatus::Conditional => "may have to run",
    }
}
