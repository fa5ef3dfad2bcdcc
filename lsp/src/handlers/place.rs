//! A place in an open document, and the handlers it may be in.

use std::cell::OnceCell;

use super::{
    HandlerKind, Reader, Sight, Version,
    calls::{Call, calls_in},
    functions::{builder_call_around, callees_before, given_to_call, is_function, kind_taken_by},
    open_calls::open_calls,
    owners::declared_around,
};
use crate::{
    document::{Document, SyntaxNode, SyntaxTree},
    view::ProjectView,
};

/// Is a place with the handlers it may be in.
pub(crate) struct HandlerPlace<'view, 'doc> {
    view: &'view ProjectView,
    document: &'doc Document,
    tree: &'doc SyntaxTree,
    offset: u32,
    /// The nodes around the place, outermost first.
    nodes: Vec<SyntaxNode<'doc>>,
    /// Which of the nodes is the function of the handlers, and what kind these are.
    function: Option<(usize, HandlerKind)>,
    /// What the handlers see whose code is declared in one place and named in another.
    declared: Vec<Sight<'view>>,
    sights: OnceCell<Vec<Sight<'view>>>,
}

impl<'view, 'doc> HandlerPlace<'view, 'doc> {
    /// Finds the function of the handlers around a place.
    pub(crate) fn at(
        view: &'view ProjectView,
        document: &'doc Document,
        tree: &'doc SyntaxTree,
        offset: u32,
    ) -> Self {
        let mut place = Self {
            view,
            document,
            tree,
            offset,
            nodes: tree.nodes_at(offset),
            function: None,
            declared: Vec::new(),
            sights: OnceCell::new(),
        };
        place.function = place.written().or_else(|| place.find_declared());
        place
    }

    /// Gives what the handlers see: several where a loop, a factory or a shared part makes several
    /// handlers of one piece of code.
    pub(crate) fn sights(&self) -> &[Sight<'view>] {
        self.sights.get_or_init(|| {
            let calls = calls_in(self.view, &self.document.path);
            let holding = calls.iter();
            let holding = holding.filter(|call| call.bytes.contains(&self.offset));
            let innermost = holding
                .filter(|call| call.made.has_handler())
                .min_by_key(|call| call.bytes.len());
            match innermost {
                Some(call) => call.made.sights(),
                None if !self.declared.is_empty() => self.declared.clone(),
                None => not_evaluated(&calls, self.tree, &self.nodes, self.offset)
                    .unwrap_or_else(|| anywhere(self.view)),
            }
        })
    }

    /// Prepares to read what names stand for in the handlers.
    pub(crate) fn reader(&self) -> Option<Reader<'_, 'doc>> {
        let nodes = match self.nodes.split_last() {
            Some((leaf, around)) if leaf.kind() == "string_fragment" => around,
            _ => &self.nodes,
        };
        let (function, kind) = self.function?;
        Some(Reader::new(self.tree, nodes, function, kind))
    }

    /// Says whether the syntax does not tell for sure what names stand for.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.function.is_none() || self.nodes.first().is_some_and(SyntaxNode::has_error)
    }

    /// Says whether it is among the parameters of the handlers, and in no function inside of them.
    pub(crate) fn is_in_parameters(&self) -> bool {
        let innermost = self.nodes.iter().rposition(|node| is_function(*node));
        let function = self.function.map(|(function, _)| function);
        let Some(function) = function.filter(|function| Some(*function) == innermost) else {
            return false;
        };
        let parameters = self.nodes[function].child_by_field_name("parameters");
        parameters.is_some() && self.nodes.get(function + 1).copied() == parameters
    }

    fn written(&self) -> Option<(usize, HandlerKind)> {
        let kind = |call: SyntaxNode<'_>| kind_taken_by(self.tree, call);
        let is_builder = |call: SyntaxNode<'_>| kind(call).is_some();
        let (call, function) = given_to_call(self.tree, &self.nodes, is_builder)?;
        Some((function, kind(self.nodes[call])?))
    }

    fn find_declared(&mut self) -> Option<(usize, HandlerKind)> {
        let definition = self.view.snapshot.definition.as_ref()?;
        let id = definition.graph.find(&self.document.path)?;
        let code = (id, Version::Current);
        let (function, handlers) = declared_around(self.view, definition, code, &self.nodes)?;
        self.declared = handlers.iter().map(|owned| owned.sight).collect();
        Some((function, handlers.first()?.sight.kind))
    }
}

/// Finds what a handler would see whose call was not evaluated yet.
fn not_evaluated<'a>(
    calls: &[Call<'a>],
    tree: &SyntaxTree,
    nodes: &[SyntaxNode<'_>],
    offset: u32,
) -> Option<Vec<Sight<'a>>> {
    let find = |start: &u32| calls.iter().find(|call| call.bytes.start == *start);
    let written = builder_call_around(tree, nodes);
    if let Some((kind, owner)) = written
        && let Some(call) = callees_before(owner).iter().find_map(find)
    {
        return Some(call.made.next_sights(kind));
    }
    let open = open_calls(tree, offset);
    let kind = written.map(|(kind, _)| kind);
    let kind = kind.or_else(|| open.iter().find_map(|call| call.kind));
    // Where nothing was evaluated of the innermost chain, it begins where the one around it is.
    let mut before = open.iter().flat_map(|call| &call.before);
    match (before.find_map(find), kind) {
        (Some(nearest), kind) => Some(
            nearest
                .made
                .next_sights(kind.unwrap_or(HandlerKind::Helper)),
        ),
        // Nobody knows what comes before it, if anything does.
        (None, Some(_)) => Some(Vec::new()),
        (None, None) => None,
    }
}

/// A helper may be called from any handler.
fn anywhere(view: &ProjectView) -> Vec<Sight<'_>> {
    let workflows = view.snapshot.workflows();
    workflows
        .map(|(workflow, _)| Sight::at_end(workflow, None, HandlerKind::Helper))
        .collect()
}
