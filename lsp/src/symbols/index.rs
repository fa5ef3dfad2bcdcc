//! What each call of a definition made, and what the handlers written in it see.

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use rigkit_engine::definition::{
    Definition, Outline, PathPart, Place, PointId, Scope, ScopeId, TaskIndex, Workflow,
};

use super::CallKey;

/// Is what the calls of a definition made.
pub(super) struct Index<'view> {
    definition: &'view Definition,
    handlers: HashMap<CallKey, Vec<HandlerUse<'view>>>,
    sequences: HashSet<CallKey>,
    parallels: HashSet<CallKey>,
    removals: HashMap<CallKey, Vec<(Arc<str>, CallKey)>>,
    paths: HashMap<Arc<str>, OnceCell<Vec<Vec<PathPart>>>>,
}

/// Is one of the things that a handler is called for.
#[derive(Clone, Copy)]
pub(super) struct HandlerUse<'view> {
    /// The workflow it is part of.
    pub(super) workflow: &'view Workflow,
    /// The call that the handler is given to.
    pub(super) call: CallKey,
    /// The place of that call.
    pub(super) place: &'view Place,
    /// What it is called for.
    pub(super) role: HandlerRole,
    /// The state it sees.
    pub(super) point: PointId,
    scope: ScopeId,
}

/// Says what a handler is called for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HandlerRole {
    /// A task.
    Task(TaskIndex),
    /// Making or removing a workspace.
    Workspace,
    /// An operation.
    Operation,
}

impl<'view> HandlerUse<'view> {
    /// Gives what it sees.
    pub(super) fn scope(&self) -> &'view Scope {
        self.workflow.scope(self.scope)
    }
}

impl<'view> Index<'view> {
    /// Goes through a definition.
    pub(super) fn new(definition: &'view Definition) -> Self {
        let mut index = Self {
            definition,
            handlers: HashMap::new(),
            sequences: HashSet::new(),
            parallels: HashSet::new(),
            removals: HashMap::new(),
            paths: HashMap::new(),
        };
        for workflow in &definition.workflows {
            index.add_tasks(workflow);
            index.add_others(workflow);
            index.add_outline(&workflow.outline);
            index.add_removals(workflow);
            index
                .paths
                .insert(Arc::clone(&workflow.name), OnceCell::new());
        }
        index
    }

    /// Gives what the handlers in a call are called for; nothing where it made nothing that has
    /// one.
    pub(super) fn handler_uses(&self, call: CallKey) -> Option<&[HandlerUse<'view>]> {
        self.handlers.get(&call).map(Vec::as_slice)
    }

    /// Lists what every handler is called for.
    pub(super) fn all_uses(&self) -> impl Iterator<Item = &HandlerUse<'view>> {
        self.handlers.values().flatten()
    }

    /// Says whether a call made a sequence.
    pub(super) fn is_sequence(&self, call: CallKey) -> bool {
        self.sequences.contains(&call)
    }

    /// Says whether a call made branches.
    pub(super) fn is_parallel(&self, call: CallKey) -> bool {
        self.parallels.contains(&call)
    }

    /// Gives the calls that named what a call removes, under this name.
    pub(super) fn removed(&self, call: CallKey, name: &str) -> Vec<CallKey> {
        let removals = self.removals.get(&call).into_iter().flatten();
        let mut calls: Vec<CallKey> = removals
            .filter(|(removed, _)| **removed == *name)
            .map(|(_, named_at)| *named_at)
            .collect();
        calls.dedup();
        calls
    }

    /// Finds the call at a place.
    pub(super) fn call(&self, place: &Place) -> Option<CallKey> {
        CallKey::of(place, &self.definition.graph)
    }

    /// Gives what the path of a task is made of.
    pub(super) fn path(&self, workflow: &Workflow, task: TaskIndex) -> &[PathPart] {
        let paths = self.paths.get(&workflow.name);
        let paths = paths.map(|paths| paths.get_or_init(|| workflow.path_parts(None)));
        let path = paths.and_then(|paths| paths.get(task.0));
        path.map(Vec::as_slice).unwrap_or_default()
    }

    fn add_tasks(&mut self, workflow: &'view Workflow) {
        for (index, task) in workflow.tasks.iter().enumerate() {
            let role = HandlerRole::Task(TaskIndex(index));
            self.add_use(workflow, &task.place, role, task.after, task.scope);
        }
    }

    fn add_others(&mut self, workflow: &'view Workflow) {
        if let Some(workspace) = &workflow.workspace {
            let role = HandlerRole::Workspace;
            self.add_use(
                workflow,
                &workspace.place,
                role,
                workflow.end,
                workspace.scope,
            );
        }
        let of_project = workflow.operations.iter();
        for operation in of_project.chain(&workflow.workspace_operations) {
            let role = HandlerRole::Operation;
            self.add_use(
                workflow,
                &operation.place,
                role,
                workflow.end,
                operation.scope,
            );
        }
    }

    fn add_use(
        &mut self,
        workflow: &'view Workflow,
        place: &'view Place,
        role: HandlerRole,
        point: PointId,
        scope: ScopeId,
    ) {
        if let Some(call) = self.call(place) {
            self.handlers.entry(call).or_default().push(HandlerUse {
                workflow,
                call,
                place,
                role,
                point,
                scope,
            });
        }
    }

    fn add_outline(&mut self, outline: &Outline) {
        match outline {
            Outline::Task(_) => {}
            Outline::Sequence {
                place, children, ..
            } => {
                self.sequences.extend(self.call(place));
                children.iter().for_each(|child| self.add_outline(child));
            }
            Outline::Parallel { place, branches } => {
                self.parallels.extend(self.call(place));
                branches
                    .iter()
                    .for_each(|(_, branch)| self.add_outline(branch));
            }
        }
    }

    fn add_removals(&mut self, workflow: &Workflow) {
        for removal in &workflow.provider_removals {
            let calls = (self.call(&removal.place), self.call(&removal.named_at));
            if let (Some(call), Some(named_at)) = calls {
                let removals = self.removals.entry(call).or_default();
                removals.push((Arc::clone(&removal.name), named_at));
            }
        }
    }
}
