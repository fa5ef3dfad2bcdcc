//! A place in an open document, and the handlers it may be in.

use super::{
    HandlerKind, HandlersByCode, Reader, Sight, Version,
    calls::{Call, calls_in},
    functions::{builder_call_around, callees_before, given_to_call, is_function, kind_taken_by},
};
use crate::{
    document::{Document, SyntaxNode, SyntaxTree},
    view::ProjectView,
};

/// Is a place with the handlers it may be in.
pub(crate) struct HandlerPlace<'view, 'tree> {
    /// What the handlers see: several where a loop, a factory or a shared part makes several
    /// handlers of one piece of code.
    pub(crate) sights: Vec<Sight<'view>>,
    tree: &'tree SyntaxTree,
    /// The nodes around the place, outermost first.
    nodes: Vec<SyntaxNode<'tree>>,
    /// Which of the nodes is the function of the handlers.
    function: Option<usize>,
}

impl<'view, 'tree> HandlerPlace<'view, 'tree> {
    /// Finds the handlers around a place.
    pub(crate) fn at(
        view: &'view ProjectView,
        document: &Document,
        tree: &'tree SyntaxTree,
        offset: u32,
    ) -> Self {
        let nodes = tree.nodes_at(offset);
        let is_builder = |call: SyntaxNode<'_>| kind_taken_by(tree, call).is_some();
        let written = given_to_call(tree, &nodes, is_builder);
        let (function, sights) = found(view, document, tree, offset, &nodes);
        Self {
            function: written.map(|(_, function)| function).or(function),
            sights,
            tree,
            nodes,
        }
    }

    /// Prepares to read what names stand for in the handlers.
    pub(crate) fn reader(&self) -> Option<Reader<'_, 'tree>> {
        let nodes = match self.nodes.split_last() {
            Some((leaf, around)) if leaf.kind() == "string_fragment" => around,
            _ => &self.nodes,
        };
        let kind = self.sights.first()?.kind;
        let function = self.function.filter(|_| kind != HandlerKind::Helper)?;
        Some(Reader::new(self.tree, nodes, function, kind))
    }

    /// Says whether the syntax does not tell for sure what names stand for.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.reader().is_none() || self.nodes.first().is_some_and(SyntaxNode::has_error)
    }

    /// Says whether it is among the parameters of the handlers, and in no function inside of them.
    pub(crate) fn is_in_parameters(&self) -> bool {
        let innermost = self.nodes.iter().rposition(|node| is_function(*node));
        let Some(function) = self
            .function
            .filter(|function| Some(*function) == innermost)
        else {
            return false;
        };
        let parameters = self.nodes[function].child_by_field_name("parameters");
        parameters.is_some() && self.nodes.get(function + 1).copied() == parameters
    }
}

fn found<'view>(
    view: &'view ProjectView,
    document: &Document,
    tree: &SyntaxTree,
    offset: u32,
    nodes: &[SyntaxNode<'_>],
) -> (Option<usize>, Vec<Sight<'view>>) {
    let calls = calls_in(view, &document.path);
    let holding = calls.iter().filter(|call| call.bytes.contains(&offset));
    let innermost = holding
        .filter(|call| call.made.has_handler())
        .min_by_key(|call| call.bytes.len());
    if let Some(call) = innermost {
        return (None, call.made.sights());
    }
    if let Some((function, sights)) = declared(view, document, nodes) {
        return (Some(function), sights);
    }
    let sights = not_evaluated(&calls, tree, nodes, offset);
    (None, sights.unwrap_or_else(|| anywhere(view)))
}

/// Finds the handlers whose code is declared in one place and named in another.
fn declared<'view>(
    view: &'view ProjectView,
    document: &Document,
    nodes: &[SyntaxNode<'_>],
) -> Option<(usize, Vec<Sight<'view>>)> {
    let definition = view.snapshot.definition.as_ref()?;
    let id = definition.graph.find(&document.path)?;
    if !nodes.iter().any(|node| is_function(*node)) {
        return None;
    }
    let by_code = HandlersByCode::new(view, definition);
    let (function, handlers) = by_code.around((id, Version::Current), nodes)?;
    let sights = handlers.iter().map(|owned| owned.sight);
    Some((function, sights.collect()))
}

/// Finds what a handler would see whose call was not evaluated yet.
fn not_evaluated<'a>(
    calls: &[Call<'a>],
    tree: &SyntaxTree,
    nodes: &[SyntaxNode<'_>],
    offset: u32,
) -> Option<Vec<Sight<'a>>> {
    if let Some((kind, owner)) = builder_call_around(tree, nodes) {
        let call = callees_before(owner)
            .into_iter()
            .find_map(|start| calls.iter().find(|call| call.bytes.start == start))?;
        return Some(call.made.next_sights(kind));
    }
    // What does not parse mostly belongs to what is written before it.
    let before = calls.iter().filter(|call| call.bytes.end <= offset);
    let nearest = before.max_by_key(|call| call.bytes.end)?;
    tree.root()
        .has_error()
        .then(|| nearest.made.next_sights(HandlerKind::Helper))
}

/// A helper may be called from any handler.
fn anywhere(view: &ProjectView) -> Vec<Sight<'_>> {
    let workflows = view.snapshot.workflows();
    workflows
        .map(|(workflow, _)| Sight::at_end(workflow, None, HandlerKind::Helper))
        .collect()
}
