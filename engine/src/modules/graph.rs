//! All the modules that a config reaches, found and transpiled before any of them runs, so
//! that every syntax error and every import that leads nowhere is reported at once.

use std::{
    collections::{HashMap, VecDeque},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::{
    checking::{ModuleChecker, UncheckedModule},
    deep_thread::largest_module,
    import::Import,
    module::{MAX_MODULE_BYTES, MAX_MODULES, MAX_PROBLEMS, Module, ModuleId, ModuleOrigin},
    preparation::{Preparation, PreparationClock, takes_too_long},
    read_module::{
        ReadingOptions, built_in_module, marks_of, node_module, parse_module, wants_zod,
        whole_import,
    },
    resolve::{BuiltInModule, PackageIdentity, RequestKind, ResolveFailure, ResolvedFile, Target},
    sources::{GraphSources, LocalSources},
    transpile::ModuleFormat,
    transpile_cache::TranspileCache,
};
use crate::{
    diagnostic::{Diagnostic, DiagnosticCode},
    disk::{DiskError, Refusal},
    display_text,
    memory::used_by_this_thread,
    sandbox::{Zod, sdk_source},
    source::{
        Buffers, Footprint, ImportSite, LineColumn, LineIndex, ProjectFiles, SourceRange,
        disk_error, foreign_file,
    },
    trust::{ForeignFile, OwnerRule},
};

/// Says whether handlers are told apart by what they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum IdentityUse {
    /// So that a plan can say what is still valid.
    #[default]
    Full,
    /// Not at all, for whoever wants to see the shape of a definition only.
    None,
}

/// Says what a graph is loaded from.
pub struct GraphOptions {
    /// The directory that relative imports may not leave.
    pub project_root: PathBuf,
    /// What lies over the disk.
    pub buffers: Arc<Buffers>,
    /// Who may decide what a project does.
    pub owners: OwnerRule,
    /// Where modules that were transpiled before are kept.
    pub(crate) cache: Option<Arc<TranspileCache>>,
    /// Whether handlers are told apart by what they do.
    pub identity: IdentityUse,
    /// Where it is noted which module is being prepared.
    pub(crate) preparation: Preparation,
    /// How much memory in bytes the definition may take; its modules half of that.
    pub memory: usize,
    /// Where it is noted what was looked at.
    pub footprint: Footprint,
}

/// Holds all modules that a config reaches.
pub struct ModuleGraph {
    pub(super) modules: Vec<Module>,
    pub(super) by_target: HashMap<Target, ModuleId>,
    pub(super) by_name: HashMap<PathBuf, ModuleId>,
    pub(super) node_requires: Mutex<Vec<(String, String)>>,
    pub(super) file_requires: Mutex<Vec<(PathBuf, RequiredFile)>>,
    pub(crate) sources: Arc<dyn GraphSources>,
}

impl ModuleGraph {
    /// Loads a config and everything it imports.
    ///
    /// Problems do not stop it: what can be loaded is, and all of them are reported.
    #[must_use]
    pub fn load(entry: &Path, options: &GraphOptions) -> (Self, Vec<Diagnostic>) {
        Self::load_checked(entry, options, None)
    }

    /// Loads a config and everything it imports, each module after somebody has checked it.
    pub(crate) fn load_checked(
        entry: &Path,
        options: &GraphOptions,
        checker: Option<&mut dyn ModuleChecker>,
    ) -> (Self, Vec<Diagnostic>) {
        let files = Arc::new(ProjectFiles::new(
            &options.project_root,
            Arc::clone(&options.buffers),
            options.owners.clone(),
            options.footprint.clone(),
        ));
        let sources = Arc::new(LocalSources::new(&options.project_root, Arc::clone(&files)));
        let mut loader = GraphLoader {
            sources: Arc::clone(&sources),
            graph: Self {
                modules: Vec::new(),
                by_target: HashMap::new(),
                by_name: HashMap::new(),
                node_requires: Mutex::default(),
                file_requires: Mutex::default(),
                sources,
            },
            queue: VecDeque::new(),
            clock: PreparationClock::begin(),
            held_before: used_by_this_thread(),
            // What is sent to a confined evaluation takes as much again there, twice.
            most_held: options.memory / 2,
            preparation: options.preparation.clone(),
            checker,
            cache: options.cache.clone(),
            identity: options.identity,
            problems: Vec::new(),
            wants_zod: false,
        };
        // As of an import: a config behind a link is where the link leads, or not at all.
        let entry = files
            .real_path(entry)
            .unwrap_or_else(|_| entry.to_path_buf());
        let entry_file = ResolvedFile {
            format: Some(entry_format(&entry)),
            target: Target::File(entry),
            package: None,
        };
        loader.queue.push_back(Request {
            file: entry_file,
            from: None,
        });
        loader.run();
        loader.link_zod();
        loader.preparation.note(None);
        (loader.graph, loader.problems)
    }

    /// The module that was loaded first.
    pub const ENTRY: ModuleId = ModuleId(0);

    /// Gives a module.
    #[must_use]
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0 as usize]
    }

    /// Gives a module, if there is one of that id.
    #[must_use]
    pub fn get(&self, id: ModuleId) -> Option<&Module> {
        self.modules.get(id.0 as usize)
    }

    /// Gives all modules with their ids, the config first.
    pub fn modules(&self) -> impl Iterator<Item = (ModuleId, &Module)> {
        self.modules
            .iter()
            .enumerate()
            .map(|(index, module)| (id(index), module))
    }

    /// Finds the module that was loaded from a file.
    #[must_use]
    pub fn find(&self, path: &Path) -> Option<ModuleId> {
        self.by_target
            .get(&Target::File(path.to_path_buf()))
            .copied()
    }

    /// Finds a module by its path or, for a built-in one, its specifier.
    #[must_use]
    pub(crate) fn find_by_name(&self, name: &Path) -> Option<ModuleId> {
        self.by_name.get(name).copied()
    }

    /// Returns where in a module's text a position of its evaluated code came from.
    pub(crate) fn original_range(
        &self,
        module: &Module,
        generated: LineColumn,
    ) -> Option<SourceRange> {
        let offset = self.sources.original_offset(module, generated)?;
        Some(module.word_at(offset))
    }

    /// Returns the loop that code was stopped in which seems to be at a place before it.
    pub(crate) fn loop_after(&self, place: &SourceRange) -> Option<SourceRange> {
        let module = self.module(self.find(&place.file)?);
        let start = self.sources.loop_after(module, place.bytes.start)?;
        Some(module.word_at(start))
    }

    /// Returns what is called at a place.
    pub(crate) fn callee_at(&self, place: &SourceRange) -> Option<String> {
        let module = self.module(self.find(&place.file)?);
        self.sources.callee_at(module, place.bytes.start)
    }

    /// Remembers what a CommonJS module requires.
    pub(crate) fn note_require(&self, importer: &Path, specifier: &str, resolved: &ResolvedFile) {
        match &resolved.target {
            Target::File(path) => {
                let required = RequiredFile {
                    path: path.clone(),
                    package: resolved.package.clone(),
                };
                lock(&self.file_requires).push((importer.to_path_buf(), required));
            }
            Target::Node(_) => {
                let importer = importer.to_string_lossy().into_owned();
                lock(&self.node_requires).push((importer, specifier.to_owned()));
            }
            Target::BuiltIn(_) => {}
        }
    }

    /// Gives the files that CommonJS modules have required so far, by who required them.
    pub(crate) fn required_files(&self) -> HashMap<PathBuf, Vec<RequiredFile>> {
        let required = lock(&self.file_requires);
        let mut files: HashMap<PathBuf, Vec<RequiredFile>> = HashMap::new();
        for (importer, file) in required.iter() {
            files
                .entry(importer.clone())
                .or_default()
                .push(file.clone());
        }
        files
    }

    /// Finds what makes handlers need Node.js, if anything does: an import of one of its
    /// modules, and where it is.
    #[must_use]
    pub fn node_requirement(&self) -> Option<(String, Option<SourceRange>)> {
        let leads_to_node = |module: &Module, import: &Import| {
            let target = module.link(&import.specifier)?;
            let is_node = matches!(self.module(target).origin, ModuleOrigin::Node(_));
            is_node.then(|| (import.specifier.clone(), Some(module.range(&import.span))))
        };
        let imported = self.modules.iter().find_map(|module| {
            module
                .imports
                .iter()
                .find_map(|import| leads_to_node(module, import))
        });
        imported.or_else(|| {
            let required = lock(&self.node_requires);
            let (by, specifier) = required.first()?;
            Some((format!("{specifier} (in {by})"), None))
        })
    }
}

fn lock<T>(list: &Mutex<T>) -> MutexGuard<'_, T> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Is a file that a CommonJS module requires.
#[derive(Debug, Clone)]
pub(crate) struct RequiredFile {
    pub(crate) path: PathBuf,
    /// The package it belongs to.
    pub(crate) package: Option<PackageIdentity>,
}

struct Request {
    file: ResolvedFile,
    from: Option<(ModuleId, usize)>,
}

struct GraphLoader<'c> {
    checker: Option<&'c mut dyn ModuleChecker>,
    sources: Arc<LocalSources>,
    graph: ModuleGraph,
    preparation: Preparation,
    clock: PreparationClock,
    held_before: isize,
    most_held: usize,
    cache: Option<Arc<TranspileCache>>,
    identity: IdentityUse,
    queue: VecDeque<Request>,
    problems: Vec<Diagnostic>,
    wants_zod: bool,
}

impl GraphLoader<'_> {
    fn run(&mut self) {
        while let Some(request) = self.queue.pop_front() {
            let known = self.graph.by_target.get(&request.file.target).copied();
            let loaded = match known {
                Some(id) => Some(id),
                None => self.load_module(&request),
            };
            if let (Some((importer, import)), Some(target)) = (request.from, loaded) {
                let module = &mut self.graph.modules[importer.0 as usize];
                let specifier = module.imports[import].specifier.clone();
                module.links.insert(specifier, target);
            }
        }
    }

    fn load_module(&mut self, request: &Request) -> Option<ModuleId> {
        if let Some(problem) = self.exceeded() {
            self.queue.clear();
            self.report(problem.at(self.range_of(request)));
            return None;
        }
        let module = match &request.file.target {
            Target::BuiltIn(built_in) => built_in_module(*built_in),
            Target::Node(name) => node_module(name),
            Target::File(path) => self.file_module(path, request)?,
        };
        let id = id(self.graph.modules.len());
        self.graph.by_target.insert(request.file.target.clone(), id);
        self.graph.by_name.insert(module.path.clone(), id);
        self.graph.modules.push(module);
        self.follow_imports(id);
        Some(id)
    }

    fn follow_imports(&mut self, importer: ModuleId) {
        let module = self.graph.module(importer);
        if matches!(module.origin, ModuleOrigin::Node(_)) {
            return;
        }
        let mut requests = Vec::new();
        let mut problems = Vec::new();
        for (index, import) in module.imports.iter().enumerate() {
            // Those that lead nowhere are looked for in many places.
            if problems.len() > MAX_PROBLEMS || self.clock.is_over() {
                break;
            }
            match self
                .sources
                .resolve(&module.path, &import.specifier, RequestKind::Import)
            {
                Ok(file) => {
                    if let (ModuleOrigin::Project, Some(target)) = (&module.origin, file.file()) {
                        self.sources.files().footprint().note_import(ImportSite {
                            importer: module.path.clone(),
                            bytes: import.span.clone(),
                            target: target.to_path_buf(),
                        });
                    }
                    requests.push(Request {
                        file,
                        from: Some((importer, index)),
                    });
                }
                Err(_) if import.is_dynamic => {}
                Err(failure) => problems.push(unresolved(module, import, failure)),
            }
        }
        self.queue.extend(requests);
        for problem in problems {
            self.report(problem);
        }
    }

    /// Returns which limit of the whole load is exceeded.
    fn exceeded(&self) -> Option<Diagnostic> {
        if self.clock.is_over() {
            return Some(takes_too_long());
        }
        let held = used_by_this_thread().saturating_sub(self.held_before);
        if held > self.most_held.cast_signed() {
            let message = format!(
                "the modules that the config imports take more than {} MiB of memory",
                self.most_held >> 20
            );
            return Some(
                Diagnostic::error(DiagnosticCode::MemoryLimit, message).help(
                    "import less, or import it inside a task; or raise RIGKIT_MEMORY_LIMIT_MIB",
                ),
            );
        }
        (self.graph.modules.len() >= MAX_MODULES).then(|| {
            let message = format!("the config imports more than {MAX_MODULES} modules");
            Diagnostic::error(DiagnosticCode::ModuleTooLarge, message)
                .help("import less, or import it inside a task")
        })
    }

    /// Takes up a problem; one more than those that are reported says so and ends the load.
    fn report(&mut self, problem: Diagnostic) {
        match self.problems.len() {
            ..MAX_PROBLEMS => self.problems.push(problem),
            MAX_PROBLEMS => {
                self.queue.clear();
                let message = format!(
                    "there are more problems than these {MAX_PROBLEMS}, which are not shown"
                );
                let more = Diagnostic::error(problem.code, message).at(problem.range);
                self.problems.push(more);
            }
            _ => {}
        }
    }

    /// Returns the range of the import that a module is loaded for, or the start of the config.
    fn range_of(&self, request: &Request) -> SourceRange {
        match (request.from, &request.file.target) {
            (Some((importer, import)), _) => {
                let module = self.graph.module(importer);
                module.range(&module.imports[import].span)
            }
            (None, Target::File(path)) => start_of(path),
            (None, _) => start_of(Path::new("")),
        }
    }

    fn file_module(&mut self, path: &Path, request: &Request) -> Option<Module> {
        self.preparation.note(Some(path));
        let origin = match &request.file.package {
            Some(package) => ModuleOrigin::Package(package.clone()),
            None => ModuleOrigin::Project,
        };
        let text = match self.read(path) {
            Ok(text) => text,
            Err(problem) => {
                self.report(problem.at(self.range_of(request)));
                return None;
            }
        };
        if let Err(problem) = self.check(path, &text, &origin, request) {
            let place = problem.range.is_none().then(|| start_of(path));
            self.report(problem.at(place));
            return None;
        }
        // A buffer of an editor has another text with each key that is pressed.
        let is_saved = !self.sources.files().has_buffer(path);
        let reading = ReadingOptions {
            cache: self.cache.as_deref().filter(|_| is_saved),
            identity: self.identity,
        };
        let module = parse_module(path, text, origin, request.file.format, &reading);
        match module {
            Ok(module) => {
                self.wants_zod |= wants_zod(&module);
                Some(module)
            }
            Err(problems) => {
                for problem in problems {
                    self.report(problem);
                }
                None
            }
        }
    }

    /// Has a module checked, unless it was read before.
    fn check(
        &mut self,
        path: &Path,
        text: &str,
        origin: &ModuleOrigin,
        request: &Request,
    ) -> Result<(), Diagnostic> {
        let Some(checker) = self.checker.as_mut().filter(|it| it.wants(text)) else {
            return Ok(());
        };
        let format = request.file.format;
        let unchecked = UncheckedModule::of(path, text, origin, format, self.identity);
        let marks = marks_of(origin, self.identity);
        match unchecked {
            Some(module)
                if !self
                    .cache
                    .as_ref()
                    .is_some_and(|it| it.has(path, text, marks)) =>
            {
                checker.check(&module)
            }
            _ => Ok(()),
        }
    }

    fn read(&self, path: &Path) -> Result<Arc<str>, Diagnostic> {
        let text = self.sources.files().read(path);
        let text = text.map_err(|error| unreadable(path, &error))?;
        let limit = largest_module();
        if text.len() <= limit {
            return Ok(text);
        }
        if limit == MAX_MODULE_BYTES {
            return Err(too_large(path, limit as u64));
        }
        let message = format!(
            "`{}` is larger than {} KiB, and there is no room for more",
            display_text::path(path),
            limit >> 10
        );
        Err(Diagnostic::error(DiagnosticCode::ModuleTooLarge, message)
            .help("let the process use more memory: ulimit -v unlimited"))
    }

    /// Links `z` of the SDK to the project's own zod, where some module asks for it.
    fn link_zod(&mut self) {
        let sdk = Target::BuiltIn(BuiltInModule::Sdk);
        let Some(sdk) = self
            .graph
            .by_target
            .get(&sdk)
            .copied()
            .filter(|_| self.wants_zod)
        else {
            return;
        };
        let entry = &self.graph.module(ModuleGraph::ENTRY).path;
        let Ok(file) = self.sources.resolve(entry, "zod", RequestKind::Import) else {
            return;
        };
        let module = &mut self.graph.modules[sdk.0 as usize];
        module.code = sdk_source(Zod::Installed);
        module.imports = vec![whole_import("zod")];
        self.queue.push_back(Request {
            file,
            from: Some((sdk, 0)),
        });
        self.run();
    }
}

/// Gives the place where a file begins that cannot be read.
fn start_of(path: &Path) -> SourceRange {
    SourceRange::new(path, &LineIndex::new(Arc::from("")), 0..0)
}

fn id(index: usize) -> ModuleId {
    ModuleId(u32::try_from(index).unwrap_or(u32::MAX))
}

fn entry_format(path: &Path) -> ModuleFormat {
    match path.extension() {
        Some(extension) if extension == "json" => ModuleFormat::Json,
        _ => ModuleFormat::EsModule,
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    if let Some(file) = foreign_file(error) {
        return foreign(file);
    }
    let refused = disk_error(error);
    if let Some(Refusal::TooLarge { limit }) = refused.and_then(DiskError::refusal) {
        return too_large(path, *limit);
    }
    let reason = match (refused, error.kind()) {
        (Some(refused), _) => refused.reason(),
        (None, io::ErrorKind::InvalidData) => "it is not UTF-8 text".to_owned(),
        (None, _) => error.to_string(),
    };
    let message = format!("failed to read `{}`: {reason}", display_text::path(path));
    let diagnostic = Diagnostic::error(DiagnosticCode::UnreadableModule, message);
    match refused.and_then(DiskError::help) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

fn foreign(file: &ForeignFile) -> Diagnostic {
    Diagnostic::error(DiagnosticCode::ForeignFile, file.to_string()).help(file.help())
}

fn too_large(path: &Path, limit: u64) -> Diagnostic {
    let path = display_text::path(path);
    let message = format!("`{path}` is larger than {} MiB", limit >> 20);
    Diagnostic::error(DiagnosticCode::ModuleTooLarge, message)
        .help("split the module, or load large data inside a task")
}

fn unresolved(module: &Module, import: &Import, failure: ResolveFailure) -> Diagnostic {
    let specifier = &import.specifier;
    let range = module.range(&import.span);
    match failure {
        ResolveFailure::NotFound { reason } => {
            let is_relative = specifier.starts_with('.');
            let message = match reason {
                Some(reason) => format!("cannot resolve `{specifier}`: {reason}"),
                None if is_relative => format!("cannot find the module `{specifier}`"),
                None => format!("cannot find the package `{specifier}`"),
            };
            let help = if is_relative {
                "the path is relative to this file; the extension and `index` may be left out"
                    .to_owned()
            } else {
                format!("install it: npm install {}", package_name(specifier))
            };
            Diagnostic::error(DiagnosticCode::UnresolvedImport, message)
                .at(range)
                .help(help)
        }
        ResolveFailure::OutsideProject { path } => Diagnostic::error(
            DiagnosticCode::ImportOutsideProject,
            format!(
                "`{specifier}` leads out of the project, to `{}`",
                display_text::path(&path)
            ),
        )
        .at(range)
        .help("a definition may only import files inside the project, and packages"),
        ResolveFailure::Foreign { file } => foreign(&file).at(range),
        ResolveFailure::UnknownNodeModule => Diagnostic::error(
            DiagnosticCode::UnresolvedImport,
            format!("Node.js has no module `{specifier}`"),
        )
        .at(range),
    }
}

fn package_name(specifier: &str) -> String {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    specifier
        .split('/')
        .take(parts)
        .collect::<Vec<_>>()
        .join("/")
}
