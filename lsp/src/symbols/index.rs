//! What each call of a definition made, and what the handlers written in it see.

use std::{
    cell::{OnceCell, RefCell},
    collections::{HashMap, HashSet},
    rc::Rc,
    sync::Arc,
};

use rigkit_engine::definition::{
    Definition, Outline, PathPart, Place, Point, PointId, TaskIndex, Workflow,
};

use crate::{
    handlers::{OwnedHandler, all_handlers},
    sites::CallKey,
};

/// Is what the calls of a definition made.
pub(super) struct Index<'view> {
    definition: &'view Definition,
    handlers: HashMap<CallKey, Vec<OwnedHandler<'view>>>,
    sequences: HashSet<CallKey>,
    parallels: HashSet<CallKey>,
    removals: HashMap<CallKey, Vec<(Arc<str>, CallKey)>>,
    facts: HashMap<&'view str, WorkflowFacts>,
}

/// Is what is found out about a workflow when somebody asks.
#[derive(Default)]
struct WorkflowFacts {
    paths: OnceCell<Vec<Vec<PathPart>>>,
    /// The tasks by name and by path.
    tasks: OnceCell<HashMap<Arc<str>, Vec<TaskIndex>>>,
    /// For each task, the states that come after it.
    after: RefCell<HashMap<TaskIndex, Rc<[bool]>>>,
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
            facts: HashMap::new(),
        };
        for owned in all_handlers(definition) {
            if let Some(call) = index.call(owned.place) {
                index.handlers.entry(call).or_default().push(owned);
            }
        }
        for workflow in &definition.workflows {
            index.add_outline(&workflow.outline);
            index.add_removals(workflow);
            index.facts.insert(&workflow.name, WorkflowFacts::default());
        }
        index
    }

    /// Gives what the handlers in a call are called for; nothing where it made nothing that has
    /// one.
    pub(super) fn handler_uses(&self, call: CallKey) -> Option<&[OwnedHandler<'view>]> {
        self.handlers.get(&call).map(Vec::as_slice)
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
        let facts = self.facts.get(&*workflow.name);
        let paths = facts.map(|facts| facts.paths.get_or_init(|| workflow.path_parts(None)));
        let path = paths.and_then(|paths| paths.get(task.0));
        path.map(Vec::as_slice).unwrap_or_default()
    }

    /// Lists the tasks with a name or path.
    pub(super) fn tasks_named(&self, workflow: &Workflow, text: &str) -> &[TaskIndex] {
        let facts = self.facts.get(&*workflow.name);
        let tasks = facts.map(|facts| facts.tasks.get_or_init(|| by_name_and_path(workflow)));
        let named = tasks.and_then(|tasks| tasks.get(text));
        named.map(Vec::as_slice).unwrap_or_default()
    }

    /// Says whether a task has run when a state is reached.
    pub(super) fn has_run(&self, workflow: &Workflow, task: TaskIndex, point: PointId) -> bool {
        let Some(facts) = self.facts.get(&*workflow.name) else {
            return false;
        };
        let mut after = facts.after.borrow_mut();
        let after = after
            .entry(task)
            .or_insert_with(|| states_after(workflow, task));
        after.get(point.0) == Some(&true)
    }

    fn add_outline(&mut self, outline: &Outline) {
        match outline {
            Outline::Task(_) => {}
            Outline::Sequence {
                place, children, ..
            } => {
                self.sequences.extend(self.call(place));
                for child in children {
                    self.add_outline(child);
                }
            }
            Outline::Parallel { place, branches } => {
                self.parallels.extend(self.call(place));
                for (_, branch) in branches {
                    self.add_outline(branch);
                }
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

fn by_name_and_path(workflow: &Workflow) -> HashMap<Arc<str>, Vec<TaskIndex>> {
    let mut tasks: HashMap<Arc<str>, Vec<TaskIndex>> = HashMap::new();
    for (index, task) in workflow.tasks.iter().enumerate() {
        let mut add = |text: &Arc<str>| {
            let named = tasks.entry(Arc::clone(text)).or_default();
            named.push(TaskIndex(index));
        };
        add(&task.path);
        if task.name != task.path {
            add(&task.name);
        }
    }
    tasks
}

/// Marks the states that come after a task; states are listed before those that follow them.
fn states_after(workflow: &Workflow, task: TaskIndex) -> Rc<[bool]> {
    let mut after: Vec<bool> = Vec::with_capacity(workflow.points.len());
    for point in &workflow.points {
        let is_after = |point: &PointId| after.get(point.0) == Some(&true);
        after.push(match point {
            Point::Start => false,
            Point::After(index) => *index == task || is_after(&workflow.task(*index).after),
            Point::Join {
                incoming, branches, ..
            } => is_after(incoming) || branches.iter().any(|(_, end)| is_after(end)),
        });
    }
    after.into()
}
