//! The functions and classes of a module: what each does, by its syntax, and what it captures.
//!
//! Reading a module gives, for every function and class in it, a digest of its normalized
//! syntax and the names it takes from outside. The printed code then makes two things
//! reachable once the module has been evaluated: which of these a value is, and the value of
//! what it captured, unless that is written down or another module exports it.

mod find;
mod mark;
mod members;
mod syntax;
mod uses;

use std::{ops::Range, sync::Arc};

use compact_str::CompactString;
use oxc::{
    ast::ast::Program,
    semantic::{Scoping, SymbolId},
};
use serde::{Deserialize, Serialize};

pub(super) use mark::mark_functions;
pub(crate) use uses::{MemberUse, Uses};

use crate::digest::Digest;

/// Is everything that is known of the functions and classes of a module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ModuleFunctions {
    /// The functions and classes, in the order in which they begin.
    pub(crate) units: Vec<FunctionUnit>,
    /// What they take from outside, those of one unit beside each other.
    captures: Vec<CapturedName>,
    /// How many of the module's own bindings the printed code makes readable.
    pub(crate) readers: u32,
    /// The code that may change what it imports, or what the language brings.
    pub(crate) touched: Vec<Touched>,
    /// Whether anything in it names the prototype of a function.
    pub(crate) names_prototypes: bool,
}

impl ModuleFunctions {
    /// Lists what a function or class takes from outside, in the order in which it is first used.
    pub(crate) fn captures(&self, unit: &FunctionUnit) -> &[CapturedName] {
        let Range { start, end } = unit.captures;
        &self.captures[start as usize..end as usize]
    }
}

/// Is code that may change what others share, such as `client.defaults.retries = 2`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Touched {
    pub(crate) name: Box<str>,
    /// Where it is imported from, unless it is a global.
    pub(crate) specifier: Option<Arc<str>>,
    pub(crate) span: Range<u32>,
}

/// Is a function or a class as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FunctionUnit {
    /// Its own name, or that of what it is assigned to.
    pub(crate) name: Option<CompactString>,
    pub(crate) kind: UnitKind,
    pub(crate) span: Range<u32>,
    /// A digest of its syntax, in which names of variables do not count.
    pub(crate) syntax: Digest,
    /// Which of the module's captures are its own.
    captures: Range<u32>,
}

/// Tells functions from classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum UnitKind {
    Function {
        /// Whether it uses what it is called on.
        uses_this: bool,
    },
    Class {
        /// Whether its instances have fields that nobody else can read.
        has_private_state: bool,
        /// Whether the class itself has such fields.
        has_private_statics: bool,
    },
}

/// Is a name that a function or class takes from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CapturedName {
    pub(crate) name: CompactString,
    pub(crate) source: CaptureSource,
    /// What of it is used.
    pub(crate) uses: Uses,
    /// Where it is used first.
    pub(crate) span: Range<u32>,
    /// Where it is given another value, if it is.
    pub(crate) assigned_at: Option<Range<u32>>,
}

/// Says where the value of a captured name is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CaptureSource {
    /// In a variable of an enclosing function or block: the nth reader that was handed over
    /// when the function was made.
    Local(u32),
    /// In a variable of the module: its nth reader.
    Module(u32),
    /// In the code: it is always this text.
    Text(CompactString),
    /// In the code: it is always the number of these bits.
    Number(u64),
    /// In another module.
    Import {
        specifier: Arc<str>,
        /// The name of the export; `*` for all of them.
        export: Arc<str>,
    },
    /// In a global.
    Global,
    /// In a module that is imported while the function runs.
    DynamicImport { specifier: Box<str> },
    /// In a variable of the environment that is read while the function runs.
    Variable { is_secret: bool },
    /// In what a module knows of itself, such as its path.
    ImportMeta,
    /// Where nothing can look.
    Hidden(HiddenCapture),
}

/// Names what no reading of a function can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum HiddenCapture {
    /// A direct `eval`, which may use anything in scope.
    Eval,
    /// The arguments of an enclosing function.
    Arguments,
    /// An `import()` whose module is computed.
    ComputedImport,
}

/// Finds the functions and classes of a program, and gives each its digest.
pub(super) fn find_functions<'a>(program: &Program<'a>, scoping: &Scoping) -> FoundFunctions<'a> {
    let mut found = find::find(program, scoping);
    syntax::digest_syntax(program, scoping, &mut found);
    found
}

/// Is what was found, with where in the tree it stands.
pub(super) struct FoundFunctions<'a> {
    pub(super) functions: ModuleFunctions,
    /// The unit that begins at each scope.
    units_by_scope: Vec<Option<u32>>,
    drafts: Vec<UnitDraft<'a>>,
    /// The symbol of each of the module's captures, where it has one.
    symbols: Vec<Option<SymbolId>>,
    /// The module's own variables that are captured, in the order of their readers.
    readers: Vec<&'a str>,
}

/// Is what only the passes over the tree need to know of a unit.
#[derive(Default)]
struct UnitDraft<'a> {
    /// Whether the unit gets its name from where it stands, which marking would take away.
    is_named_by_place: bool,
    /// Whether it is inside another unit.
    is_nested: bool,
    /// Whether other units are inside it.
    has_nested: bool,
    /// The names that its readers have to read, in order; `this` among them.
    locals: Vec<LocalBinding<'a>>,
}

/// Is what a reader that is handed over with a function reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LocalBinding<'a> {
    Name(&'a str),
    This,
}

impl FoundFunctions<'_> {
    /// Lists the symbols of what a unit captures.
    fn symbols(&self, unit: usize) -> &[Option<SymbolId>] {
        let Range { start, end } = self.functions.units[unit].captures;
        &self.symbols[start as usize..end as usize]
    }

    fn unit_at(&self, scope: &std::cell::Cell<Option<oxc::semantic::ScopeId>>) -> Option<usize> {
        let scope = scope.get()?;
        let unit = *self.units_by_scope.get(scope.index())?;
        unit.map(|unit| unit as usize)
    }
}

#[cfg(test)]
mod tests;
