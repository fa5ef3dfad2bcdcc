//! Where something of a definition was written.

use crate::{
    memory::note_place,
    modules::{CallSite, Module, ModuleGraph, ModuleId},
    sandbox::thrown::place_of,
    source::SourceRange,
};

/// Is the place of a builder call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A call that the loader has marked.
    Site {
        /// The module the call is in.
        module: ModuleId,
        /// Its number in that module.
        ordinal: u32,
    },
    /// A place known from a stack.
    Range(Box<SourceRange>),
    /// Code that has no place in the project.
    Unknown,
}

/// The builders put the module's and the call's number into one.
const SITES_PER_MODULE: u64 = 16_777_216;

impl Place {
    /// Reads what a builder noted.
    pub(crate) fn from_site(site: &rquickjs::Value<'_>, graph: &ModuleGraph) -> Self {
        if let Some(number) = site.as_number() {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "builders note whole numbers"
            )]
            let number = number as u64;
            note_place(number);
            return Self::of_number(number);
        }
        let stack = site.as_string().and_then(|stack| stack.to_string().ok());
        match stack.and_then(|stack| place_of(&stack, graph)) {
            Some(range) => Self::Range(Box::new(range)),
            None => Self::Unknown,
        }
    }

    /// Returns the place of the call that has this number among all calls of the modules.
    pub(crate) fn of_number(number: u64) -> Self {
        Self::Site {
            module: ModuleId(u32::try_from(number / SITES_PER_MODULE).unwrap_or(u32::MAX)),
            ordinal: u32::try_from(number % SITES_PER_MODULE).unwrap_or(u32::MAX),
        }
    }

    /// Finds the marked call.
    #[must_use]
    pub fn call_site<'a>(&self, graph: &'a ModuleGraph) -> Option<(&'a Module, &'a CallSite)> {
        let Self::Site { module, ordinal } = self else {
            return None;
        };
        let module = graph.get(*module)?;
        Some((module, module.call_sites.get(*ordinal as usize)?))
    }

    /// Gives the module that the call is in.
    #[must_use]
    pub fn module(&self, graph: &ModuleGraph) -> Option<ModuleId> {
        match self {
            Self::Site { module, .. } => Some(*module),
            Self::Range(range) => graph.find(&range.file),
            Self::Unknown => None,
        }
    }

    /// Gives the range of the whole call.
    #[must_use]
    pub fn range(&self, graph: &ModuleGraph) -> Option<SourceRange> {
        match self {
            Self::Site { .. } => self
                .call_site(graph)
                .map(|(module, site)| module.range(&site.span)),
            Self::Range(range) => Some((**range).clone()),
            Self::Unknown => None,
        }
    }

    /// Gives the range of an argument, or of the call where that is not known.
    #[must_use]
    pub fn argument(&self, graph: &ModuleGraph, index: usize) -> Option<SourceRange> {
        self.call_site(graph)
            .and_then(|(module, site)| Some(module.range(&site.arguments.get(index)?.span)))
            .or_else(|| self.range(graph))
    }

    /// Gives the range of the value of a property that is written in the call, or of as much
    /// of the path to it as is written there, or of the call.
    #[must_use]
    pub fn property(&self, graph: &ModuleGraph, path: &[&str]) -> Option<SourceRange> {
        let written = |(module, site): (&Module, &CallSite)| {
            (1..=path.len())
                .rev()
                .find_map(|length| site.property(&path[..length]))
                .map(|property| module.range(&property.value))
        };
        self.call_site(graph)
            .and_then(written)
            .or_else(|| self.range(graph))
    }

    /// Gives the range of the name of a property that is written in the call, or of the call.
    #[must_use]
    pub fn property_name(&self, graph: &ModuleGraph, name: &str) -> Option<SourceRange> {
        self.property_key(graph, &[name])
    }

    /// Gives the range of the last name of a path of properties that is written in the call, or
    /// of the call.
    #[must_use]
    pub fn property_key(&self, graph: &ModuleGraph, path: &[&str]) -> Option<SourceRange> {
        self.call_site(graph)
            .and_then(|(module, site)| Some(module.range(&site.property(path)?.key)))
            .or_else(|| self.range(graph))
    }
}
