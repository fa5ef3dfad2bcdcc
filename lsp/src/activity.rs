//! What runs in a project right now because somebody asked for it in this editor.

use std::collections::HashMap;

use jiff::Timestamp;
use rigkit_engine::{error::NodeFailure, event::Event};

/// Is what runs, and what failed since the last run began.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Activity {
    tasks: HashMap<TaskKey, TaskActivity>,
    /// How many runs go on.
    pub(crate) runs: usize,
}

/// Names a task: its workflow and its path.
pub(crate) type TaskKey = (String, String);

/// Says what became of a task in a run of this editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TaskActivity {
    /// It runs.
    Running {
        /// When it began.
        since: Timestamp,
    },
    /// It failed.
    Failed {
        /// What went wrong.
        failure: Box<NodeFailure>,
        /// When.
        at: Timestamp,
    },
}

impl Activity {
    /// Gives what became of a task.
    pub(crate) fn task(&self, workflow: &str, path: &str) -> Option<&TaskActivity> {
        if self.tasks.is_empty() {
            return None;
        }
        self.tasks.get(&(workflow.to_owned(), path.to_owned()))
    }

    /// Says whether a task failed.
    pub(crate) fn has_failures(&self) -> bool {
        let mut activities = self.tasks.values();
        activities.any(|activity| matches!(activity, TaskActivity::Failed { .. }))
    }

    /// Notes that a run of a workflow begins, with which its earlier failures are over.
    pub(crate) fn run_started(&mut self, workflow: &str) {
        self.runs += 1;
        self.tasks.retain(|(of, _), _| of != workflow);
    }

    /// Notes what happened in a run of a workflow, and says whether that is worth showing.
    pub(crate) fn note(&mut self, workflow: &str, event: &Event, now: Timestamp) -> bool {
        let key = |path: &str| (workflow.to_owned(), path.to_owned());
        match event {
            Event::NodeStarted { node_path } => {
                let running = TaskActivity::Running { since: now };
                self.tasks.insert(key(node_path), running);
                true
            }
            Event::NodeCompleted { node_path, .. } => self.tasks.remove(&key(node_path)).is_some(),
            Event::NodeFailed {
                node_path,
                message,
                causes,
                ..
            } => {
                let failure = NodeFailure {
                    node: node_path.clone(),
                    message: message.clone(),
                    causes: causes.clone(),
                    range: None,
                    help: None,
                    output_tail: Vec::new(),
                };
                self.failed(key(node_path), failure, now);
                true
            }
            _ => false,
        }
    }

    /// Notes that a run of a workflow is over, with all that is known of its failures.
    pub(crate) fn run_ended(&mut self, workflow: &str, failures: &[NodeFailure], now: Timestamp) {
        self.runs = self.runs.saturating_sub(1);
        let is_over = |(of, _): &TaskKey, activity: &TaskActivity| {
            of == workflow && matches!(activity, TaskActivity::Running { .. })
        };
        self.tasks.retain(|key, activity| !is_over(key, activity));
        for failure in failures {
            let key = (workflow.to_owned(), failure.node.clone());
            self.failed(key, failure.clone(), now);
        }
    }

    fn failed(&mut self, key: TaskKey, failure: NodeFailure, at: Timestamp) {
        let failure = Box::new(failure);
        self.tasks.insert(key, TaskActivity::Failed { failure, at });
    }
}
