//! The applies that go on in a project, as their logs tell of them: those of a terminal or another editor
//! write one just as those of this server do.

use std::{
    collections::{HashMap, HashSet},
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rigkit_engine::{
    Engine, EngineOptions, FollowedLog, event::EventRecord, project::Environment,
    state::ApplyRecord,
};

use crate::{activity::News, server::Server};

/// How long after one look for applies the next one is: the log of something else may grow fast.
const LOOKS_APART: Duration = Duration::from_millis(30);

/// The logs that are read as they grow.
#[derive(Default)]
pub(crate) struct TerminalApplies {
    followed: Mutex<Followed>,
}

#[derive(Default)]
struct Followed {
    logs: HashMap<(PathBuf, String), FollowedLog>,
    /// The applies of this server, whose events come without a log.
    own: HashSet<String>,
    /// The projects that are being looked through, and whether they have to be once more.
    looking: HashMap<PathBuf, bool>,
}

impl TerminalApplies {
    fn lock(&self) -> MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an apply that this server runs itself.
    pub(crate) fn is_own(&self, apply: &str) {
        let mut followed = self.lock();
        followed.own.insert(apply.to_owned());
        followed.logs.retain(|(_, id), _| id != apply);
    }

    /// Forgets an apply that is over.
    fn forget(&self, root: &Path, apply: &str) {
        let mut followed = self.lock();
        followed.logs.remove(&(root.to_owned(), apply.to_owned()));
        followed.own.remove(apply);
    }

    /// Reads what is new in the logs of some applies, or of all of a project.
    fn new_events(&self, root: &Path, apply: Option<&str>) -> Vec<(String, Vec<EventRecord>)> {
        let mut followed = self.lock();
        let wanted = followed
            .logs
            .iter_mut()
            .filter(|((of, id), _)| of == root && apply.is_none_or(|apply| apply == id));
        let events = wanted.map(|((_, id), log)| {
            // What cannot be read tells nothing, and the state does.
            (id.clone(), log.new_events().unwrap_or_default())
        });
        events.collect()
    }
}

impl Followed {
    fn knows(&self, root: &Path, apply: &str) -> bool {
        self.own.contains(apply) || self.logs.contains_key(&(root.to_owned(), apply.to_owned()))
    }
}

impl Server {
    /// Takes up an event of an apply, wherever it runs.
    pub(crate) fn apply_event(self: &Arc<Self>, root: &Path, apply: &str, record: &EventRecord) {
        let news = {
            let mut world = self.world.lock();
            let Some(project) = world.project_mut(root) else {
                return;
            };
            let news = Arc::make_mut(&mut project.activity).note(apply, record);
            if news == News::End {
                project.apply_ended(apply);
            }
            news
        };
        match news {
            News::Shown => self.refresh_soon(root),
            News::End => self.terminal_applies.forget(root, apply),
            News::Nothing => {}
        }
    }

    /// Reads the log that has changed, of an apply that is known or of one that begins.
    pub(crate) fn log_changed(self: &Arc<Self>, root: &Path, log: &Path) {
        let Some(apply) = log.file_stem().and_then(OsStr::to_str) else {
            return;
        };
        let is_known = self.terminal_applies.lock().knows(root, apply);
        if is_known {
            self.read_logs(root, Some(apply));
        } else {
            self.look_for_applies(root);
        }
    }

    fn read_logs(self: &Arc<Self>, root: &Path, apply: Option<&str>) {
        for (apply, events) in self.terminal_applies.new_events(root, apply) {
            for event in &events {
                self.apply_event(root, &apply, event);
            }
        }
    }

    /// Begins to follow the applies of a project that go on and are not known yet.
    pub(crate) fn look_for_applies(self: &Arc<Self>, root: &Path) {
        let was_looking = {
            let mut followed = self.terminal_applies.lock();
            let was_looking = followed.looking.contains_key(root);
            followed.looking.insert(root.to_owned(), was_looking);
            was_looking
        };
        if was_looking {
            return;
        }
        let (server, root) = (Arc::clone(self), root.to_owned());
        tokio::spawn(async move {
            loop {
                server.look_once_for_applies(&root).await;
                tokio::time::sleep(LOOKS_APART).await;
                let mut followed = server.terminal_applies.lock();
                match followed.looking.get_mut(&root) {
                    Some(again) if *again => *again = false,
                    _ => {
                        followed.looking.remove(&root);
                        return;
                    }
                }
            }
        });
    }

    async fn look_once_for_applies(self: &Arc<Self>, root: &Path) {
        let (server, root) = (Arc::clone(self), root.to_owned());
        let looked = self.run(move || {
            if let Some((engine, running)) = server.running_applies(&root) {
                server.follow(&root, &engine, &running);
                server.read_logs(&root, None);
            }
        });
        // What goes wrong in it is in the log.
        let _ = looked.await;
    }

    fn running_applies(&self, root: &Path) -> Option<(Engine, Vec<ApplyRecord>)> {
        let options: EngineOptions = {
            let world = self.world.lock();
            let project = world.project(root)?;
            world.engine_options(&project.project, Environment::untrusted())
        };
        let engine = Engine::new(options);
        let running = engine.running_applies().ok()?;
        Some((engine, running))
    }

    fn follow(&self, root: &Path, engine: &Engine, running: &[ApplyRecord]) {
        for apply in running {
            let mut followed = self.terminal_applies.lock();
            if followed.knows(root, apply.id.as_str()) {
                continue;
            }
            if let Ok(log) = engine.follow_log(&apply.id) {
                let key = (root.to_owned(), apply.id.to_string());
                followed.logs.insert(key, log);
            }
        }
    }

    /// Looks at the applies of a project that go on as if nothing had told of them; those whose process
    /// has died are over.
    pub(crate) async fn look_at_applies(self: &Arc<Self>, root: &Path) {
        let known: Vec<String> = {
            let world = self.world.lock();
            let project = world.project(root);
            let applies = project
                .iter()
                .flat_map(|project| project.activity.applies());
            applies.map(|(apply, _)| apply.to_owned()).collect()
        };
        if known.is_empty() {
            return;
        }
        let (server, root) = (Arc::clone(self), root.to_owned());
        let looked = self.run(move || {
            let running = server.running_applies(&root);
            server.read_logs(&root, None);
            let Some((_, running)) = running else {
                return;
            };
            for apply in known {
                let goes_on = running.iter().any(|running| running.id.as_str() == apply);
                if !goes_on && !server.terminal_applies.lock().own.contains(&apply) {
                    server.apply_is_over(&root, &apply);
                }
            }
        });
        // What goes wrong in it is in the log.
        let _ = looked.await;
    }

    /// Notes that an apply is over, whatever it has told.
    pub(crate) fn apply_is_over(&self, root: &Path, apply: &str) {
        if let Some(project) = self.world.lock().project_mut(root) {
            project.apply_ended(apply);
        }
        self.terminal_applies.forget(root, apply);
    }
}
