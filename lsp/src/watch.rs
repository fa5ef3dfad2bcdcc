//! Notices what changes on the disk: the state that a terminal writes and the applies that it runs, files
//! that are not open, what was looked for in vain, the environment, installed packages, settings.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _, event::ModifyKind,
};
use rigkit_engine::{
    disk::{DataFolder, EntryKind, Status, import_root},
    state::StateStamp,
};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tower_lsp::ls_types::MessageType;

use crate::{open_project::OpenProject, server::Server};

/// How often everything is looked at by itself, for file systems that tell of no change.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Where logs are below the data folder.
const LOGS: &str = "logs";

/// What is beside a project or above it, in its repository, and may change what its config means.
const SURROUNDINGS: [&str; 9] = [
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "bun.lockb",
    "tsconfig.json",
    "node_modules",
];

/// The person's settings, in their own directory of Rigkit.
const SETTINGS: &str = "settings.json";

/// Watches the directories of projects.
#[derive(Default)]
pub(crate) struct Watch {
    watcher: Mutex<Watching>,
}

#[derive(Default)]
struct Watching {
    watcher: Option<RecommendedWatcher>,
    watched: HashSet<PathBuf>,
    /// How often some of them were forgotten, which may be there again, and up to which time each project
    /// has them watched again.
    forgotten: u64,
    watched_again: HashMap<PathBuf, u64>,
    /// What the state of each project looked like when it was last told of.
    stamps: HashMap<PathBuf, StateStamp>,
    is_looking: bool,
}

impl Watch {
    /// Begins to watch a project: where its files and its state are, and the `.env` files above it.
    pub(crate) fn project(&self, server: &Arc<Server>, root: &Path) {
        self.start(server);
        let mut watching = self.lock();
        for directory in root.ancestors() {
            watching.watch(directory);
        }
        watching.watch_data_folder(root);
        if let Some(directory) = server.trust_record().parent() {
            watching.watch_or_wait_for(directory);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Watching> {
        self.watcher.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches where the files of a project are, or would be; returns whether that is anywhere new. Where
    /// they are the same as before, they are watched already.
    pub(crate) fn project_files(
        &self,
        root: &Path,
        files: &BTreeSet<PathBuf>,
        before: &BTreeSet<PathBuf>,
    ) -> bool {
        if !self.lock().takes_up_forgotten(root) && files == before {
            return false;
        }
        let repository = import_root(root);
        let mut directories: BTreeSet<&Path> = BTreeSet::from([root]);
        for file in files {
            // A folder on the way may be a link that leads elsewhere later.
            let above = file.ancestors().skip(1);
            let within = above.take_while(|folder| folder.starts_with(&repository));
            let before = directories.len();
            directories.extend(within);
            if directories.len() == before
                && let Some(folder) = file.parent()
            {
                directories.insert(folder);
            }
        }
        let mut watching = self.lock();
        let mut is_any_new = false;
        for directory in directories {
            is_any_new |= watching.watch_or_wait_for(directory);
        }
        is_any_new
    }

    /// Watches the state and the logs of a project.
    fn data_folder(&self, root: &Path) {
        self.lock().watch_data_folder(root);
    }

    /// Forgets directories that are others now, or gone: the system watches what was there.
    fn forget_below(&self, path: &Path) {
        let mut watching = self.lock();
        let gone: Vec<PathBuf> = watching
            .watched
            .extract_if(|directory| directory.starts_with(path))
            .collect();
        watching.forgotten += u64::from(!gone.is_empty());
        for directory in gone {
            if let Some(watcher) = &mut watching.watcher {
                // It need not be there any more.
                let _ = watcher.unwatch(&directory);
            }
        }
    }

    fn start(&self, server: &Arc<Server>) {
        let mut watching = self.lock();
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
    /// Watches a directory; returns whether that is new.
    fn watch(&mut self, directory: &Path) -> bool {
        if self.watched.contains(directory) {
            return false;
        }
        // A data folder that is a link is not looked behind.
        let is_folder = Status::at(directory).is_ok_and(|status| status.kind == EntryKind::Folder);
        let Some(watcher) = self.watcher.as_mut().filter(|_| is_folder) else {
            return false;
        };
        let is_watched = watcher
            .watch(directory, RecursiveMode::NonRecursive)
            .is_ok();
        is_watched && self.watched.insert(directory.to_owned())
    }

    /// Watches a directory or, where it is not there, the nearest one above it in which it would
    /// appear.
    fn watch_or_wait_for(&mut self, directory: &Path) -> bool {
        for folder in directory.ancestors() {
            if self.watched.contains(folder) {
                return false;
            }
            if self.watch(folder) {
                return true;
            }
        }
        false
    }

    /// Returns whether directories were forgotten since this was asked last for a project.
    fn takes_up_forgotten(&mut self, root: &Path) -> bool {
        let forgotten = self.forgotten;
        let before = self.watched_again.insert(root.to_owned(), forgotten);
        before != Some(forgotten)
    }

    fn watch_data_folder(&mut self, root: &Path) {
        let data = root.join(DataFolder::NAME);
        let logs = data.join(LOGS);
        self.watch(&data);
        self.watch(&logs);
    }
}

/// What happened to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    /// What is there was changed.
    Changed,
    /// It came, went, or is another one now.
    Replaced,
}

impl From<EventKind> for Change {
    fn from(kind: EventKind) -> Self {
        match kind {
            EventKind::Create(_)
            | EventKind::Remove(_)
            | EventKind::Modify(ModifyKind::Name(_))
            | EventKind::Any
            | EventKind::Other => Self::Replaced,
            EventKind::Modify(_) | EventKind::Access(_) => Self::Changed,
        }
    }
}

/// Takes notice of what happened, all that is known by then at once: an installation of packages
/// changes thousands of files.
async fn take_notice(server: Weak<Server>, mut events: UnboundedReceiver<Event>) {
    while let Some(event) = events.recv().await {
        let Some(server) = server.upgrade() else {
            return;
        };
        let mut changes: BTreeMap<PathBuf, Change> = BTreeMap::new();
        let mut next = Some(event);
        while let Some(event) = next {
            let change = Change::from(event.kind);
            for path in event.paths {
                let noted = changes.entry(path).or_insert(change);
                *noted = (*noted).max(change);
            }
            next = events.try_recv().ok();
        }
        server.paths_changed(&changes);
    }
}

/// Looks at everything now and then, as long as there is a server.
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
            server.look_at_files(&root).await;
            server.look_at_applies(&root).await;
        }
        server.look_at_trust();
    }
}

impl Server {
    fn paths_changed(self: &Arc<Self>, changes: &BTreeMap<PathBuf, Change>) {
        let host_dir = self.world.lock().options.host_dir.clone();
        let mut sources = BTreeSet::new();
        for (path, change) in changes {
            if *change == Change::Replaced {
                self.watch.forget_below(path);
            }
            if host_dir.starts_with(path) || path.parent() == Some(&host_dir) {
                self.host_dir_changed(&host_dir, path);
            }
            if !self.data_folder_changed(path) {
                self.look_for_config(path);
                sources.insert(path.as_path());
            }
        }
        self.sources_changed(&sources);
    }

    /// Acts on a change in the person's own directory of Rigkit.
    fn host_dir_changed(self: &Arc<Self>, host_dir: &Path, path: &Path) {
        self.watch.lock().watch_or_wait_for(host_dir);
        self.look_at_trust();
        let is_settings = path.file_name() == Some(OsStr::new(SETTINGS));
        if is_settings || host_dir.starts_with(path) {
            self.world.lock().reevaluate_all();
        }
    }

    /// Acts on a change in the data folder of a project; returns whether it was one.
    fn data_folder_changed(self: &Arc<Self>, path: &Path) -> bool {
        let named = |path: &Path, name: &str| path.file_name() == Some(OsStr::new(name));
        let mut ancestors = path.ancestors();
        let Some(data) = ancestors.find(|folder| named(folder, DataFolder::NAME)) else {
            return false;
        };
        let Some(root) = data.parent() else {
            return false;
        };
        let logs = data.join(LOGS);
        if path == data || path == logs {
            self.watch.data_folder(root);
            self.look_at_state(root);
            self.look_for_applies(root);
        } else if path.parent() == Some(&logs) {
            self.log_changed(root, path);
        } else if path.parent() == Some(data) {
            self.look_at_state(root);
        }
        true
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
            let mut watching = self.watch.lock();
            let before = watching.stamps.insert(root.to_owned(), now.clone());
            before.is_none_or(|before| !now.is_unchanged_since(&before))
        };
        if is_new && let Some(project) = self.world.lock().project_mut(root) {
            project.state_changed();
        }
    }

    /// Looks at the files of a project as if nothing had told of them.
    async fn look_at_files(&self, root: &Path) {
        let footprint = {
            let world = self.world.lock();
            let project = world.project(root);
            project.map(|project| project.snapshot.footprint.clone())
        };
        let Some(footprint) = footprint else {
            return;
        };
        let Ok(looks) = self.run(move || footprint.look()).await else {
            return;
        };
        if let Some(project) = self.world.lock().project_mut(root)
            && project.take_looks(looks)
        {
            project.surroundings_changed();
        }
    }

    fn sources_changed(&self, paths: &BTreeSet<&Path>) {
        let mut world = self.world.lock();
        let closed: Vec<&Path> = paths
            .iter()
            .copied()
            .filter(|path| !world.is_open(path))
            .collect();
        let roots: Vec<PathBuf> = world
            .projects()
            .filter(|(_, project)| closed.iter().any(|path| reads(project, path)))
            .map(|(root, _)| root.clone())
            .collect();
        for root in roots {
            if let Some(project) = world.project_mut(&root) {
                project.surroundings_changed();
            }
        }
    }
}

/// Returns whether a definition may be another one now that something changed at a path.
fn reads(project: &OpenProject, path: &Path) -> bool {
    let root = &project.project.root;
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let is_beside_or_above = path.parent().is_some_and(|folder| root.starts_with(folder));
    if is_beside_or_above && name.starts_with(".env") {
        return true;
    }
    let is_in_repository = || path.starts_with(import_root(root));
    if is_beside_or_above && SURROUNDINGS.contains(&name) && is_in_repository() {
        return true;
    }
    path == project.project.config_path() || project.has_evaluated(path) || project.looked_at(path)
}
