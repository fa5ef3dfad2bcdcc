//! What many handlers do and read, with one walk over each file.
//!
//! A workflow is one chain of calls, and so is its tree: to find each handler for itself would
//! cost time in proportion to the square of their number.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    path::{Path, PathBuf},
};

use rigkit_engine::definition::{Definition, HandlerRef};

use super::{
    handler::{Function, ParsedFile, is_function, place_of},
    output::Output,
};
use crate::view::ProjectView;

/// Is what the code of a handler shows.
#[derive(Debug, Clone, Default)]
pub(super) struct HandlerFacts {
    /// What it does to the context.
    pub(super) output: Output,
    /// The keys of the context that it reads.
    pub(super) reads: Vec<String>,
}

/// Finds out what each of some handlers does, in their order. Of one whose code is elsewhere
/// nobody can tell.
pub(super) fn facts_of(
    view: &ProjectView,
    definition: &Definition,
    handlers: &[HandlerRef],
) -> Vec<HandlerFacts> {
    let places: Vec<Option<(PathBuf, Range<u32>)>> = handlers
        .iter()
        .map(|handler| place_of(view, definition, *handler))
        .collect();
    let mut wanted: BTreeMap<&Path, Vec<Range<u32>>> = BTreeMap::new();
    for (path, bytes) in places.iter().flatten() {
        wanted.entry(path).or_default().push(bytes.clone());
    }
    let found: BTreeMap<&Path, HashMap<Span, HandlerFacts>> = wanted
        .into_iter()
        .map(|(path, wanted)| (path, in_file(view, definition, path, wanted)))
        .collect();
    let facts = places.iter().map(|place| {
        let (path, bytes) = place.as_ref()?;
        found.get(&**path)?.get(&span(bytes)).cloned()
    });
    facts
        .map(|facts| facts.unwrap_or_else(HandlerFacts::unknown))
        .collect()
}

impl HandlerFacts {
    fn unknown() -> Self {
        Self {
            output: Output::unknown(),
            reads: Vec::new(),
        }
    }

    fn of(function: Function<'_>) -> Self {
        let reads = function.read_keys().into_iter();
        Self {
            output: Output::of(function),
            reads: reads.map(str::to_owned).collect(),
        }
    }
}

/// Is where a function begins and ends, in bytes.
type Span = (usize, usize);

fn span(bytes: &Range<u32>) -> Span {
    (bytes.start as usize, bytes.end as usize)
}

fn in_file(
    view: &ProjectView,
    definition: &Definition,
    path: &Path,
    mut wanted: Vec<Range<u32>>,
) -> HashMap<Span, HandlerFacts> {
    wanted.sort_unstable_by_key(span);
    let mut facts = HashMap::new();
    let Some(file) = ParsedFile::of(view, definition, path) else {
        return facts;
    };
    let tree = &file.tree;
    tree.visit_around(&wanted, |node| {
        let found = (node.start_byte(), node.end_byte());
        if is_function(node) && wanted.binary_search_by_key(&found, span).is_ok() {
            facts.insert(found, HandlerFacts::of(Function { tree, node }));
        }
    });
    facts
}
