//! Which keys are in the context where, as far as code shows it.

use rigkit_engine::definition::{Point, PointId, TaskIndex, Workflow};

use crate::handlers::Output;

/// Is a workflow with what each of its tasks does to the context.
pub(crate) struct Flow<'a> {
    /// The workflow.
    pub(crate) workflow: &'a Workflow,
    /// What its tasks do, in its order.
    pub(crate) outputs: Vec<Output>,
}

/// Says what is believed of a task that may set anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// That it sets a key.
    Sets,
    /// That it does not.
    SetsNot,
}

impl Flow<'_> {
    /// Says for each point whether a key is in the context there; at one point it may be known
    /// to be.
    pub(crate) fn presence(&self, key: &str, known_at: Option<PointId>, doubt: Doubt) -> Vec<bool> {
        let mut is_there = vec![false; self.workflow.points.len()];
        // Points are listed before the tasks and joins that follow them.
        for (index, point) in self.workflow.points.iter().enumerate() {
            is_there[index] = known_at == Some(PointId(index))
                || match point {
                    Point::Start => false,
                    Point::After(task) => {
                        let before = is_there[self.workflow.task(*task).after.0];
                        self.leaves(*task, key, before, doubt)
                    }
                    Point::Join {
                        incoming, branches, ..
                    } => is_there[incoming.0] || branches.iter().any(|(name, _)| **name == *key),
                };
        }
        is_there
    }

    fn leaves(&self, task: TaskIndex, key: &str, is_there: bool, doubt: Doubt) -> bool {
        let output = &self.outputs[task.0];
        output.has(key) || (output.keeps && is_there) || (output.is_open && doubt == Doubt::Sets)
    }
}
