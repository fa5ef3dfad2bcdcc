//! Carries places of the last good definition, and of the last problems, through later edits.

use crate::document::{Edit, EditMap};

/// Knows how one file changed since it was evaluated.
#[derive(Debug, Clone, Default)]
pub(crate) struct Carried {
    since_good: EditMap,
    since_started: EditMap,
}

impl Carried {
    /// Notes an edit.
    pub(crate) fn edited(&mut self, edit: Edit) {
        self.since_good.push(edit);
        self.since_started.push(edit);
    }

    /// Notes that an evaluation of the text as it is now begins.
    pub(crate) fn evaluation_started(&mut self) {
        self.since_started = EditMap::default();
    }

    /// Notes that the evaluation that was begun last gave a definition.
    pub(crate) fn became_good(&mut self) {
        self.since_good = self.since_started.clone();
    }

    /// Says what changed since the last good definition was evaluated.
    pub(crate) fn since_good(&self) -> &EditMap {
        &self.since_good
    }

    /// Says what changed since the last evaluation, good or not.
    pub(crate) fn since_evaluated(&self) -> &EditMap {
        &self.since_started
    }
}
