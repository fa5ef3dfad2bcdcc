//! Whose output a person has read while it came.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

/// Knows the tasks, hooks and operations whose output stays on the screen, so that the report
/// of a failure need not repeat it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told(Arc<Mutex<HashSet<String>>>);

impl Told {
    /// Notes that output was shown in whole.
    pub(super) fn note(&self, source: &str) {
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !sources.contains(source) {
            sources.insert(source.to_owned());
        }
    }

    /// Says whether the output of a source was shown.
    pub(crate) fn has(&self, source: &str) -> bool {
        let sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sources.contains(source)
    }
}
