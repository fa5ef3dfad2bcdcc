//! Where an import leads, as Node resolves ES modules, within what a definition may read.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use oxc_resolver::{
    ModuleType, Resolution, ResolveContext, ResolveError, ResolveOptions, ResolverGeneric,
};

use serde::{Deserialize, Serialize};

use super::{guarded_file_system::GuardedFileSystem, transpile::ModuleFormat};
use crate::{
    disk::{DiskError, Refusal},
    sandbox::node_builtins,
    source::ProjectFiles,
    trust::ForeignFile,
};

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
    NotFound {
        reason: Option<String>,
    },
    OutsideProject {
        path: PathBuf,
    },
    /// A file that decides where it leads belongs to another user.
    Foreign {
        file: ForeignFile,
    },
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
    files: Arc<ProjectFiles>,
    import: OnceLock<ResolverGeneric<GuardedFileSystem>>,
    require: OnceLock<ResolverGeneric<GuardedFileSystem>>,
}

impl ImportResolver {
    pub(crate) fn new(files: Arc<ProjectFiles>) -> Self {
        Self {
            files,
            import: OnceLock::new(),
            require: OnceLock::new(),
        }
    }

    /// Many a config imports built-in modules only, and needs no resolver.
    fn resolver(&self, kind: RequestKind) -> &ResolverGeneric<GuardedFileSystem> {
        let (resolver, conditions) = match kind {
            RequestKind::Import => (&self.import, ["import", "default"]),
            RequestKind::Require => (&self.require, ["require", "default"]),
        };
        resolver.get_or_init(|| {
            let file_system = GuardedFileSystem::new(Arc::clone(&self.files));
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
        let answer = resolver.resolve(directory, specifier);
        // The resolver goes on as if a file that it may not read were not there.
        if let Some(file) = self.files.take_foreign() {
            return Err(ResolveFailure::Foreign { file });
        }
        if let Some(reason) = self.files.take_unread_manifest() {
            let reason = Some(reason);
            return Err(ResolveFailure::NotFound { reason });
        }
        match answer {
            Ok(found) => self.allowed(&found),
            Err(error) => Err(self
                .leads_outside(resolver, directory, specifier)
                .unwrap_or_else(|| failure(&error))),
        }
    }

    fn allowed(&self, found: &Resolution) -> Result<ResolvedFile, ResolveFailure> {
        let path = found.path().to_path_buf();
        let roots = self.files.roots();
        if !roots.include(&path) {
            return Err(ResolveFailure::OutsideProject { path });
        }
        let is_own = path.starts_with(roots.import_root()) && !is_installed(&path);
        Ok(ResolvedFile {
            package: (!is_own).then(|| package_of(found)).flatten(),
            format: format_of(&path, found.module_type()),
            target: Target::File(path),
        })
    }

    /// Returns where an import leads that leads nowhere the project may read: nothing was looked
    /// for there, so that it looks missing.
    fn leads_outside(
        &self,
        resolver: &ResolverGeneric<GuardedFileSystem>,
        directory: &Path,
        specifier: &str,
    ) -> Option<ResolveFailure> {
        let mut context = ResolveContext::default();
        // It has failed before.
        let _ = resolver.resolve_with_context(directory, specifier, None, &mut context);
        let mut missing: Vec<PathBuf> = context.missing_dependencies.into_iter().collect();
        missing.sort_unstable();
        missing
            .iter()
            .filter(|path| self.files.roots().include(path) || !is_looked_for(directory, path))
            .find_map(|path| match self.files.roots().status(path) {
                Err(DiskError::Refused {
                    refusal: Refusal::Outside { to, .. },
                    ..
                }) => Some(ResolveFailure::OutsideProject { path: to }),
                _ => None,
            })
            .or_else(|| self.packages_outside(directory, specifier))
    }

    /// Returns where a `node_modules` leads in which a package would be looked for, if that is out of
    /// what the project may read.
    fn packages_outside(&self, directory: &Path, specifier: &str) -> Option<ResolveFailure> {
        if specifier.starts_with(['.', '/', '#']) {
            return None;
        }
        directory.ancestors().find_map(|folder| {
            let packages = self.files.roots().status(&folder.join("node_modules"));
            match packages {
                Err(DiskError::Refused {
                    refusal: Refusal::Outside { to, link, .. },
                    ..
                }) if link != to => Some(ResolveFailure::OutsideProject { path: to }),
                _ => None,
            }
        })
    }
}

/// Returns whether a path is in one of the folders that Node.js looks into upward from a directory,
/// so that it says nothing of where an import leads.
fn is_looked_for(directory: &Path, path: &Path) -> bool {
    path.ancestors()
        .filter(|ancestor| ancestor.ends_with("node_modules"))
        .filter_map(Path::parent)
        .any(|folder| directory.starts_with(folder))
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
