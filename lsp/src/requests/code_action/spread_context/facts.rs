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
    handler::{Entering, Function, ParsedFile, is_function, place_of, walk},
    output::Output,
};
use crate::{document::SyntaxNode, view::ProjectView};

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
    let mut wanted: BTreeMap<&Path, Vec<Span>> = BTreeMap::new();
    for (path, bytes) in places.iter().flatten() {
        wanted.entry(path).or_default().push(span(bytes));
    }
    let found: BTreeMap<&Path, HashMap<Span, HandlerFacts>> = wanted
        .into_iter()
        .map(|(path, spans)| (path, in_file(view, definition, path, spans)))
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
    mut wanted: Vec<Span>,
) -> HashMap<Span, HandlerFacts> {
    wanted.sort_unstable();
    let mut facts = HashMap::new();
    let Some(file) = ParsedFile::of(view, definition, path) else {
        return facts;
    };
    walk(file.tree.root(), |node| {
        let span = (node.start_byte(), node.end_byte());
        if is_function(node) && wanted.binary_search(&span).is_ok() {
            let tree = &file.tree;
            facts.insert(span, HandlerFacts::of(Function { tree, node }));
        }
        if holds_any(node, &wanted) {
            Entering::Into
        } else {
            Entering::Past
        }
    });
    facts
}

/// Says whether some place is within a node. They are in order.
fn holds_any(node: SyntaxNode<'_>, wanted: &[Span]) -> bool {
    let next = wanted.partition_point(|(start, _)| *start < node.start_byte());
    let next = wanted.get(next);
    next.is_some_and(|(_, end)| *end <= node.end_byte())
}
