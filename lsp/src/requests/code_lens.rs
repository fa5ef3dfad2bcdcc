//! `textDocument/codeLens`: what can be done with a workflow, a task, a workspace or an operation,
//! above the call that made it, and how it stands.
//!
//! Everything is known when the lenses are asked for, so that none appears later than another.

use std::{ops::Range, sync::Arc};

use jiff::Timestamp;
use rigkit_engine::{Freshness, WorkspaceStatus, WorkspaceView, definition::Workflow};
use serde::Serialize;
use tower_lsp::ls_types::{Range as LspRange, Uri};

use crate::{
    document::Document,
    outline::EntryKind,
    requests::execute_command::{CommandArguments, CommandName},
    safe_to_show::{SafeToShow, label_with_icons},
    settings::LensKinds,
    sites::{
        OwnedOperation, PlannedTask, Site, TaskSite, operations_in, tasks_in, workflows_in,
        workspaces_in,
    },
    task_state::{Standing, is_up_to_date, pending, progress_of, standing, task_state},
    view::ProjectView,
    written_outline::Written,
};

/// Gives the lenses of a document.
pub(crate) fn lenses(view: &ProjectView, document: &Arc<Document>) -> Option<Vec<Lens>> {
    let lenses = Lenses {
        view,
        document,
        config: view.config_uri()?,
        now: Timestamp::now(),
    };
    let kinds = view.editor.settings.code_lens;
    if view.snapshot.definition.is_none() {
        return Some(lenses.of_written(kinds));
    }
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
    /// Makes the lenses of what never evaluated, as far as its syntax shows it.
    fn of_written(&self, kinds: LensKinds) -> Vec<Lens> {
        let parts = self.document.written.parts(self.document);
        parts
            .iter()
            .flat_map(|part| self.of_written_part(part, kinds))
            .collect()
    }

    fn of_written_part(&self, part: &Written, kinds: LensKinds) -> Vec<Lens> {
        let workflow = CommandArguments {
            config: Some(self.config.clone()),
            workflow: Some(part.workflow.clone()),
            ..CommandArguments::default()
        };
        let task = CommandArguments {
            task: Some(part.path.clone()),
            ..workflow.clone()
        };
        let operation = CommandArguments {
            operation: Some(part.entry.name.clone()),
            ..workflow.clone()
        };
        let (is_wanted, commands) = match part.entry.kind {
            EntryKind::Workflow => {
                let commands = vec![
                    ("▶ apply", CommandName::Apply, &workflow),
                    ("plan", CommandName::Plan, &workflow),
                    ("graph", CommandName::Graph, &workflow),
                ];
                (kinds.workflow, commands)
            }
            EntryKind::Task => {
                let commands = vec![
                    ("not evaluated", CommandName::Explain, &task),
                    ("apply up to here", CommandName::ApplyUntil, &task),
                ];
                (kinds.task, commands)
            }
            EntryKind::Workspace => {
                let create = (
                    "+ create workspace",
                    CommandName::CreateWorkspace,
                    &workflow,
                );
                (kinds.workspace, vec![create])
            }
            EntryKind::Operation => {
                let run = ("▶ run", CommandName::RunOperation, &operation);
                (kinds.operation, vec![run])
            }
            EntryKind::Sequence | EntryKind::Parallel | EntryKind::Branch => (false, Vec::new()),
        };
        let range = self.first_line(part.entry.selection.clone());
        let commands = commands.into_iter().filter(|_| is_wanted);
        commands
            .map(|(title, command, arguments)| lens(range, title.to_owned(), command, arguments))
            .collect()
    }

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
        if let Some(progress) = progress_of(self.view, workflow) {
            return progress;
        }
        if is_up_to_date(self.view, workflow, plan) {
            return "✓ up to date".to_owned();
        }
        let pending = pending(self.view, workflow, plan);
        format!("▶ apply ({pending} pending)")
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
        if self.can_be_applied(task) {
            let title = "apply up to here".to_owned();
            lenses.push(lens(range, title, CommandName::ApplyUntil, &arguments));
        }
        if self.has_run(task) {
            let title = "invalidate".to_owned();
            lenses.push(lens(range, title, CommandName::Invalidate, &arguments));
        }
        lenses
    }

    fn can_be_applied(&self, task: &PlannedTask<'_>) -> bool {
        !matches!(
            standing(self.view, task),
            Standing::Cached | Standing::Running
        )
    }

    fn has_run(&self, task: &PlannedTask<'_>) -> bool {
        let is_stored = task.node.is_some_and(|node| node.run_id.is_some());
        is_stored || standing(self.view, task) == Standing::Cached
    }

    /// A loop, a factory or a shared part makes several tasks in one place; a lens for each state would
    /// hide the code.
    fn of_several_tasks(&self, range: LspRange, tasks: &[PlannedTask<'_>]) -> Vec<Lens> {
        let mut workflows: Vec<&Workflow> = Vec::new();
        for task in tasks {
            if !workflows
                .iter()
                .any(|known| known.name == task.workflow.name)
            {
                workflows.push(task.workflow);
            }
        }
        let arguments = CommandArguments {
            config: Some(self.config.clone()),
            workflow: match workflows.as_slice() {
                [only] => Some(only.name.to_string()),
                _ => None,
            },
            ..CommandArguments::default()
        };
        let title = self.several_title(tasks);
        let mut lenses = vec![lens(range, title, CommandName::Explain, &arguments)];
        for workflow in &workflows {
            let of_workflow = tasks
                .iter()
                .filter(|task| task.workflow.name == workflow.name);
            let of_workflow: Vec<&PlannedTask<'_>> = of_workflow.collect();
            let suffix = match workflows.len() {
                1 => String::new(),
                _ => format!(" in {}", workflow.name),
            };
            lenses.extend(self.commands_for_several(range, workflow, &of_workflow, &suffix));
        }
        lenses
    }

    /// Makes what can be done with all tasks of a workflow that one call makes.
    fn commands_for_several(
        &self,
        range: LspRange,
        workflow: &Workflow,
        tasks: &[&PlannedTask<'_>],
        suffix: &str,
    ) -> Vec<Lens> {
        let arguments = |wanted: &dyn Fn(&PlannedTask<'_>) -> bool| {
            let tasks = tasks.iter().filter(|task| wanted(task));
            CommandArguments {
                tasks: tasks.map(|task| task.task.path.to_string()).collect(),
                ..self.workflow_arguments(workflow)
            }
        };
        let pending = arguments(&|task| self.can_be_applied(task));
        let stored = arguments(&|task| self.has_run(task));
        [
            ("apply up to here", CommandName::ApplyUntil, pending),
            ("invalidate", CommandName::Invalidate, stored),
        ]
        .into_iter()
        .filter(|(_, _, arguments)| !arguments.tasks.is_empty())
        .map(|(title, command, arguments)| {
            lens(range, format!("{title}{suffix}"), command, &arguments)
        })
        .collect()
    }

    fn several_title(&self, tasks: &[PlannedTask<'_>]) -> String {
        let count = |wanted: &[Standing]| {
            let standings = tasks.iter().map(|task| standing(self.view, task));
            standings.filter(|one| wanted.contains(one)).count()
        };
        let all = tasks.len();
        let pending = count(&[
            Standing::Pending,
            Standing::Conditional,
            Standing::Failed,
            Standing::Unknown,
        ]);
        match (count(&[Standing::Running]), pending) {
            (0, 0) => format!("✓ {all} tasks cached"),
            (0, pending) => format!("● {pending} of {all} tasks pending"),
            (running, _) => format!("◌ {running} of {all} tasks running"),
        }
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
        self.first_line(self.view.current_bytes(&site.module.path, name))
    }

    fn first_line(&self, bytes: Range<u32>) -> LspRange {
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
