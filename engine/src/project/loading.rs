//! Loads that somebody may end from another thread.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// The loads of one process, all of which end once nobody wants them any more.
#[derive(Clone, Default)]
pub struct Loading(Arc<Loads>);

#[derive(Default)]
struct Loads {
    count: AtomicUsize,
    are_unwanted: AtomicBool,
}

impl Loading {
    /// Ends the loads that go on, and those that are still to come. Returns whether one goes on.
    #[must_use]
    pub fn end(&self) -> bool {
        self.0.are_unwanted.store(true, Ordering::SeqCst);
        self.0.count.load(Ordering::SeqCst) > 0
    }

    /// Returns whether nobody wants the loads any more.
    #[must_use]
    pub fn is_unwanted(&self) -> bool {
        self.0.are_unwanted.load(Ordering::SeqCst)
    }

    /// Loads something, and returns nothing where it was no longer wanted. Whoever was told that
    /// a load goes on can rely on that.
    pub(crate) fn unless_unwanted<T>(&self, load: impl FnOnce() -> T) -> Option<T> {
        self.0.count.fetch_add(1, Ordering::SeqCst);
        let loaded = load();
        self.0.count.fetch_sub(1, Ordering::SeqCst);
        (!self.is_unwanted()).then_some(loaded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_that_is_ended_gives_nothing() {
        let loading = Loading::default();
        assert_eq!(loading.unless_unwanted(|| 1), Some(1));
        assert_eq!(loading.unless_unwanted(|| loading.end()), None);
        assert!(!loading.end(), "nothing is loaded any more");
        assert_eq!(loading.unless_unwanted(|| 1), None);
    }
}
