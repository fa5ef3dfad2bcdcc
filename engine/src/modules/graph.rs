//! All the modules that a config reaches, found and transpiled before any of them runs, so
//! that every syntax error and every import that leads nowhere is reported at once.

use std::{
    collections::{HashMap, VecDeque},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    import::Import,
    module::{MAX_MODULE_BYTES, Module, ModuleId, ModuleOrigin},
    read_module::{
        ReadingOptions, built_in_module, node_module, parse_module, wants_zod, whole_import,
    },
    resolve::{
        BuiltInModule, ImportResolver, PackageIdentity, RequestKind, ResolveFailure, ResolvedFile,
        Target,
    },
    transpile::ModuleFormat,
    transpile_cache::TranspileCache,
};
use crate::{
    diagnostic::{Diagnostic, DiagnosticCode},
    display_text,
    sandbox::{Zod, sdk_source},
    source::{LineIndex, SourceFiles, SourceRange},
};

/// Says whether handlers are told apart by what they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
    /// Where text comes from.
    pub files: Arc<dyn SourceFiles>,
    /// Where modules that were transpiled before are kept.
    pub(crate) cache: Option<Arc<TranspileCache>>,
    /// Whether handlers are told apart by what they do.
    pub identity: IdentityUse,
}

/// Holds all modules that a config reaches.
pub struct ModuleGraph {
    modules: Vec<Module>,
    by_target: HashMap<Target, ModuleId>,
    by_name: HashMap<PathBuf, ModuleId>,
    node_requires: Mutex<Vec<(String, String)>>,
    file_requires: Mutex<Vec<(PathBuf, RequiredFile)>>,
    pub(crate) resolver: ImportResolver,
    pub(crate) files: Arc<dyn SourceFiles>,
}

impl ModuleGraph {
    /// Loads a config and everything it imports.
    ///
    /// Problems do not stop it: what can be loaded is, and all of them are reported.
    #[must_use]
    pub fn load(entry: &Path, options: &GraphOptions) -> (Self, Vec<Diagnostic>) {
        let mut loader = GraphLoader {
            graph: Self {
                modules: Vec::new(),
                by_target: HashMap::new(),
                by_name: HashMap::new(),
                node_requires: Mutex::default(),
                file_requires: Mutex::default(),
                resolver: ImportResolver::new(&options.project_root, Arc::clone(&options.files)),
                files: Arc::clone(&options.files),
            },
            queue: VecDeque::new(),
            cache: options.cache.clone(),
            identity: options.identity,
            problems: Vec::new(),
            wants_zod: false,
        };
        let entry_file = ResolvedFile {
            target: Target::File(entry.to_path_buf()),
            format: Some(entry_format(entry)),
            package: None,
        };
        loader.queue.push_back(Request {
            file: entry_file,
            from: None,
        });
        loader.run();
        loader.link_zod();
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

    /// Remembers that a CommonJS module requires a module of Node.js.
    pub(crate) fn note_node_require(&self, importer: &str, specifier: &str) {
        let mut required = self
            .node_requires
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        required.push((importer.to_owned(), specifier.to_owned()));
    }

    /// Remembers that a CommonJS module requires a file.
    pub(crate) fn note_file_require(&self, importer: &Path, file: RequiredFile) {
        let mut required = self
            .file_requires
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        required.push((importer.to_path_buf(), file));
    }

    /// Gives the files that CommonJS modules have required so far, by who required them.
    pub(crate) fn required_files(&self) -> HashMap<PathBuf, Vec<RequiredFile>> {
        let required = self
            .file_requires
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
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
            let required = self
                .node_requires
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let (by, specifier) = required.first()?;
            Some((format!("{specifier} (in {by})"), None))
        })
    }
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

struct GraphLoader {
    graph: ModuleGraph,
    cache: Option<Arc<TranspileCache>>,
    identity: IdentityUse,
    queue: VecDeque<Request>,
    problems: Vec<Diagnostic>,
    wants_zod: bool,
}

impl GraphLoader {
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
            match self
                .graph
                .resolver
                .resolve(&module.path, &import.specifier, RequestKind::Import)
            {
                Ok(file) => requests.push(Request {
                    file,
                    from: Some((importer, index)),
                }),
                Err(_) if import.is_dynamic => {}
                Err(failure) => problems.push(unresolved(module, import, failure)),
            }
        }
        self.queue.extend(requests);
        self.problems.append(&mut problems);
    }

    fn file_module(&mut self, path: &Path, request: &Request) -> Option<Module> {
        let text = match self.read(path) {
            Ok(text) => text,
            Err(problem) => {
                let importer = request.from.map(|(importer, import)| {
                    let module = self.graph.module(importer);
                    module.range(&module.imports[import].span)
                });
                self.problems
                    .push(problem.at(importer.unwrap_or_else(|| start_of(path))));
                return None;
            }
        };
        let origin = match &request.file.package {
            Some(package) => ModuleOrigin::Package(package.clone()),
            None => ModuleOrigin::Project,
        };
        // A buffer of an editor has another text with each key that is pressed.
        let is_saved = !self.graph.files.is_overlaid(path);
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
            Err(mut problems) => {
                self.problems.append(&mut problems);
                None
            }
        }
    }

    fn read(&self, path: &Path) -> Result<Arc<str>, Diagnostic> {
        let text = self
            .graph
            .files
            .read(path)
            .map_err(|error| unreadable(path, &error))?;
        if text.len() > MAX_MODULE_BYTES {
            let message = format!(
                "`{}` is larger than {} MiB",
                display_text::path(path),
                MAX_MODULE_BYTES >> 20
            );
            return Err(Diagnostic::error(DiagnosticCode::ModuleTooLarge, message)
                .help("split the module, or load large data inside a task"));
        }
        Ok(text)
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
        let Ok(file) = self
            .graph
            .resolver
            .resolve(entry, "zod", RequestKind::Import)
        else {
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
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    };
    Diagnostic::error(
        DiagnosticCode::UnreadableModule,
        format!("failed to read `{}`: {reason}", display_text::path(path)),
    )
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
