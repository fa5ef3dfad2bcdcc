//! `textDocument/codeLens`: what can be done with a workflow, a task, a workspace or an operation,
//! above the call that made it, and how it stands.
//!
//! Everything is known when the lenses are asked for, so that none appears later than another.

use std::{ops::Range, sync::Arc};

use jiff::Timestamp;
use rigkit_engine::{
    Freshness, WorkspaceStatus, WorkspaceView, definition::Workflow, plan::NodeStatus,
};
use serde::Serialize;
use tower_lsp::ls_types::{Range as LspRange, Uri};

use crate::{
    document::Document,
    requests::execute_command::{CommandArguments, CommandName},
    safe_to_show::{SafeToShow, label_with_icons},
    sites::{
        OwnedOperation, PlannedTask, Site, TaskSite, operations_in, tasks_in, workflows_in,
        workspaces_in,
    },
    task_state::task_state,
    view::ProjectView,
};

/// Gives the lenses of a document.
pub(crate) fn lenses(view: &ProjectView, document: &Arc<Document>) -> Option<Vec<Lens>> {
    let lenses = Lenses {
        view,
        document,
        config: view.editor.uri(&view.config_path())?,
        now: Timestamp::now(),
    };
    let kinds = view.editor.settings.code_lens;
    let mut all = Vec::new();
    if kinds.workflow {
        all.extend(lenses.of_workflows());
    }
    if kinds.task {
        all.extend(lenses.of_tasks());
    }
    if kinds.workspace {
        all.extend(lenses.of_workspaces());
    }
    if kinds.operation {
        all.extend(lenses.of_operations());
    }
    Some(all)
}

struct Lenses<'a> {
    view: &'a ProjectView,
    document: &'a Document,
    config: Uri,
    now: Timestamp,
}

impl Lenses<'_> {
    fn of_workflows(&self) -> Vec<Lens> {
        let workflows = workflows_in(&self.view.snapshot, &self.document.path);
        let lenses = workflows.into_iter().flat_map(|(site, workflow)| {
            let arguments = self.workflow_arguments(workflow);
            let range = self.range(&site);
            [
                (self.apply_title(workflow), CommandName::Apply),
                ("plan".to_owned(), CommandName::Plan),
                ("graph".to_owned(), CommandName::Graph),
            ]
            .map(|(title, command)| lens(range, title, command, &arguments))
        });
        lenses.collect()
    }

    fn apply_title(&self, workflow: &Workflow) -> String {
        let Some(plan) = self.view.snapshot.plan(&workflow.name) else {
            return "▶ apply".to_owned();
        };
        if plan.up_to_date {
            return "✓ up to date".to_owned();
        }
        format!("▶ apply ({} pending)", plan.pending_node_count)
    }

    fn of_tasks(&self) -> Vec<Lens> {
        let sites = tasks_in(&self.view.snapshot, &self.document.path);
        sites
            .iter()
            .flat_map(|site| self.of_task_site(site))
            .collect()
    }

    fn of_task_site(&self, site: &TaskSite<'_>) -> Vec<Lens> {
        let range = self.range(&site.site);
        match site.tasks.as_slice() {
            [task] => self.of_task(range, task),
            several => self.of_several_tasks(range, several),
        }
    }

    fn of_task(&self, range: LspRange, task: &PlannedTask<'_>) -> Vec<Lens> {
        let arguments = self.task_arguments(task);
        let title = task_state(self.view, task, self.now);
        let mut lenses = vec![lens(range, title, CommandName::Explain, &arguments)];
        let is_cached = task
            .node
            .is_some_and(|node| node.status == NodeStatus::Cached);
        if !is_cached {
            let title = "apply up to here".to_owned();
            lenses.push(lens(range, title, CommandName::ApplyUntil, &arguments));
        }
        if task.node.is_some_and(|node| node.run_id.is_some()) {
            let title = "invalidate".to_owned();
            lenses.push(lens(range, title, CommandName::Invalidate, &arguments));
        }
        lenses
    }

    /// A loop or a shared part makes many tasks in one place; a lens for each would hide the code.
    fn of_several_tasks(&self, range: LspRange, tasks: &[PlannedTask<'_>]) -> Vec<Lens> {
        let is_pending = |task: &&PlannedTask<'_>| {
            task.node
                .is_some_and(|node| node.status != NodeStatus::Cached)
        };
        let pending = tasks.iter().filter(is_pending).count();
        let title = match pending {
            0 => format!("✓ {} tasks cached", tasks.len()),
            pending => format!("● {pending} of {} tasks pending", tasks.len()),
        };
        let mut workflows = tasks.iter().map(|task| &task.workflow.name);
        let first = workflows.next();
        let is_shared = workflows.any(|name| Some(name) != first);
        let arguments = CommandArguments {
            config: Some(self.config.clone()),
            workflow: first.filter(|_| !is_shared).map(ToString::to_string),
            ..CommandArguments::default()
        };
        vec![lens(range, title, CommandName::Explain, &arguments)]
    }

    fn of_workspaces(&self) -> Vec<Lens> {
        let definitions = workspaces_in(&self.view.snapshot, &self.document.path);
        let lenses = definitions.into_iter().flat_map(|(site, (workflow, _))| {
            let range = self.range(&site);
            let arguments = self.workflow_arguments(workflow);
            let title = "+ create workspace".to_owned();
            let create = lens(range, title, CommandName::CreateWorkspace, &arguments);
            let existing = self.view.snapshot.workspaces.iter();
            let existing = existing.filter(|workspace| *workspace.workflow == *workflow.name);
            let existing = existing.map(move |workspace| {
                let arguments = CommandArguments {
                    workspace: Some(workspace.name.clone()),
                    ..arguments.clone()
                };
                let title = workspace_title(workspace);
                lens(range, title, CommandName::RunWorkspaceOperation, &arguments)
            });
            std::iter::once(create).chain(existing).collect::<Vec<_>>()
        });
        lenses.collect()
    }

    fn of_operations(&self) -> Vec<Lens> {
        let operations = operations_in(&self.view.snapshot, &self.document.path);
        operations
            .into_iter()
            .map(|(site, owned)| self.of_operation(&site, &owned))
            .collect()
    }

    fn of_operation(&self, site: &Site<'_>, owned: &OwnedOperation<'_>) -> Lens {
        let arguments = CommandArguments {
            operation: Some(owned.operation.id.to_string()),
            ..self.workflow_arguments(owned.workflow)
        };
        let (title, command) = if owned.is_on_workspace {
            ("▶ run on a workspace", CommandName::RunWorkspaceOperation)
        } else {
            ("▶ run", CommandName::RunOperation)
        };
        lens(self.range(site), title.to_owned(), command, &arguments)
    }

    fn workflow_arguments(&self, workflow: &Workflow) -> CommandArguments {
        CommandArguments {
            config: Some(self.config.clone()),
            workflow: Some(workflow.name.to_string()),
            ..CommandArguments::default()
        }
    }

    fn task_arguments(&self, task: &PlannedTask<'_>) -> CommandArguments {
        CommandArguments {
            task: Some(task.task.path.to_string()),
            ..self.workflow_arguments(task.workflow)
        }
    }

    /// Gives the first line of a call, for a lens may be on one line only.
    fn range(&self, site: &Site<'_>) -> LspRange {
        let name: &Range<u32> = &site.name;
        let bytes = self.view.current_bytes(&site.module.path, name);
        let text = &self.document.text;
        let end = bytes.end.min(text.line_end(bytes.start));
        text.range(&(bytes.start..end), self.view.editor.encoding())
    }
}

fn workspace_title(workspace: &WorkspaceView) -> String {
    let name = &workspace.name;
    match (workspace.state, workspace.freshness) {
        (WorkspaceStatus::Creating, _) => format!("{name} (being created)"),
        (WorkspaceStatus::Incomplete, _) => format!("{name} (incomplete)"),
        (WorkspaceStatus::Ready, Freshness::Behind) => format!("{name} (behind)"),
        (WorkspaceStatus::Ready, _) => name.clone(),
    }
}

/// Is a lens, written without detours.
#[derive(Serialize)]
pub(crate) struct Lens {
    range: LspRange,
    command: LensCommand,
}

impl SafeToShow for Lens {
    fn make_safe(&mut self) {
        label_with_icons(&mut self.command.title);
    }
}

#[derive(Serialize)]
struct LensCommand {
    title: String,
    command: CommandName,
    arguments: [CommandArguments; 1],
}

fn lens(
    range: LspRange,
    title: String,
    command: CommandName,
    arguments: &CommandArguments,
) -> Lens {
    let command = LensCommand {
        title,
        command,
        arguments: [arguments.clone()],
    };
    Lens { range, command }
}
