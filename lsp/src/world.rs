//! Everything the server knows, under one lock that is never held while something is waited for.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rigkit_engine::{
    EngineOptions,
    project::{ConfigFile, Environment, Loading, Project, ProjectError},
    source::Buffers,
};
use tokio::sync::Notify;
use tower_lsp::ls_types::Uri;

use crate::{
    ServerOptions,
    analysis::Evaluation,
    client_features::ClientFeatures,
    document::{Document, Edit},
    open_project::OpenProject,
    settings::Settings,
    trust::Decisions,
    view::{ProjectView, View},
};

/// Is the world under its lock.
pub(crate) struct SharedWorld {
    world: Mutex<World>,
}

impl SharedWorld {
    /// Begins with nothing open.
    pub(crate) fn new(options: ServerOptions) -> Self {
        Self {
            world: Mutex::new(World::new(options)),
        }
    }

    /// Looks at the world, or changes it. What is inside is whole whenever the lock is free, so
    /// that a request that panicked leaves nothing behind.
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Is everything the server knows.
pub(crate) struct World {
    /// How the server was started.
    pub(crate) options: Arc<ServerOptions>,
    /// What the user set.
    pub(crate) settings: Arc<Settings>,
    /// What the person has decided about folders.
    pub(crate) decisions: Decisions,
    /// What the client can do.
    pub(crate) features: Arc<ClientFeatures>,
    /// The folders that the client has open.
    pub(crate) folders: Vec<PathBuf>,
    documents: HashMap<PathBuf, Arc<Document>>,
    paths: HashMap<Uri, PathBuf>,
    projects: BTreeMap<PathBuf, OpenProject>,
    misplaced: HashMap<PathBuf, Arc<ProjectError>>,
    /// The roots of projects whose config went, and may come back.
    deserted: HashSet<PathBuf>,
    /// The projects that were let go of, until the client is told.
    closed: Vec<OpenProject>,
}

impl World {
    fn new(options: ServerOptions) -> Self {
        Self {
            options: Arc::new(options),
            settings: Arc::default(),
            decisions: Decisions::default(),
            features: Arc::default(),
            folders: Vec::new(),
            documents: HashMap::new(),
            paths: HashMap::new(),
            projects: BTreeMap::new(),
            misplaced: HashMap::new(),
            deserted: HashSet::new(),
            closed: Vec::new(),
        }
    }

    /// Takes up a document; gives the root of its project, if that is new.
    pub(crate) fn open(&mut self, document: Document) -> Option<PathBuf> {
        let path = document.path.clone();
        self.paths.insert(document.uri.clone(), path.clone());
        self.documents.insert(path.clone(), Arc::new(document));
        let new_project = self.find_project_of(&path);
        self.text_changed(&path, &[]);
        new_project
    }

    /// Takes up the next version of a document.
    pub(crate) fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<tower_lsp::ls_types::TextDocumentContentChangeEvent>,
    ) {
        let encoding = self.features.encoding;
        let Some(document) = self.document(uri) else {
            return;
        };
        let (document, edits) = document.changed(version, changes, encoding);
        let path = document.path.clone();
        self.documents.insert(path.clone(), Arc::new(document));
        self.text_changed(&path, &edits);
    }

    /// Lets go of a document, after which the file on the disk counts.
    pub(crate) fn close(&mut self, uri: &Uri) -> Option<Arc<Document>> {
        let path = self.paths.remove(uri)?;
        let document = self.documents.remove(&path)?;
        self.misplaced.remove(&path);
        self.text_changed(&path, &[]);
        self.forget_edits(&path);
        // The client knows nothing of what is on the disk instead.
        let of_file = self.projects.values_mut();
        of_file
            .filter(|project| project.has_file(&path))
            .for_each(OpenProject::surroundings_changed);
        self.close_unused_projects();
        Some(document)
    }

    /// Gives a document.
    pub(crate) fn document(&self, uri: &Uri) -> Option<&Arc<Document>> {
        self.documents.get(self.paths.get(uri)?)
    }

    /// Says whether the editor's text of a file counts, and not the disk's.
    pub(crate) fn is_open(&self, path: &Path) -> bool {
        self.documents.contains_key(path)
    }

    /// Says why a document belongs to no project, where that is worth saying.
    pub(crate) fn misplaced(&self, path: &Path) -> Option<Arc<ProjectError>> {
        self.misplaced.get(path).cloned()
    }

    /// Gives a project by its root.
    pub(crate) fn project(&self, root: &Path) -> Option<&OpenProject> {
        self.projects.get(root)
    }

    /// Gives a project by its root, to change it.
    pub(crate) fn project_mut(&mut self, root: &Path) -> Option<&mut OpenProject> {
        self.projects.get_mut(root)
    }

    /// Lists the projects.
    pub(crate) fn projects(&self) -> impl Iterator<Item = (&PathBuf, &OpenProject)> {
        self.projects.iter()
    }

    /// Lists the roots of the projects that a file belongs to: the one whose config it is first.
    pub(crate) fn projects_of(&self, path: &Path) -> Vec<PathBuf> {
        let mut roots: Vec<(bool, &PathBuf)> = self
            .projects
            .iter()
            .filter(|(_, project)| project.has_file(path))
            .map(|(root, project)| (project.config != path, root))
            .collect();
        roots.sort();
        roots.into_iter().map(|(_, root)| root.clone()).collect()
    }

    /// Shows the editor to a request.
    pub(crate) fn view(&self) -> View {
        View {
            documents: self.documents.clone(),
            settings: Arc::clone(&self.settings),
            features: Arc::clone(&self.features),
        }
    }

    /// Shows a project to a request.
    pub(crate) fn project_view(&self, root: &Path) -> Option<ProjectView> {
        let project = self.projects.get(root)?;
        Some(ProjectView {
            config: project.config.clone(),
            snapshot: Arc::clone(&project.snapshot),
            carried: project.carried(),
            activity: Arc::clone(&project.activity),
            engine_options: self
                .engine_options(&project.project, project.snapshot.environment.clone()),
            now: project.now(),
            editor: self.view(),
        })
    }

    /// Says what an engine works on that sees the open buffers of a project.
    pub(crate) fn engine_options(
        &self,
        project: &Project,
        environment: Environment,
    ) -> EngineOptions {
        let options = &self.options;
        EngineOptions {
            project: project.clone(),
            state_path: None,
            environment,
            trust: self.trust_in(&project.root),
            limits: options.limits,
            evaluator: options.evaluator.clone(),
            loading: Loading::default(),
            buffers: self.buffers(),
            owners: self.owners(),
            host_dir: options.host_dir.clone(),
            host_storage_dir: options.host_storage_dir.clone(),
            who: options.who.clone(),
        }
    }

    fn buffers(&self) -> Arc<Buffers> {
        let mut buffers = Buffers::default();
        for document in self.documents.values() {
            buffers.set(&document.path, Arc::clone(&document.text.content));
        }
        Arc::new(buffers)
    }

    /// Gives a project, unless it was closed since `wake` was made for it.
    pub(crate) fn same_project(&self, root: &Path, wake: &Arc<Notify>) -> Option<&OpenProject> {
        let project = self.projects.get(root);
        project.filter(|project| Arc::ptr_eq(&project.wake, wake))
    }

    /// Gives what is to be evaluated next of a project, if anything is.
    pub(crate) fn take_evaluation(
        &mut self,
        root: &Path,
        wake: &Arc<Notify>,
    ) -> Option<Evaluation> {
        let project = self.same_project(root, wake)?;
        let evaluated = *project.evaluated.borrow();
        if evaluated.includes(project.now()) {
            return None;
        }
        let engine_options = self.engine_options(&project.project, Environment::untrusted());
        let environment = self.environment_source(root);
        let project = self.projects.get_mut(root)?;
        let is_text_new = evaluated.text < project.now().text;
        let interrupt = project.begin_evaluation(is_text_new);
        Some(Evaluation {
            engine_options,
            environment,
            moment: project.now(),
            is_text_new,
            previous: Arc::clone(&project.snapshot),
            answers: project.answers_for_now(),
            interrupt,
        })
    }

    /// Returns how many tasks there are in projects in which something runs.
    pub(crate) fn running_tasks(&self) -> usize {
        let running = self.projects.values();
        let running = running.filter(|project| project.activity.is_running());
        running
            .flat_map(|project| project.snapshot.workflows())
            .map(|(workflow, _)| workflow.tasks.len())
            .sum()
    }

    /// Makes every project be evaluated again, for what they read may have changed.
    pub(crate) fn reevaluate_all(&mut self) {
        self.projects
            .values_mut()
            .for_each(OpenProject::surroundings_changed);
    }

    /// Makes everything that was told of projects be told again.
    pub(crate) fn refresh_all(&mut self) {
        self.projects.values_mut().for_each(OpenProject::told_anew);
    }

    /// Takes up a project that is kept although none of its files is open; says whether it is
    /// new.
    pub(crate) fn pin_project(&mut self, project: Project) -> bool {
        let root = project.root.clone();
        let is_new = self.add_project(project).is_some();
        if let Some(project) = self.projects.get_mut(&root) {
            project.is_pinned = true;
        }
        is_new
    }

    /// Lets go of projects in folders that are gone, but for those with open files.
    pub(crate) fn unpin_below(&mut self, folders: &[PathBuf]) {
        for (root, project) in &mut self.projects {
            project.is_pinned &= !folders.iter().any(|folder| root.starts_with(folder));
        }
        self.close_unused_projects();
    }

    /// Lets go of the projects below a path whose config is neither on the disk nor open; says
    /// whether there were any.
    pub(crate) fn close_deserted_projects(&mut self, below: &Path) -> bool {
        let deserted: Vec<PathBuf> = self
            .projects
            .values()
            .filter(|project| project.project.config_path().starts_with(below))
            .filter(|project| !self.has_config(project))
            .map(|project| project.project.root.clone())
            .collect();
        let is_any_gone = !deserted.is_empty();
        if is_any_gone {
            self.deserted.extend(deserted);
            self.close_unused_projects();
        }
        is_any_gone
    }

    /// Gives the project that has its config again, if that is what a path is.
    pub(crate) fn take_returned_project(&mut self, config: &Path) -> Option<Project> {
        let project = self.config_project(config)?;
        let is_back = self.deserted.contains(&project.root) && project.has_config();
        if is_back {
            self.deserted.remove(&project.root);
        }
        is_back.then_some(project)
    }

    /// Gives the projects that were let go of since this was asked last.
    pub(crate) fn take_closed(&mut self) -> Vec<OpenProject> {
        std::mem::take(&mut self.closed)
    }

    fn has_config(&self, project: &OpenProject) -> bool {
        self.is_open(&project.config) || project.project.has_config()
    }

    /// Finds the project of a file that was opened; gives its root if it is new.
    fn find_project_of(&mut self, path: &Path) -> Option<PathBuf> {
        let found = match self.config_project(path) {
            Some(project) => Ok(project),
            None => Project::find(path.parent()?),
        };
        match self.named_config_above(path, found) {
            Ok(project) => self.add_project(project),
            Err(
                ProjectError::NotFound { .. }
                | ProjectError::BadConfig { .. }
                | ProjectError::BadDirectory { .. }
                | ProjectError::TooManyEntries { .. },
            ) => None,
            Err(error @ ProjectError::Ambiguous { .. }) => {
                self.misplaced.insert(path.to_owned(), Arc::new(error));
                None
            }
        }
    }

    /// Returns the project of the config that was named, where a file is in its folder and no other project is nearer.
    fn named_config_above(
        &self,
        path: &Path,
        found: Result<Project, ProjectError>,
    ) -> Result<Project, ProjectError> {
        let named = self.options.config.as_ref();
        let named = named.filter(|named| path.starts_with(&named.root));
        match (named, found) {
            (Some(named), Ok(found)) if !found.root.starts_with(&named.root) => Ok(named.clone()),
            (Some(named), Err(_)) => Ok(named.clone()),
            (_, found) => found,
        }
    }

    /// Recognises a config by its name, which need not be saved yet.
    fn config_project(&self, path: &Path) -> Option<Project> {
        let named = self.options.config.as_ref();
        let named = named.filter(|named| named.config_path() == path);
        named.cloned().or_else(|| config_project(path))
    }

    /// Takes up a project; gives its root if it is new.
    fn add_project(&mut self, project: Project) -> Option<PathBuf> {
        let named = self.options.config.as_ref();
        let named = named.filter(|named| named.root == project.root);
        let project = named.cloned().unwrap_or(project);
        let root = project.root.clone();
        if self.projects.contains_key(&root) {
            return None;
        }
        self.deserted.remove(&root);
        self.projects
            .insert(root.clone(), OpenProject::new(project));
        Some(root)
    }

    fn text_changed(&mut self, path: &Path, edits: &[Edit]) {
        let open: Vec<PathBuf> = self.documents.keys().cloned().collect();
        for project in self.projects.values_mut() {
            if project.has_file(path) {
                project.is_shared = open.iter().filter(|path| project.has_file(path)).count() > 1;
                project.edited(path, edits);
                project.text_changed();
            }
        }
    }

    /// What was edited and not saved is no part of a file that is not open.
    fn forget_edits(&mut self, path: &Path) {
        for project in self.projects.values_mut() {
            project.forget_edits(path);
        }
    }

    fn close_unused_projects(&mut self) {
        let (documents, deserted) = (&self.documents, &self.deserted);
        let closed = &mut self.closed;
        let unused = self.projects.extract_if(.., |root, project| {
            let is_used = documents.keys().any(|path| path.starts_with(root));
            !(is_used || project.is_pinned) || deserted.contains(root)
        });
        closed.extend(
            unused
                .map(|(_, project)| project)
                .inspect(OpenProject::close),
        );
    }
}

/// Recognises a config that is found without being named.
fn config_project(path: &Path) -> Option<Project> {
    let config = ConfigFile::FOUND
        .into_iter()
        .find(|config| path.ends_with(config.relative_path()))?;
    let depth = Path::new(config.relative_path()).components().count();
    let root = path.ancestors().nth(depth)?.to_path_buf();
    match Project::at(&root) {
        Ok(_) => Some(Project { root, config }),
        Err(_) => None,
    }
}
