//! What a module asks of other modules.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Is one specifier that a module imports from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// The specifier as it is written.
    pub specifier: String,
    /// Where the specifier is.
    pub span: Range<u32>,
    /// The names that are imported, with where they are; `default` for the default export.
    pub names: Vec<(String, Range<u32>)>,
    /// Whether all names may be used: a namespace import, `export *` or `import()`.
    pub is_namespace: bool,
    /// Whether it is an `import()`, which may fail without failing the module.
    pub is_dynamic: bool,
}
