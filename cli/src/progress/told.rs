//! What a person has read while it came: the output of tasks, and their failures.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rigkit_engine::error::NodeFailure;

use crate::{failure::failed_node_text, styled_text::Line};

/// Knows the tasks, hooks and operations whose output and failure stay on the screen, so that the
/// report at the end need not repeat all of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Sources>>);

#[derive(Debug, Default)]
struct Sources {
    of_output: HashSet<String>,
    of_failures: HashSet<String>,
}

impl Told {
    /// Notes that output was shown in whole.
    pub(super) fn note(&self, source: &str) {
        let mut sources = self.sources();
        if !sources.of_output.contains(source) {
            sources.of_output.insert(source.to_owned());
        }
    }

    /// Returns the report of a failure that has just happened, and notes that it is shown.
    pub(super) fn report(&self, failure: &NodeFailure) -> Vec<Line> {
        let mut sources = self.sources();
        sources.of_failures.insert(failure.node.clone());
        failed_node_text(failure, sources.of_output.contains(&failure.node))
    }

    /// Returns whether the output of a source was shown.
    pub(crate) fn has_output_of(&self, source: &str) -> bool {
        self.sources().of_output.contains(source)
    }

    /// Returns whether the failure of a source was shown.
    pub(crate) fn has_failure_of(&self, source: &str) -> bool {
        self.sources().of_failures.contains(source)
    }

    fn sources(&self) -> MutexGuard<'_, Sources> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
