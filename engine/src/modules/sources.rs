//! What a graph still asks of the outside once it is loaded: files that CommonJS modules require,
//! and positions that only the parser can answer.
//!
//! Where a definition evaluates in the process, [`LocalSources`] answers from the disk. A confined
//! evaluation has none, and asks the process that started it.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    callees::callee_at,
    loops::loop_after,
    module::{Module, ModuleOrigin},
    resolve::{ImportResolver, RequestKind, ResolveFailure, ResolvedFile},
    transpile::{ModuleFormat, map_generated_position, normalized_text},
};
use crate::source::{LineColumn, ProjectFiles};

/// Answers what a loaded graph asks of files and of the parser.
pub(crate) trait GraphSources: Send + Sync {
    /// Resolves a specifier that is written in the file `importer`.
    fn resolve(
        &self,
        importer: &Path,
        specifier: &str,
        kind: RequestKind,
    ) -> Result<ResolvedFile, ResolveFailure>;

    /// Reads the text of a file.
    fn read(&self, path: &Path) -> io::Result<Arc<str>>;

    /// Returns the normalized syntax of a text, or nothing where it cannot be parsed.
    fn normalized_text(&self, path: &Path, text: &str) -> Option<String>;

    /// Returns the offset in a module's text that a position of its evaluated code came from.
    fn original_offset(&self, module: &Module, generated: LineColumn) -> Option<u32>;

    /// Returns where the loop begins that follows an offset of a module's text, and in which code
    /// was stopped that seems to be at that offset.
    fn loop_after(&self, module: &Module, offset: u32) -> Option<u32>;

    /// Returns what is called at an offset of a module's text.
    fn callee_at(&self, module: &Module, offset: u32) -> Option<String>;

    /// Returns the directory that relative imports may not leave.
    fn project_root(&self) -> &Path;
}

/// The sources of a graph whose files are at hand.
pub(crate) struct LocalSources {
    project_root: PathBuf,
    resolver: ImportResolver,
    files: Arc<ProjectFiles>,
}

impl LocalSources {
    pub(super) fn new(project_root: &Path, files: Arc<ProjectFiles>) -> Self {
        Self {
            project_root: project_root.to_path_buf(),
            resolver: ImportResolver::new(Arc::clone(&files)),
            files,
        }
    }

    /// Returns where text comes from.
    pub(super) fn files(&self) -> &ProjectFiles {
        &self.files
    }
}

impl GraphSources for LocalSources {
    fn resolve(
        &self,
        importer: &Path,
        specifier: &str,
        kind: RequestKind,
    ) -> Result<ResolvedFile, ResolveFailure> {
        self.resolver.resolve(importer, specifier, kind)
    }

    fn read(&self, path: &Path) -> io::Result<Arc<str>> {
        self.files.read(path)
    }

    fn normalized_text(&self, path: &Path, text: &str) -> Option<String> {
        normalized_text(path, text)
    }

    fn original_offset(&self, module: &Module, generated: LineColumn) -> Option<u32> {
        original_offset(module, generated)
    }

    fn loop_after(&self, module: &Module, offset: u32) -> Option<u32> {
        start_of_loop_after(module, offset)
    }

    fn callee_at(&self, module: &Module, offset: u32) -> Option<String> {
        callee_at(&module.path, &module.text, offset)
    }

    fn project_root(&self) -> &Path {
        &self.project_root
    }
}

/// Returns the offset in a module's text that a position of its evaluated code came from.
pub(crate) fn original_offset(module: &Module, generated: LineColumn) -> Option<u32> {
    let is_plain = matches!(
        module.origin,
        ModuleOrigin::BuiltIn(_) | ModuleOrigin::Node(_)
    );
    if is_plain || module.format != ModuleFormat::EsModule {
        return None;
    }
    let is_marked = module.origin == ModuleOrigin::Project;
    map_generated_position(
        &module.path,
        &module.text,
        is_marked,
        generated.line,
        generated.column,
    )
}

/// Returns where the loop begins that follows an offset of a module's text.
pub(crate) fn start_of_loop_after(module: &Module, offset: u32) -> Option<u32> {
    Some(loop_after(&module.path, &module.text, offset)?.start)
}
