//! What a state holds of the tasks of a workflow, read before it is known which of them there are.

use std::collections::HashMap;

use super::LastFailure;
use crate::state::{RunSummary, StateError, StateReader};

/// The stored tasks of one workflow, by node path.
#[derive(Debug, Default)]
pub(crate) struct StoredTasks {
    /// The current run of each task that has one.
    pub(crate) current: HashMap<String, RunSummary>,
    /// How the last try of each task failed that did.
    pub(crate) failures: HashMap<String, LastFailure>,
}

impl StoredTasks {
    /// Reads the tasks of one workflow.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub(crate) fn read(state: &StateReader, workflow: &str) -> Result<Self, StateError> {
        Ok(Self {
            current: state.current_runs(workflow)?,
            failures: state.last_failures(workflow)?,
        })
    }

    /// Reads the tasks of all workflows, by their names.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub(crate) fn read_all(state: &StateReader) -> Result<HashMap<String, Self>, StateError> {
        let mut tasks: HashMap<String, Self> = HashMap::new();
        for (workflow, current) in state.all_current_runs()? {
            tasks.entry(workflow).or_default().current = current;
        }
        for failed in state.failed_tasks(None)? {
            let workflow = tasks.entry(failed.workflow).or_default();
            workflow.failures.insert(failed.node_path, failed.failure);
        }
        Ok(tasks)
    }
}
