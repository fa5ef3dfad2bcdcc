//! Notices what changes on the disk: the state that a terminal writes, files that are not open,
//! the environment, installed packages.

use std::{
    collections::{HashMap, HashSet},
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use rigkit_engine::{
    disk::{EntryKind, Status},
    state::StateStamp,
};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tower_lsp::ls_types::MessageType;

use crate::{open_project::OpenProject, server::Server};

/// How often the state is looked at by itself, for file systems that tell of no change.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Watches the directories of projects.
#[derive(Default)]
pub(crate) struct Watch {
    watcher: Mutex<Watching>,
}

#[derive(Default)]
struct Watching {
    watcher: Option<RecommendedWatcher>,
    watched: HashSet<PathBuf>,
    /// What the state of each project looked like when it was last told of.
    stamps: HashMap<PathBuf, StateStamp>,
    is_looking: bool,
}

impl Watch {
    /// Begins to watch a project.
    pub(crate) fn project(&self, server: &Arc<Server>, root: &Path) {
        self.start(server);
        self.project_files(root, &[]);
        if let Some(directory) = server.trust_record().parent() {
            self.lock().watch(directory);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Watching> {
        self.watcher.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches the directories that a project's files are in.
    pub(crate) fn project_files(&self, root: &Path, files: &[PathBuf]) {
        let mut directories: HashSet<&Path> =
            files.iter().filter_map(|file| file.parent()).collect();
        directories.insert(root);
        let data = root.join(".rigkit");
        directories.insert(&data);
        let mut watching = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        for directory in directories {
            watching.watch(directory);
        }
    }

    fn start(&self, server: &Arc<Server>) {
        let mut watching = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        if !watching.is_looking {
            watching.is_looking = true;
            tokio::spawn(look_around(Arc::downgrade(server)));
        }
        if watching.watcher.is_some() {
            return;
        }
        // The thread that tells of events is the one that adds watches, and must not wait for one.
        let (told, events) = mpsc::unbounded_channel();
        tokio::spawn(take_notice(Arc::downgrade(server), events));
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if let Ok(event) = event
                && !matches!(event.kind, EventKind::Access(_))
            {
                // Once nobody listens, the watcher goes as well.
                let _ = told.send(event);
            }
        });
        match watcher {
            Ok(watcher) => watching.watcher = Some(watcher),
            Err(error) => server.outbox.log(
                MessageType::WARNING,
                format!(
                    "files cannot be watched, so that changes of them are noticed late: {error}"
                ),
            ),
        }
    }
}

impl Watching {
    fn watch(&mut self, directory: &Path) {
        // A data folder that is a link is not looked behind.
        let is_folder = Status::at(directory).is_ok_and(|status| status.kind == EntryKind::Folder);
        if self.watched.contains(directory) || !is_folder {
            return;
        }
        if let Some(watcher) = &mut self.watcher
            && watcher
                .watch(directory, RecursiveMode::NonRecursive)
                .is_ok()
        {
            self.watched.insert(directory.to_owned());
        }
    }
}

async fn take_notice(server: Weak<Server>, mut events: UnboundedReceiver<Event>) {
    while let Some(event) = events.recv().await {
        let Some(server) = server.upgrade() else {
            return;
        };
        for path in &event.paths {
            server.path_changed(path, event.kind);
        }
    }
}

/// Looks at the states and for the configs now and then, as long as there is a server.
async fn look_around(server: Weak<Server>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(server) = server.upgrade() else {
            return;
        };
        let roots: Vec<PathBuf> = server
            .world
            .lock()
            .projects()
            .map(|(root, _)| root.clone())
            .collect();
        for root in roots {
            server.look_at_state(&root);
            server.look_for_config(&root);
        }
        server.look_at_trust();
    }
}

impl Server {
    fn path_changed(self: &Arc<Self>, path: &Path, kind: EventKind) {
        if path == self.trust_record() {
            self.look_at_trust();
            return;
        }
        let directory = path.parent().unwrap_or(path);
        if directory.file_name() == Some(OsStr::new(".rigkit")) {
            if let Some(root) = directory.parent() {
                self.look_at_state(root);
            }
            return;
        }
        if path.file_name() == Some(OsStr::new(".rigkit")) {
            self.watch.project_files(directory, &[]);
            self.look_at_state(directory);
            return;
        }
        self.look_for_config(path);
        self.source_changed(path, kind);
    }

    /// Lets go of projects whose config went with a path, which may be elsewhere now, and takes up
    /// again the one whose config it is.
    fn look_for_config(self: &Arc<Self>, path: &Path) {
        let (returned, folders) = {
            let mut world = self.world.lock();
            let is_any_gone = world.close_deserted_projects(path);
            let folders = is_any_gone.then(|| world.folders.clone());
            (world.take_returned_project(path), folders)
        };
        self.tell_of_closed_projects();
        if let Some(project) = returned {
            self.take_up_pinned(project);
        }
        if let Some(folders) = folders {
            self.find_projects_in(folders);
        }
    }

    /// Compares the state of a project with how it looked before.
    fn look_at_state(&self, root: &Path) {
        let state = {
            let world = self.world.lock();
            let Some(project) = world.project(root) else {
                return;
            };
            project.project.default_state_path()
        };
        let now = StateStamp::of(&state);
        let is_new = {
            let mut watching = self
                .watch
                .watcher
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let before = watching.stamps.insert(root.to_owned(), now.clone());
            before.is_none_or(|before| !now.is_unchanged_since(&before))
        };
        if is_new && let Some(project) = self.world.lock().project_mut(root) {
            project.state_changed();
        }
    }

    fn source_changed(&self, path: &Path, kind: EventKind) {
        let mut world = self.world.lock();
        if world.is_open(path) {
            return;
        }
        let roots: Vec<PathBuf> = world
            .projects()
            .filter(|(_, project)| reads(project, path, kind))
            .map(|(root, _)| root.clone())
            .collect();
        for root in roots {
            if let Some(project) = world.project_mut(&root) {
                project.surroundings_changed();
            }
        }
    }
}

/// Says whether a definition may be another one now that a file has changed.
fn reads(project: &OpenProject, path: &Path, kind: EventKind) -> bool {
    let is_at_root = path.parent() == Some(project.project.root.as_path());
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let is_surrounding = [
        ".env",
        ".env.local",
        "package.json",
        "node_modules",
        "tsconfig.json",
    ]
    .contains(&name);
    if is_at_root && is_surrounding {
        return true;
    }
    if project.has_evaluated(path) {
        return true;
    }
    // A file that an import was waiting for.
    let comes_or_goes = matches!(
        kind,
        EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(_)
    );
    comes_or_goes && project.is_broken() && path.starts_with(&project.project.root)
}
