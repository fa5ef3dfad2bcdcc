//! Goes back from a point, task by task, to find each key and the task that made it.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use rigkit_engine::{
    definition::{Point, PointId, TaskIndex, Workflow},
    plan::NodeStatus,
};
use serde_json::{Map, Value};

use super::{ContextKey, Origin};
use crate::{
    handlers::{Output, ProjectFiles, WrittenMembers},
    view::ProjectView,
};

/// How many tasks are gone through; nobody is told where a key comes from that was there before.
const HORIZON: usize = 256;

/// Is what is known of the context after some of the way back.
pub(super) struct Trace<'a> {
    view: &'a ProjectView,
    workflow: &'a Workflow,
    outputs: HashMap<TaskIndex, Map<String, Value>>,
    written: WrittenOutputs<'a>,
    keys: Vec<ContextKey>,
    /// The keys whose value an earlier task may have made already.
    open: HashSet<String>,
    wanted: Wanted,
}

/// Says which keys that are found further back are still there at the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// All.
    All,
    /// Those that no run has left yet: what runs did leave is known.
    Written,
    /// None.
    None,
}

impl<'a> Trace<'a> {
    /// Lists the keys at a point, nearest first.
    pub(super) fn of(
        view: &'a ProjectView,
        workflow: &'a Workflow,
        point: PointId,
    ) -> Vec<ContextKey> {
        let points = points_back(workflow, point);
        let mut trace = Self {
            view,
            workflow,
            outputs: recorded(view, workflow, &points),
            written: WrittenOutputs::new(view, workflow, &points),
            keys: Vec::new(),
            open: HashSet::new(),
            wanted: Wanted::All,
        };
        for (distance, point) in points.into_iter().enumerate() {
            if trace.wanted == Wanted::None && trace.open.is_empty() {
                break;
            }
            trace.visit(point, distance);
        }
        trace.leave_open();
        trace.keys
    }

    fn visit(&mut self, point: PointId, distance: usize) {
        match &self.workflow.points[point.0] {
            Point::Start => self.open.clear(),
            Point::After(task) => self.visit_task(*task, distance),
            Point::Join { branches, .. } => self.visit_join(point, branches, distance),
        }
    }

    /// What is still open was there beyond the horizon.
    fn leave_open(&mut self) {
        for key in &mut self.keys {
            if self.open.contains(&key.name) {
                key.origin = None;
            }
        }
    }

    fn visit_task(&mut self, task: TaskIndex, distance: usize) {
        let output = self.outputs.remove(&task);
        let is_settled = output.is_some() && self.is_cached(task);
        if let Some(output) = output {
            self.trace_open(task, &output, distance);
            self.add_recorded(task, output, distance);
        }
        if is_settled {
            self.wanted = Wanted::None;
        } else if self.wanted != Wanted::None {
            self.add_written(task, distance);
        }
    }

    fn is_cached(&self, task: TaskIndex) -> bool {
        let plan = self.view.snapshot.plan(&self.workflow.name);
        let node = plan.and_then(|plan| plan.nodes.get(task.0));
        node.is_some_and(|node| node.status == NodeStatus::Cached)
    }

    /// Finds out which keys a task had already left as they are at the point.
    fn trace_open(&mut self, task: TaskIndex, output: &Map<String, Value>, distance: usize) {
        for key in &mut self.keys {
            if !self.open.contains(&key.name) {
                continue;
            }
            if output.get(&key.name) == key.value.as_ref() {
                key.origin = Some(Origin::Task(task));
                key.distance = distance;
            } else {
                self.open.remove(&key.name);
            }
        }
    }

    fn add_recorded(&mut self, task: TaskIndex, output: Map<String, Value>, distance: usize) {
        if self.wanted != Wanted::All {
            return;
        }
        for (name, value) in output
            .into_iter()
            .filter(|(name, _)| self.is_new(name))
            .collect::<Vec<_>>()
        {
            self.open.insert(name.clone());
            self.keys.push(ContextKey {
                name,
                value: Some(value),
                origin: Some(Origin::Task(task)),
                distance,
                written: WrittenMembers::default(),
            });
        }
        self.wanted = Wanted::Written;
    }

    /// Adds what the handler of a task returns, by its code.
    fn add_written(&mut self, task: TaskIndex, distance: usize) {
        let output = self.written.output(task);
        let may_have_others = output.may_have_others();
        for key in output.keys {
            if self.is_new(&key.name) {
                self.keys.push(ContextKey {
                    name: key.name,
                    value: None,
                    origin: Some(Origin::Task(task)),
                    distance,
                    written: key.members,
                });
            }
        }
        if !may_have_others {
            self.wanted = Wanted::None;
        }
    }

    fn visit_join(&mut self, join: PointId, branches: &[(Arc<str>, PointId)], distance: usize) {
        for (name, end) in branches {
            if self.open.remove(&**name) {
                let known = self.keys.iter_mut().find(|key| key.name == **name);
                if let Some(key) = known {
                    key.origin = Some(Origin::Branch { join, end: *end });
                    key.distance = distance;
                }
            }
        }
        if self.wanted != Wanted::None {
            self.add_branches(join, branches, distance);
        }
    }

    fn add_branches(&mut self, join: PointId, branches: &[(Arc<str>, PointId)], distance: usize) {
        let context = self.view.engine().recorded_context(self.workflow, join);
        let mut context = context.unwrap_or_default();
        for (name, end) in branches {
            if self.is_new(name) {
                let value = context.remove(&**name);
                self.keys.push(ContextKey {
                    name: name.to_string(),
                    value: value.filter(|value| *value != Value::Object(Map::new())),
                    origin: Some(Origin::Branch { join, end: *end }),
                    distance,
                    written: WrittenMembers::default(),
                });
            }
        }
    }

    fn is_new(&self, name: &str) -> bool {
        self.keys.iter().all(|key| key.name != name)
    }
}

/// Knows what handlers leave by their code, of which as few as possible are read.
struct WrittenOutputs<'a> {
    workflow: &'a Workflow,
    files: Option<ProjectFiles<'a>>,
    /// The tasks that are not read yet, in the order in which they are asked for.
    waiting: VecDeque<TaskIndex>,
    read: HashMap<TaskIndex, Output>,
    /// How many are read next.
    batch: usize,
}

impl<'a> WrittenOutputs<'a> {
    fn new(view: &'a ProjectView, workflow: &'a Workflow, points: &[PointId]) -> Self {
        Self {
            workflow,
            files: ProjectFiles::new(view),
            waiting: tasks_at(workflow, points).collect(),
            read: HashMap::new(),
            batch: 1,
        }
    }

    /// Gives what a task leaves. Who asks for one will ask for those before it: the next ones are
    /// read with it, twice as many each time.
    fn output(&mut self, task: TaskIndex) -> Output {
        if !self.read.contains_key(&task) {
            self.waiting = self.waiting.split_off(self.position(task));
            let count = self.batch.min(self.waiting.len());
            self.batch *= 2;
            let tasks: Vec<TaskIndex> = self.waiting.drain(..count).collect();
            let outputs = self.outputs_of(&tasks);
            self.read.extend(tasks.into_iter().zip(outputs));
        }
        self.read.remove(&task).unwrap_or_else(Output::unknown)
    }

    fn position(&self, task: TaskIndex) -> usize {
        let found = self.waiting.iter().position(|waiting| *waiting == task);
        found.unwrap_or(self.waiting.len())
    }

    fn outputs_of(&self, tasks: &[TaskIndex]) -> Vec<Output> {
        let handlers: Vec<_> = tasks
            .iter()
            .map(|task| self.workflow.task(*task).handler)
            .collect();
        let read = |files: &ProjectFiles<'_>| {
            files.read_code(&handlers, |_, _, tree, function| Output::of(tree, function))
        };
        let outputs = self.files.as_ref().map(read).unwrap_or_default();
        outputs
            .into_iter()
            .map(|output| output.unwrap_or_else(Output::unknown))
            .collect()
    }
}

/// Gives a point and those before it, but for the insides of parallel branches.
fn points_back(workflow: &Workflow, point: PointId) -> Vec<PointId> {
    let before = |point: &PointId| match &workflow.points[point.0] {
        Point::Start => None,
        Point::After(task) => Some(workflow.task(*task).after),
        Point::Join { incoming, .. } => Some(*incoming),
    };
    std::iter::successors(Some(point), before)
        .take(HORIZON)
        .collect()
}

fn recorded(
    view: &ProjectView,
    workflow: &Workflow,
    points: &[PointId],
) -> HashMap<TaskIndex, Map<String, Value>> {
    let tasks: Vec<TaskIndex> = tasks_at(workflow, points).collect();
    // A state that cannot be read is told of by diagnostics.
    let outputs = view.engine().recorded_outputs(workflow, &tasks);
    let outputs = outputs.unwrap_or_default().into_iter();
    outputs
        .map(|recorded| (recorded.task, recorded.output))
        .collect()
}

fn tasks_at(workflow: &Workflow, points: &[PointId]) -> impl Iterator<Item = TaskIndex> {
    points
        .iter()
        .filter_map(|point| match &workflow.points[point.0] {
            Point::After(task) => Some(*task),
            Point::Start | Point::Join { .. } => None,
        })
}
