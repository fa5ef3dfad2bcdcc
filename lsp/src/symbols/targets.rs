//! The texts by which `invalidate` names tasks: a name, or a path made of several.

use std::{ops::Range, path::PathBuf, sync::Arc};

use rigkit_engine::definition::{PathPart, PathPartKind, Task, TaskIndex, Workflow};

use super::{
    Occurrence, ProjectNames, Role, Symbol,
    mention::{HandlerPart, Written, first_text, handler_part},
    resolve::occurrence,
};
use crate::{
    document::{SyntaxNode, bytes_of, size},
    handlers::{OwnedHandler, ProjectFile, Sight, callee_name},
};

/// Is the text by which a call of `invalidate` names tasks.
pub(crate) struct InvalidateTarget<'view> {
    /// The file.
    pub(crate) path: PathBuf,
    /// Where the text is, without its quotes.
    pub(crate) bytes: Range<u32>,
    /// What it says.
    pub(crate) text: String,
    /// The tasks it names.
    pub(crate) tasks: Vec<NamedTask<'view>>,
    /// The handlers it is in; none where any task may call it.
    users: Vec<OwnedHandler<'view>>,
}

/// Is a task that something names.
#[derive(Clone, Copy)]
pub(crate) struct NamedTask<'view> {
    /// Its workflow.
    pub(crate) workflow: &'view Workflow,
    /// The task.
    pub(crate) index: TaskIndex,
}

impl NamedTask<'_> {
    /// Tells tasks apart.
    pub(crate) fn key(&self) -> (&str, TaskIndex) {
        (&self.workflow.name, self.index)
    }
}

impl<'view> ProjectNames<'view> {
    /// A path is made of several names, of which the one at the place is meant.
    pub(super) fn of_target(
        &self,
        file: &ProjectFile<'view>,
        tasks: &[NamedTask<'view>],
        mut written: Written,
        place: u32,
    ) -> Option<Occurrence> {
        let offset = place.saturating_sub(written.bytes.start) as usize;
        let parts: Vec<(Range<usize>, &PathPart)> = tasks
            .iter()
            .filter_map(|task| self.part_at(task, &written.name, offset))
            .collect();
        let (bytes, part) = parts.first()?;
        written.bytes =
            written.bytes.start + size(bytes.start)..written.bytes.start + size(bytes.end);
        written.name = part.name.to_string();
        let symbols = parts.iter().filter_map(|(_, part)| self.symbol_of(part));
        let symbols = symbols.collect();
        occurrence(file, written, Role::Target, symbols)
    }

    fn part_at(
        &self,
        task: &NamedTask<'view>,
        target: &str,
        offset: usize,
    ) -> Option<(Range<usize>, &PathPart)> {
        let path = self.index.path(task.workflow, task.index);
        if *task.workflow.task(task.index).name == *target {
            return Some((0..target.len(), path.last()?));
        }
        let mut start = 0;
        for part in path {
            let end = start + part.name.len();
            if offset <= end {
                return Some((start..end, part));
            }
            start = end + 1;
        }
        None
    }

    fn symbol_of(&self, part: &PathPart) -> Option<Symbol> {
        let call = self.index.call(&part.place)?;
        Some(match part.kind {
            PathPartKind::Task => Symbol::Task(call),
            PathPartKind::Sequence => Symbol::Sequence(call),
            PathPartKind::Branch => Symbol::Branch(call, Arc::clone(&part.name)),
        })
    }

    /// Finds the tasks that a text names for those who may invalidate them: tasks that run before.
    pub(super) fn earlier_tasks(
        &self,
        uses: &[OwnedHandler<'view>],
        text: &str,
    ) -> Vec<NamedTask<'view>> {
        let mut found: Vec<NamedTask<'view>> = Vec::new();
        for user in uses {
            let workflow = user.sight.workflow;
            for index in self.index.tasks_named(workflow, text) {
                let task = NamedTask {
                    workflow,
                    index: *index,
                };
                let is_new = !found.iter().any(|known| known.key() == task.key());
                if is_new && self.index.has_run(workflow, *index, user.sight.point) {
                    found.push(task);
                }
            }
        }
        found
    }

    /// Finds the tasks that a text names, for a helper that may be called from any of them.
    pub(super) fn all_tasks(&self, text: &str) -> Vec<NamedTask<'view>> {
        let workflows = self.definition.workflows.iter();
        let tasks = workflows.flat_map(|workflow| {
            let named = self.index.tasks_named(workflow, text).iter();
            named.map(move |index| NamedTask {
                workflow,
                index: *index,
            })
        });
        tasks.collect()
    }

    /// Lists the paths of the tasks that may be named where a target is.
    pub(crate) fn known_paths(&self, target: &InvalidateTarget<'_>) -> Vec<String> {
        let path = |task: &Task| task.path.to_string();
        match target.users.as_slice() {
            [] => {
                let workflows = self.definition.workflows.iter();
                workflows.flat_map(|one| &one.tasks).map(path).collect()
            }
            users => {
                let tasks = users.iter().flat_map(|user| {
                    let Sight {
                        workflow, point, ..
                    } = user.sight;
                    let earlier = workflow.earlier_tasks(point).into_iter();
                    earlier.map(|task| workflow.task(task))
                });
                tasks.map(path).collect()
            }
        }
    }

    /// Reads the call of `invalidate` whose name is the last of the nodes.
    pub(super) fn target_of_call(
        &self,
        file: &ProjectFile<'view>,
        nodes: &[SyntaxNode<'_>],
    ) -> Option<InvalidateTarget<'view>> {
        let depth = nodes
            .iter()
            .rposition(|node| node.kind() == "call_expression")?;
        let call = nodes[depth];
        let (arguments, text) = first_text(call)?;
        if callee_name(call)? != *nodes.last()? {
            return None;
        }
        let around: Vec<SyntaxNode<'_>> = nodes[..=depth]
            .iter()
            .copied()
            .chain([arguments, text])
            .collect();
        let tree = file.tree()?;
        let name = tree.plain_text(text)?;
        let (tasks, users) = match self.handler(file, &around) {
            Some(handler) => match handler_part(tree, &around, &handler)? {
                HandlerPart::Target => (self.earlier_tasks(&handler.uses, name), handler.uses),
                _ => return None,
            },
            None => (self.all_tasks(name), Vec::new()),
        };
        // A function that names no task may be another one than the method of a step.
        if tasks.is_empty() && users.is_empty() && nodes.last()?.kind() == "identifier" {
            return None;
        }
        let quoted = bytes_of(text);
        Some(InvalidateTarget {
            path: file.module.path.clone(),
            bytes: quoted.start + 1..quoted.end - 1,
            text: name.to_owned(),
            tasks,
            users,
        })
    }
}
