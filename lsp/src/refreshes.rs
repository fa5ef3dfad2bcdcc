//! When the client is asked to ask again: at once where something is new, and not again before some
//! time has passed, so that an apply of thousands of tasks costs little more than one of few.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::runtime::Handle;
use tower_lsp::ls_types::Uri;

use crate::{
    requests::events::{StateChanged, StateChangedParams},
    server::Server,
};

/// How long nothing more is told after something was.
const GAP: Duration = Duration::from_millis(40);

/// How much longer where something runs, and longer again for each task there: whoever is told asks for
/// all of them.
const GAP_OF_A_RUN: Duration = Duration::from_millis(60);
const GAP_OF_A_TASK: Duration = Duration::from_micros(500);

/// What the client is to be told of next.
pub(crate) struct Refreshes {
    due: Mutex<Due>,
    is_at_work: AtomicBool,
    /// Where it is told, for runs have an executor of their own.
    executor: Handle,
}

#[derive(Default)]
struct Due {
    texts: bool,
    diagnostics: bool,
    /// The projects of which something is new, for clients that draw something of their own.
    projects: BTreeSet<PathBuf>,
}

impl Refreshes {
    /// Begins with nothing due, on the executor of the caller.
    pub(crate) fn new() -> Self {
        Self {
            due: Mutex::default(),
            is_at_work: AtomicBool::new(false),
            executor: Handle::current(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Due> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Due {
    fn is_anything(&self) -> bool {
        self.texts || self.diagnostics || !self.projects.is_empty()
    }
}

impl Server {
    /// Has the client ask for everything of a project anew, in which something runs.
    pub(crate) fn refresh_soon(self: &Arc<Self>, root: &Path) {
        self.note(|due| {
            due.texts = true;
            due.diagnostics = true;
            due.projects.insert(root.to_owned());
        });
    }

    /// Tells clients that draw something of their own that something is new of a project, and others only
    /// where what they were told may be wrong now.
    pub(crate) fn tell_of_state(self: &Arc<Self>, root: &Path, must_refresh: bool) {
        let pulls = self.world.lock().features.pulls_diagnostics;
        self.note(|due| {
            due.projects.insert(root.to_owned());
            due.texts |= must_refresh;
            // The others were sent theirs.
            due.diagnostics |= must_refresh && pulls;
        });
    }

    /// Has the client ask for everything anew.
    pub(crate) fn refresh_everything(self: &Arc<Self>) {
        self.note(|due| {
            due.texts = true;
            due.diagnostics = true;
        });
    }

    /// Has the client ask for lenses and hints anew.
    pub(crate) fn refresh_texts(self: &Arc<Self>) {
        self.note(|due| due.texts = true);
    }

    fn note(self: &Arc<Self>, note: impl FnOnce(&mut Due)) {
        note(&mut self.refreshes.lock());
        if !self.refreshes.is_at_work.swap(true, Ordering::SeqCst) {
            let telling = tell(Arc::clone(self));
            self.refreshes.executor.spawn(telling);
        }
    }

    async fn tell_what_is_due(self: &Arc<Self>) -> Duration {
        let due = std::mem::take(&mut *self.refreshes.lock());
        let (features, configs, tasks) = {
            let world = self.world.lock();
            let has_listener = world.settings.events;
            let configs: Vec<Uri> = due
                .projects
                .iter()
                .filter(|_| has_listener)
                .filter_map(|root| world.project_view(root)?.config_uri())
                .collect();
            let tasks = world.running_tasks();
            (Arc::clone(&world.features), configs, tasks)
        };
        for config in configs {
            self.outbox
                .notify::<StateChanged>(StateChangedParams { config });
        }
        if due.diagnostics && features.pulls_diagnostics {
            self.outbox
                .ask(|client| async move { client.workspace_diagnostic_refresh().await });
        } else if due.diagnostics {
            for root in &due.projects {
                self.push_diagnostics_of(root).await;
            }
        }
        if due.texts && features.refreshes_lenses {
            self.outbox
                .ask(|client| async move { client.code_lens_refresh().await });
        }
        if due.texts && features.refreshes_hints {
            self.outbox
                .ask(|client| async move { client.inlay_hint_refresh().await });
        }
        match u32::try_from(tasks).unwrap_or(u32::MAX) {
            0 => GAP,
            tasks => GAP + GAP_OF_A_RUN + GAP_OF_A_TASK * tasks,
        }
    }
}

/// Tells what is due, again and again until nothing is.
async fn tell(server: Arc<Server>) {
    loop {
        let gap = server.tell_what_is_due().await;
        tokio::time::sleep(gap).await;
        let due = server.refreshes.lock();
        if !due.is_anything() {
            // Under the lock: whoever notes something later sees that nobody is at work.
            server.refreshes.is_at_work.store(false, Ordering::SeqCst);
            return;
        }
    }
}
