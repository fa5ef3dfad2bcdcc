//! One module of a definition: its text, what is evaluated of it, and what it imports.

use std::{
    ops::Range,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use rustc_hash::FxHashMap;

use super::{
    call_site::CallSite,
    functions::ModuleFunctions,
    import::Import,
    resolve::{BuiltInModule, PackageIdentity},
    transpile::ModuleFormat,
};
use crate::source::{LineIndex, SourceRange};

/// The most bytes a module may have; the stack that parsing needs grows with its size.
pub(crate) const MAX_MODULE_BYTES: usize = 4 * 1024 * 1024;

/// How many problems of one load are reported; what else is wrong is said in one more.
pub(super) const MAX_PROBLEMS: usize = 100;

/// How many modules one load may have.
pub(super) const MAX_MODULES: usize = 20_000;

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
    pub(super) links: FxHashMap<String, ModuleId>,
    pub(super) lines: OnceLock<LineIndex>,
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

    /// Returns the range of the word that begins at an offset of the text.
    pub(crate) fn word_at(&self, offset: u32) -> SourceRange {
        self.range(&(offset..offset + self.word_length(offset)))
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

    pub(super) fn lines(&self) -> &LineIndex {
        self.lines
            .get_or_init(|| LineIndex::new(Arc::clone(&self.text)))
    }
}
