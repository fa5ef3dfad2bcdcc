//! The questions of a plan while they are open: until when each has to be answered, and which
//! of them nobody waits for any more.

use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

use super::protocol::{Allowance, CallId};

/// What a runtime knows of the time that its calls have.
#[derive(Debug, Default)]
pub(super) struct Questions {
    answer_by: HashMap<CallId, Instant>,
    abandoned: HashSet<CallId>,
}

impl Questions {
    /// Notes what a call that begins now may use.
    pub(super) fn begin(&mut self, call: CallId, allowance: Allowance) {
        if let Allowance::Question(time) = allowance {
            // A time beyond what the clock can tell never comes.
            let moment = Instant::now().checked_add(time);
            self.answer_by.extend(moment.map(|moment| (call, moment)));
        }
    }

    /// Returns the moment until which a question has to be answered; none for other calls.
    pub(super) fn answer_by(&self, call: CallId) -> Option<Instant> {
        self.answer_by.get(&call).copied()
    }

    /// Notes that nobody waits for a call any more.
    pub(super) fn abandon(&mut self, call: CallId) {
        self.abandoned.insert(call);
    }

    /// Returns whether nobody waits for a call any more.
    pub(super) fn is_abandoned(&self, call: CallId) -> bool {
        self.abandoned.contains(&call)
    }
}
