//! The time that reading, parsing and linking modules may take, before anything of them runs.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    diagnostic::{Diagnostic, DiagnosticCode},
    sandbox::thread_time,
};

/// How much processor time all modules of one load may take together.
pub(crate) const PREPARATION_TIME: Duration = Duration::from_secs(10);

/// The module that is being prepared, for whoever waits on another thread. Parsing one looks at no
/// clock.
#[derive(Debug, Clone, Default)]
pub(crate) struct Preparation(Arc<Mutex<Option<PathBuf>>>);

impl Preparation {
    /// Notes which module is being prepared; none once all are.
    pub(super) fn note(&self, module: Option<&Path>) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *current = module.map(Path::to_path_buf);
    }

    /// Returns the module that is being prepared.
    pub(crate) fn current(&self) -> Option<PathBuf> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// The clock of one load, on the thread that it was begun on.
pub(super) struct PreparationClock {
    end: Duration,
}

impl PreparationClock {
    /// Begins to measure the time of this thread.
    pub(super) fn begin() -> Self {
        Self {
            end: thread_time() + PREPARATION_TIME,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        thread_time() > self.end
    }
}

/// Returns the diagnostic for modules that take too long.
pub(crate) fn takes_too_long() -> Diagnostic {
    let message = format!(
        "reading the config and what it imports took more than {} s of processor time",
        PREPARATION_TIME.as_secs()
    );
    Diagnostic::error(DiagnosticCode::TimeLimit, message)
        .help("import less, or split modules whose code nests very deep")
}
