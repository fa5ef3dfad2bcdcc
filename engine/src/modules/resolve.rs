//! Where an import leads, as Node resolves ES modules, within what a definition may read.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use oxc_resolver::{
    FileMetadata, FileSystem, FileSystemOs, ModuleType, Resolution, ResolveError, ResolveOptions,
    ResolverGeneric,
};

use serde::{Deserialize, Serialize};

use super::transpile::ModuleFormat;
use crate::{sandbox::node_builtins, source::SourceFiles};

/// Is what an import leads to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// A module inside the binary.
    BuiltIn(BuiltInModule),
    /// A module of Node.js, by its name without `node:`.
    Node(&'static str),
    /// A file.
    File(PathBuf),
}

/// Names the modules inside the binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BuiltInModule {
    /// `@rigkit/sdk`
    Sdk,
    /// `@rigkit/provider-host`
    ProviderHost,
}

impl BuiltInModule {
    /// Gives the specifier that leads to the module.
    #[must_use]
    pub fn specifier(self) -> &'static str {
        match self {
            Self::Sdk => "@rigkit/sdk",
            Self::ProviderHost => "@rigkit/provider-host",
        }
    }

    fn from_specifier(specifier: &str) -> Option<Self> {
        [Self::Sdk, Self::ProviderHost]
            .into_iter()
            .find(|module| module.specifier() == specifier)
    }
}

/// Names an installed package.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PackageIdentity {
    /// The name in its `package.json`.
    pub name: String,
    /// The version in its `package.json`.
    pub version: String,
}

/// Is a resolved file with what its `package.json` says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResolvedFile {
    pub(crate) target: Target,
    pub(crate) format: Option<ModuleFormat>,
    pub(crate) package: Option<PackageIdentity>,
}

impl ResolvedFile {
    /// Returns the file, where it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.target {
            Target::File(path) => Some(path),
            Target::BuiltIn(_) | Target::Node(_) => None,
        }
    }
}

/// Says why an import leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ResolveFailure {
    NotFound { reason: Option<String> },
    OutsideProject { path: PathBuf },
    UnknownNodeModule,
}

/// Tells `import` from `require`, which packages may answer differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RequestKind {
    Import,
    Require,
}

/// Resolves the imports of one load; remembers what it saw of the disk.
pub(crate) struct ImportResolver {
    project_root: PathBuf,
    files: Arc<dyn SourceFiles>,
    import: OnceLock<ResolverGeneric<LayeredFileSystem>>,
    require: OnceLock<ResolverGeneric<LayeredFileSystem>>,
}

impl ImportResolver {
    pub(crate) fn new(project_root: &Path, files: Arc<dyn SourceFiles>) -> Self {
        Self {
            project_root: project_root.to_path_buf(),
            files,
            import: OnceLock::new(),
            require: OnceLock::new(),
        }
    }

    /// Many a config imports built-in modules only, and needs no resolver.
    fn resolver(&self, kind: RequestKind) -> &ResolverGeneric<LayeredFileSystem> {
        let (resolver, conditions) = match kind {
            RequestKind::Import => (&self.import, ["import", "default"]),
            RequestKind::Require => (&self.require, ["require", "default"]),
        };
        resolver.get_or_init(|| {
            let files = Arc::clone(&self.files);
            let file_system = LayeredFileSystem { files };
            ResolverGeneric::new_with_file_system(file_system, options(&conditions))
        })
    }

    /// Resolves a specifier that is written in the file `importer`.
    pub(crate) fn resolve(
        &self,
        importer: &Path,
        specifier: &str,
        kind: RequestKind,
    ) -> Result<ResolvedFile, ResolveFailure> {
        if let Some(target) = built_in(specifier)? {
            return Ok(ResolvedFile {
                target,
                format: None,
                package: None,
            });
        }
        let resolver = self.resolver(kind);
        let directory = importer.parent().unwrap_or(importer);
        let found = resolver
            .resolve(directory, specifier)
            .map_err(|error| failure(&error))?;
        self.allowed(importer, specifier, &found)
    }

    fn allowed(
        &self,
        importer: &Path,
        specifier: &str,
        found: &Resolution,
    ) -> Result<ResolvedFile, ResolveFailure> {
        let path = found.path().to_path_buf();
        let is_inside = path.starts_with(&self.project_root) && !is_installed(&path);
        let names_a_file = specifier.starts_with('.')
            || specifier.starts_with('/')
            || specifier.starts_with("file:");
        if names_a_file
            && !is_inside
            && importer.starts_with(&self.project_root)
            && !is_installed(importer)
        {
            return Err(ResolveFailure::OutsideProject { path });
        }
        Ok(ResolvedFile {
            package: (!is_inside).then(|| package_of(found)).flatten(),
            format: format_of(&path, found.module_type()),
            target: Target::File(path),
        })
    }
}

/// Says whether a file belongs to an installed package, which changes only with its version.
pub(crate) fn is_installed(path: &Path) -> bool {
    path.components()
        .any(|component| component.as_os_str() == "node_modules")
}

fn built_in(specifier: &str) -> Result<Option<Target>, ResolveFailure> {
    if let Some(module) = BuiltInModule::from_specifier(specifier) {
        return Ok(Some(Target::BuiltIn(module)));
    }
    match node_builtins::is_node_builtin(specifier) {
        Some(name) => Ok(Some(Target::Node(name))),
        None if specifier.starts_with("node:") => Err(ResolveFailure::UnknownNodeModule),
        None => Ok(None),
    }
}

fn options(conditions: &[&str]) -> ResolveOptions {
    let strings = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    ResolveOptions {
        condition_names: strings(conditions),
        extensions: strings(&[
            ".ts", ".tsx", ".mts", ".js", ".mjs", ".json", ".cjs", ".cts",
        ]),
        extension_alias: vec![
            (".js".to_owned(), strings(&[".js", ".ts", ".tsx"])),
            (".mjs".to_owned(), strings(&[".mjs", ".mts"])),
            (".cjs".to_owned(), strings(&[".cjs", ".cts"])),
        ],
        main_fields: strings(&["main"]),
        module_type: true,
        ..ResolveOptions::default()
    }
}

fn failure(error: &ResolveError) -> ResolveFailure {
    let reason = match error {
        ResolveError::NotFound(_) => None,
        other => Some(other.to_string()),
    };
    ResolveFailure::NotFound { reason }
}

fn package_of(found: &Resolution) -> Option<PackageIdentity> {
    if !is_installed(found.path()) {
        return None;
    }
    let package = found.package_json()?;
    Some(PackageIdentity {
        name: package.name()?.to_owned(),
        version: package.version().unwrap_or_default().to_owned(),
    })
}

fn format_of(path: &Path, module_type: Option<ModuleType>) -> Option<ModuleFormat> {
    let extension = path.extension().and_then(|extension| extension.to_str())?;
    match extension {
        "json" => Some(ModuleFormat::Json),
        "cjs" | "cts" => Some(ModuleFormat::CommonJs),
        "mjs" | "mts" | "ts" | "tsx" => Some(ModuleFormat::EsModule),
        _ => (module_type == Some(ModuleType::Module)).then_some(ModuleFormat::EsModule),
    }
}

struct LayeredFileSystem {
    files: Arc<dyn SourceFiles>,
}

impl FileSystem for LayeredFileSystem {
    fn new() -> Self {
        Self {
            files: Arc::new(crate::source::DiskFiles::default()),
        }
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files.read(path).map(|text| text.as_bytes().to_vec())
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        self.files.read(path).map(|text| text.as_ref().to_owned())
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        if self.files.is_overlaid(path) {
            return Ok(FileMetadata::new(true, false, false));
        }
        FileSystemOs::metadata(path)
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        if self.files.is_overlaid(path) {
            return Ok(FileMetadata::new(true, false, false));
        }
        FileSystemOs::symlink_metadata(path)
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        FileSystemOs::read_link(path)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(path)
    }
}
