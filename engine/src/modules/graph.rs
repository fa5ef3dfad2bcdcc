//! All the modules that a config reaches, found and transpiled before any of them runs, so
//! that every syntax error and every import that leads nowhere is reported at once.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    call_site::CallSite,
    functions::ModuleFunctions,
    import::Import,
    resolve::{
        BuiltInModule, ImportResolver, PackageIdentity, RequestKind, ResolveFailure, ResolvedFile,
        Target, is_installed,
    },
    transpile::{
        Marks, ModuleFormat, SyntaxProblem, Transpiled, map_generated_position, transpile,
    },
    transpile_cache::TranspileCache,
};
use crate::{
    diagnostic::{Diagnostic, DiagnosticCode},
    sandbox::{PROVIDER_HOST_SOURCE, Zod, node_builtins, sdk_source},
    source::{LineColumn, LineIndex, SourceFiles, SourceRange},
};

/// The most bytes a module may have; the stack that parsing needs grows with its size.
pub(crate) const MAX_MODULE_BYTES: usize = 4 * 1024 * 1024;

/// Names a module within one graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(pub(crate) u32);

/// Says whose module it is, which decides how it enters an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModuleOrigin {
    /// A file of the project, or of a package that is linked and not installed: it counts
    /// with its content.
    Project,
    /// A file of an installed package: it counts with the package's name and version.
    Package(PackageIdentity),
    /// A module inside the binary.
    BuiltIn(BuiltInModule),
    /// A module of Node.js, by its name without `node:`.
    Node(&'static str),
}

/// Is one module of a definition.
#[derive(Debug)]
pub struct Module {
    /// The file, or the specifier of a built-in module.
    pub path: PathBuf,
    /// Whose it is.
    pub origin: ModuleOrigin,
    /// The text as it was read.
    pub text: Arc<str>,
    /// The JavaScript that is evaluated.
    pub code: String,
    /// The builder calls in it, in the order of their numbers.
    pub call_sites: Vec<CallSite>,
    /// The functions and classes in it.
    pub(crate) functions: ModuleFunctions,
    /// What it imports.
    pub imports: Vec<Import>,
    /// Where its default export is written, if it has one.
    pub default_export: Option<Range<u32>>,
    pub(crate) format: ModuleFormat,
    links: HashMap<String, ModuleId>,
    lines: std::sync::OnceLock<LineIndex>,
}

impl Module {
    /// Turns a byte range of the text into a range with lines and columns.
    #[must_use]
    pub fn range(&self, bytes: &Range<u32>) -> SourceRange {
        SourceRange::new(&self.path, self.lines(), bytes.clone())
    }

    /// Finds the module that a specifier written in this one leads to.
    #[must_use]
    pub fn link(&self, specifier: &str) -> Option<ModuleId> {
        self.links.get(specifier).copied()
    }

    /// Finds where in the text a position of the evaluated code came from.
    pub(crate) fn original_range(&self, generated: LineColumn) -> Option<SourceRange> {
        let is_plain = matches!(
            self.origin,
            ModuleOrigin::BuiltIn(_) | ModuleOrigin::Node(_)
        );
        if is_plain || self.format != ModuleFormat::EsModule {
            return None;
        }
        let is_marked = self.origin == ModuleOrigin::Project;
        let offset = map_generated_position(
            &self.path,
            &self.text,
            is_marked,
            generated.line,
            generated.column,
        )?;
        Some(self.range(&(offset..offset + self.word_length(offset))))
    }

    fn word_length(&self, offset: u32) -> u32 {
        let rest = self.text.get(offset as usize..).unwrap_or_default();
        let is_word = |character: &char| {
            character.is_alphanumeric() || *character == '_' || *character == '$'
        };
        let length = rest
            .chars()
            .take_while(is_word)
            .map(char::len_utf8)
            .sum::<usize>();
        u32::try_from(length.max(1)).unwrap_or(1)
    }

    fn lines(&self) -> &LineIndex {
        self.lines
            .get_or_init(|| LineIndex::new(Arc::clone(&self.text)))
    }
}

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
                path.display(),
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

fn built_in_module(built_in: BuiltInModule) -> Module {
    let code = match built_in {
        BuiltInModule::Sdk => sdk_source(Zod::Missing),
        BuiltInModule::ProviderHost => PROVIDER_HOST_SOURCE.to_owned(),
    };
    let mut module = plain_module(
        PathBuf::from(built_in.specifier()),
        ModuleOrigin::BuiltIn(built_in),
        code,
    );
    if built_in == BuiltInModule::ProviderHost {
        module.imports = vec![whole_import(BuiltInModule::Sdk.specifier())];
    }
    module
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

fn plain_module(path: PathBuf, origin: ModuleOrigin, code: String) -> Module {
    Module {
        path,
        origin,
        text: Arc::from(""),
        code,
        call_sites: Vec::new(),
        functions: ModuleFunctions::default(),
        imports: Vec::new(),
        default_export: None,
        format: ModuleFormat::EsModule,
        links: HashMap::new(),
        lines: std::sync::OnceLock::new(),
    }
}

fn node_module(name: &'static str) -> Module {
    plain_module(
        PathBuf::from(format!("node:{name}")),
        ModuleOrigin::Node(name),
        node_builtins::module_source(name),
    )
}

fn whole_import(specifier: &str) -> Import {
    Import {
        specifier: specifier.to_owned(),
        span: 0..0,
        names: Vec::new(),
        is_namespace: true,
        is_dynamic: false,
    }
}

fn wants_zod(module: &Module) -> bool {
    module.imports.iter().any(|import| {
        let names_zod = import.is_namespace || import.names.iter().any(|(name, _)| name == "z");
        import.specifier == BuiltInModule::Sdk.specifier() && names_zod
    })
}

fn parse_module(
    path: &Path,
    text: Arc<str>,
    origin: ModuleOrigin,
    format: Option<ModuleFormat>,
    options: &ReadingOptions<'_>,
) -> Result<Module, Vec<Diagnostic>> {
    let mut module = plain_module(path.to_path_buf(), origin, String::new());
    module.text = text;
    match format {
        Some(ModuleFormat::Json) => {
            module.format = ModuleFormat::Json;
            module.code = json_module(&module)?;
        }
        Some(ModuleFormat::CommonJs) => module.format = ModuleFormat::CommonJs,
        Some(ModuleFormat::EsModule) => fill(&mut module, true, options)?,
        // A package file that does not say what it is: its syntax decides, as in Node.
        None => fill(&mut module, false, options).or_else(|problems| {
            module.format = ModuleFormat::CommonJs;
            if is_installed(&module.path) {
                Ok(())
            } else {
                Err(problems)
            }
        })?,
    }
    Ok(module)
}

/// Says how the text of a module is read.
struct ReadingOptions<'a> {
    cache: Option<&'a TranspileCache>,
    identity: IdentityUse,
}

fn fill(
    module: &mut Module,
    is_es_module: bool,
    options: &ReadingOptions<'_>,
) -> Result<(), Vec<Diagnostic>> {
    let marks = match (&module.origin, options.identity) {
        (ModuleOrigin::Project, IdentityUse::Full) => Marks::All,
        (ModuleOrigin::Project, IdentityUse::None) => Marks::CallSites,
        _ => Marks::None,
    };
    let Transpiled {
        code,
        call_sites,
        functions,
        imports,
        default_export,
        has_module_syntax,
    } = match options.cache {
        Some(cache) => cache.transpile(&module.path, &module.text, marks),
        None => transpile(&module.path, &module.text, marks),
    }
    .map_err(|problems| syntax_errors(module, problems))?;
    let is_project = module.origin == ModuleOrigin::Project;
    if !is_es_module && !has_module_syntax && !is_project {
        module.format = ModuleFormat::CommonJs;
        return Ok(());
    }
    module.code = code;
    module.call_sites = call_sites;
    module.functions = functions;
    module.imports = imports;
    module.default_export = default_export;
    Ok(())
}

fn syntax_errors(module: &Module, problems: Vec<SyntaxProblem>) -> Vec<Diagnostic> {
    problems
        .into_iter()
        .map(|problem| {
            let diagnostic = Diagnostic::error(DiagnosticCode::SyntaxError, problem.message)
                .at(module.range(&problem.span));
            match problem.help {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            }
        })
        .collect()
}

fn json_module(module: &Module) -> Result<String, Vec<Diagnostic>> {
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&module.text) {
        let place = LineColumn {
            line: u32::try_from(error.line()).unwrap_or(1),
            column: u32::try_from(error.column()).unwrap_or(1),
        };
        let offset = module.lines().offset(place);
        let message = format!("this is not JSON: {error}");
        return Err(vec![
            Diagnostic::error(DiagnosticCode::SyntaxError, message)
                .at(module.range(&(offset..offset + 1))),
        ]);
    }
    // `JSON.parse` and not a literal: `__proto__` is an ordinary key in JSON.
    let literal = serde_json::Value::from(&*module.text).to_string();
    Ok(format!("export default JSON.parse({literal});\n"))
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
        format!("failed to read `{}`: {reason}", path.display()),
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
                path.display()
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

/// Sums up what each file of the project contributes, for telling one definition from another.
impl ModuleGraph {
    /// Gives the text of every module that counts with its content, by path.
    #[must_use]
    pub fn project_texts(&self) -> BTreeMap<&Path, &Arc<str>> {
        self.modules
            .iter()
            .filter(|module| module.origin == ModuleOrigin::Project)
            .map(|module| (module.path.as_path(), &module.text))
            .collect()
    }
}
