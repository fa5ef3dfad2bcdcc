//! Goes back from a point, task by task, to find each key and the task that made it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use rigkit_engine::{
    definition::{Point, PointId, TaskIndex, Workflow},
    plan::NodeStatus,
};
use serde_json::{Map, Value};

use super::{
    ContextKey, Origin,
    returned::{Returned, Sources},
};
use crate::view::ProjectView;

/// How many tasks are gone through; a key that was made even before comes from nobody knows where.
const HORIZON: usize = 256;

/// Is what is known of the context after some of the way back.
pub(super) struct Trace<'a> {
    view: &'a ProjectView,
    workflow: &'a Workflow,
    outputs: HashMap<TaskIndex, Map<String, Value>>,
    sources: Sources<'a>,
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
            sources: Sources::new(view),
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
        // What is still open was made beyond the horizon.
        trace.keys
    }

    fn visit(&mut self, point: PointId, distance: usize) {
        match &self.workflow.points[point.0] {
            Point::Start => self.open.clear(),
            Point::After(task) => self.visit_task(*task, distance),
            Point::Join { branches, .. } => self.visit_join(point, branches, distance),
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
            });
        }
        self.wanted = Wanted::Written;
    }

    /// Adds what the handler of a task returns, by its code.
    fn add_written(&mut self, task: TaskIndex, distance: usize) {
        let Returned { keys, keeps_others } = self.sources.returned_by(self.workflow.task(task));
        for name in keys {
            if self.is_new(&name) {
                self.keys.push(ContextKey {
                    name,
                    value: None,
                    origin: Some(Origin::Task(task)),
                    distance,
                });
            }
        }
        if !keeps_others {
            self.wanted = Wanted::None;
        }
    }

    fn visit_join(&mut self, join: PointId, branches: &[(Arc<str>, PointId)], distance: usize) {
        for (name, end) in branches {
            if self.open.remove(&**name) {
                let known = self.keys.iter_mut().find(|key| key.name == **name);
                if let Some(key) = known {
                    key.origin = Some(Origin::Branch(*end));
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
                    origin: Some(Origin::Branch(*end)),
                    distance,
                });
            }
        }
    }

    fn is_new(&self, name: &str) -> bool {
        self.keys.iter().all(|key| key.name != name)
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
    let tasks = points
        .iter()
        .filter_map(|point| match &workflow.points[point.0] {
            Point::After(task) => Some(*task),
            Point::Start | Point::Join { .. } => None,
        });
    let tasks: Vec<TaskIndex> = tasks.collect();
    // A state that cannot be read is told of by diagnostics.
    let outputs = view.engine().recorded_outputs(workflow, &tasks);
    let outputs = outputs.unwrap_or_default().into_iter();
    outputs
        .map(|recorded| (recorded.task, recorded.output))
        .collect()
}
