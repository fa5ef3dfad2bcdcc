//! What a place names, and all the places that name it: tasks, sequences, branches, providers,
//! operations and keys of the context.
//!
//! The syntax says what is written at a place (`mention`), the definition says what that is the
//! name of (`resolve`). A search looks for the text of a name and asks the same of each place.

mod definitions;
mod index;
mod mention;
mod project;
mod resolve;
mod schema;
mod targets;

use std::{ops::Range, path::PathBuf, sync::Arc};

pub(crate) use self::{
    mention::Spelling,
    project::ProjectNames,
    targets::{InvalidateTarget, NamedTask},
};
use crate::sites::CallKey;

/// Is something with a name, told apart by the call that gives the name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Symbol {
    /// What a call of `task` makes.
    Task(CallKey),
    /// What a call of `sequence` makes.
    Sequence(CallKey),
    /// What a call of `operation` or `workspaceOperation` makes.
    Operation(CallKey),
    /// A branch of a call of `parallel`.
    Branch(CallKey, Arc<str>),
    /// A provider that a call brings into scope.
    Provider(CallKey, Arc<str>),
    /// A key of the context that the handler of a task puts there.
    ContextKey(CallKey, Arc<str>),
}

/// Says what a place does with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It gives the name.
    Definition,
    /// It uses what has the name.
    Use,
    /// It is a text, or part of one, by which tasks are named to invalidate them.
    Target,
}

/// Is a place that names something.
#[derive(Debug, Clone)]
pub(crate) struct Occurrence {
    /// The file.
    pub(crate) path: PathBuf,
    /// Where the name is, without quotes, in the text as it is now.
    pub(crate) bytes: Range<u32>,
    /// The name.
    pub(crate) name: String,
    /// How it is written.
    pub(crate) spelling: Spelling,
    /// What it does with the name.
    pub(crate) role: Role,
    /// What it names; several where the place is reached in several ways.
    pub(crate) symbols: Vec<Symbol>,
}

impl Occurrence {
    /// Says whether it names one of several things.
    pub(crate) fn names_one_of(&self, symbols: &[Symbol]) -> bool {
        self.symbols.iter().any(|symbol| symbols.contains(symbol))
    }

    /// Says whether it is a variable too, whose renaming is a matter of the language.
    pub(crate) fn is_variable(&self) -> bool {
        matches!(
            self.spelling,
            Spelling::ShorthandKey | Spelling::ShorthandPattern
        )
    }
}
