//! Values that refer to each other, and digests of them that do not depend on where they are.
//!
//! Functions capture functions, objects hold each other, and both may form circles. A value's
//! digest covers its own label and the digests of everything it holds. Values in a circle
//! hold each other, so they are told apart by what is around them, up to some distance, and
//! share everything that the circle holds.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::digest::{Digest, PartsHasher, hash_parts};

/// Names a value of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct NodeId(u32);

impl NodeId {
    /// The node that was reserved first.
    pub(super) const FIRST: Self = Self(0);

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Holds values that refer to each other.
#[derive(Debug, Default)]
pub(super) struct ValueGraph {
    nodes: Vec<Node>,
    /// What the values hold, in an order that belongs to each of them.
    edges: Vec<NodeId>,
}

/// The digests of values that refer to each other, and what each of them holds.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct DigestedValues {
    digests: Vec<Digest>,
    edges: Vec<NodeId>,
    /// Where the list of what each value holds is.
    held: Vec<Range<u32>>,
}

impl DigestedValues {
    /// Returns the digest of a value and of all it holds.
    pub(super) fn digest(&self, id: NodeId) -> Digest {
        self.digests[id.index()]
    }

    /// Lists what a value holds.
    pub(super) fn edges(&self, id: NodeId) -> &[NodeId] {
        let Range { start, end } = self.held[id.index()];
        &self.edges[start as usize..end as usize]
    }

    /// Returns how many values there are, if all of them refer to values that exist.
    pub(super) fn checked_len(&self) -> Option<usize> {
        let length = self.digests.len();
        let edges = u32::try_from(self.edges.len()).ok()?;
        let is_whole = self.held.len() == length
            && self.edges.iter().all(|edge| edge.index() < length)
            && self
                .held
                .iter()
                .all(|held| held.start <= held.end && held.end <= edges);
        is_whole.then_some(length)
    }
}

/// Is what a value is by itself, and where the list of those is that it holds.
#[derive(Debug)]
struct Node {
    /// Knows what the value is by itself, and has yet to be told what it holds.
    label: PartsHasher,
    edges: Range<usize>,
}

impl ValueGraph {
    /// Makes a graph with room for so many values.
    pub(super) fn with_capacity(values: usize) -> Self {
        Self {
            nodes: Vec::with_capacity(values),
            edges: Vec::with_capacity(values),
        }
    }

    /// Makes room for a value whose parts are not known yet.
    pub(super) fn reserve(&mut self) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node {
            label: PartsHasher::new("value"),
            edges: 0..0,
        });
        id
    }

    /// Says what a value is by itself, and what it holds.
    pub(super) fn set(&mut self, id: NodeId, label: &[u8], edges: &[NodeId]) {
        let start = self.edges.len();
        self.edges.extend_from_slice(edges);
        let node = &mut self.nodes[id.index()];
        node.label.add(label);
        node.edges = start..self.edges.len();
    }

    /// Computes the digest of every value.
    pub(super) fn digested(self) -> DigestedValues {
        let clamp = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
        DigestedValues {
            digests: self.digests(),
            held: self
                .nodes
                .iter()
                .map(|node| clamp(node.edges.start)..clamp(node.edges.end))
                .collect(),
            edges: self.edges,
        }
    }

    fn edges_of(&self, node: usize) -> &[NodeId] {
        &self.edges[self.nodes[node].edges.clone()]
    }

    fn digests(&self) -> Vec<Digest> {
        let mut digests: Vec<Option<Digest>> = vec![None; self.nodes.len()];
        let found = Search::new(self).run();
        for circle in found.components() {
            match circle {
                [only] if !self.holds_itself(*only) => {
                    digests[*only] = Some(self.digest_of(*only, &digests));
                }
                circle => self.digest_circle(circle, &mut digests),
            }
        }
        digests.into_iter().map(Option::unwrap_or_default).collect()
    }

    fn holds_itself(&self, node: usize) -> bool {
        self.edges_of(node).iter().any(|edge| edge.index() == node)
    }

    fn digest_of(&self, node: usize, digests: &[Option<Digest>]) -> Digest {
        let mut hasher = self.nodes[node].label.clone();
        for edge in self.edges_of(node) {
            let held = digests[edge.index()].unwrap_or_default();
            hasher.add(held.as_bytes());
        }
        hasher.finish()
    }

    /// Tells the values of a circle apart by what is around them.
    fn digest_circle(&self, circle: &[usize], digests: &mut [Option<Digest>]) {
        // Where the circle is left, digests are known; inside, each round looks one step further.
        const MOST_ROUNDS: usize = 16;
        for _ in 0..circle.len().min(MOST_ROUNDS) {
            let round: Vec<Digest> = circle
                .iter()
                .map(|node| self.digest_of(*node, digests))
                .collect();
            for (node, digest) in circle.iter().zip(round) {
                digests[*node] = Some(digest);
            }
        }
        let mut all: Vec<Digest> = circle.iter().filter_map(|node| digests[*node]).collect();
        all.sort_unstable();
        let whole = hash_parts("circle", all.iter().map(|digest| &digest.as_bytes()[..]));
        for node in circle {
            let own = digests[*node].unwrap_or(whole);
            let parts = [&own.as_bytes()[..], whole.as_bytes()];
            digests[*node] = Some(hash_parts("in-circle", parts));
        }
    }
}

/// Groups values that hold each other, each group after all it refers to (Tarjan 1972, with a
/// stack of its own because values may be nested without limit).
struct Search<'g> {
    graph: &'g ValueGraph,
    order: Vec<Option<usize>>,
    lowest: Vec<usize>,
    is_open: Vec<bool>,
    open: Vec<usize>,
    next: usize,
    found: Components,
}

/// Is the groups that were found, one after the other.
#[derive(Default)]
struct Components {
    members: Vec<usize>,
    /// Where each group ends.
    ends: Vec<usize>,
}

impl Components {
    fn components(&self) -> impl Iterator<Item = &[usize]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.members[*start..*end])
    }
}

impl<'g> Search<'g> {
    fn new(graph: &'g ValueGraph) -> Self {
        let size = graph.nodes.len();
        Self {
            graph,
            order: vec![None; size],
            lowest: vec![0; size],
            is_open: vec![false; size],
            open: Vec::new(),
            next: 0,
            found: Components::default(),
        }
    }

    fn run(mut self) -> Components {
        let mut path = Vec::new();
        for root in 0..self.order.len() {
            if self.order[root].is_none() {
                self.visit_from(root, &mut path);
            }
        }
        self.found
    }

    fn visit_from(&mut self, root: usize, path: &mut Vec<(usize, usize)>) {
        path.push((root, 0));
        self.enter(root);
        while let Some((node, edge)) = path.last_mut() {
            let node = *node;
            let Some(target) = self.graph.edges_of(node).get(*edge) else {
                path.pop();
                self.leave(node);
                if let Some((parent, _)) = path.last() {
                    self.lowest[*parent] = self.lowest[*parent].min(self.lowest[node]);
                }
                continue;
            };
            let target = target.index();
            *edge += 1;
            match self.order[target] {
                None => {
                    self.enter(target);
                    path.push((target, 0));
                }
                Some(order) if self.is_open[target] => {
                    self.lowest[node] = self.lowest[node].min(order);
                }
                Some(_) => {}
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.order[node] = Some(self.next);
        self.lowest[node] = self.next;
        self.next += 1;
        self.is_open[node] = true;
        self.open.push(node);
    }

    fn leave(&mut self, node: usize) {
        if self.order[node] != Some(self.lowest[node]) {
            return;
        }
        while let Some(member) = self.open.pop() {
            self.is_open[member] = false;
            self.found.members.push(member);
            if member == node {
                break;
            }
        }
        self.found.ends.push(self.found.members.len());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Builds a graph from labels and edges, in the order that `order` gives.
    fn graph(labels: &[u8], edges: &[Vec<usize>], order: &[usize]) -> Vec<Digest> {
        let mut graph = ValueGraph::default();
        let ids: Vec<NodeId> = order.iter().map(|_| graph.reserve()).collect();
        let place = |node: usize| order.iter().position(|one| *one == node).unwrap_or(0);
        for (position, node) in order.iter().enumerate() {
            let edges: Vec<NodeId> = edges[*node].iter().map(|edge| ids[place(*edge)]).collect();
            graph.set(ids[position], &labels[*node..=*node], &edges);
        }
        let digests = graph.digests();
        (0..order.len()).map(|node| digests[place(node)]).collect()
    }

    fn reaches(edges: &[Vec<usize>], from: usize, to: usize) -> bool {
        let mut seen = vec![false; edges.len()];
        let mut queue = vec![from];
        while let Some(node) = queue.pop() {
            if std::mem::replace(&mut seen[node], true) {
                continue;
            }
            queue.extend(&edges[node]);
        }
        seen[to]
    }

    fn graphs() -> impl Strategy<Value = (Vec<u8>, Vec<Vec<usize>>)> {
        (1_usize..9).prop_flat_map(|size| {
            let edges = prop::collection::vec(0..size, 0..3);
            (
                prop::collection::vec(0_u8..2, size),
                prop::collection::vec(edges, size),
            )
        })
    }

    proptest! {
        #[test]
        fn digests_do_not_depend_on_the_order_of_values((labels, edges) in graphs()) {
            let forwards: Vec<usize> = (0..labels.len()).collect();
            let backwards: Vec<usize> = forwards.iter().rev().copied().collect();
            prop_assert_eq!(graph(&labels, &edges, &forwards), graph(&labels, &edges, &backwards));
        }

        #[test]
        fn a_change_shows_exactly_where_it_can_be_reached(
            (labels, edges) in graphs(),
            changed in any::<prop::sample::Index>(),
        ) {
            let order: Vec<usize> = (0..labels.len()).collect();
            let changed = changed.index(labels.len());
            let before = graph(&labels, &edges, &order);
            let mut labels = labels;
            labels[changed] = 9;
            let after = graph(&labels, &edges, &order);
            for node in order {
                prop_assert_eq!(before[node] != after[node], reaches(&edges, node, changed));
            }
        }
    }
}
