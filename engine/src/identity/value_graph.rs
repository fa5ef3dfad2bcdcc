//! Values that refer to each other, and digests of them that do not depend on where they are.
//!
//! Functions capture functions, objects hold each other, and both may form circles. A value's
//! digest covers its own label and the digests of everything it holds. Values in a circle
//! hold each other, so they are told apart by what is around them, up to some distance, and
//! share everything that the circle holds.

use crate::digest::{Digest, hash_parts};

/// Names a value of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(u32);

impl NodeId {
    /// The node that was reserved first.
    pub(super) const FIRST: Self = Self(0);

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Is what a value is by itself, and the values it holds, in an order that belongs to it.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) label: Digest,
    pub(super) edges: Vec<NodeId>,
}

/// Holds values that refer to each other.
#[derive(Debug, Default)]
pub(super) struct ValueGraph {
    nodes: Vec<Node>,
}

impl ValueGraph {
    /// Makes room for a value whose parts are not known yet.
    pub(super) fn reserve(&mut self) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node {
            label: Digest::from([0; Digest::LENGTH]),
            edges: Vec::new(),
        });
        id
    }

    pub(super) fn set(&mut self, id: NodeId, node: Node) {
        self.nodes[id.index()] = node;
    }

    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Computes the digest of every value.
    pub(super) fn digests(&self) -> Vec<Digest> {
        let mut digests = vec![None; self.nodes.len()];
        for component in components(&self.nodes) {
            match component.as_slice() {
                [only]
                    if !self.nodes[*only]
                        .edges
                        .iter()
                        .any(|edge| edge.index() == *only) =>
                {
                    let digest = self.digest_of(*only, |edge| digests[edge]);
                    digests[*only] = Some(digest);
                }
                circle => self.digest_circle(circle, &mut digests),
            }
        }
        let missing = Digest::from([0; Digest::LENGTH]);
        digests
            .into_iter()
            .map(|digest| digest.unwrap_or(missing))
            .collect()
    }

    fn digest_of(&self, node: usize, of_edge: impl Fn(usize) -> Option<Digest>) -> Digest {
        let Node { label, edges } = &self.nodes[node];
        let held: Vec<Digest> = edges
            .iter()
            .map(|edge| of_edge(edge.index()).unwrap_or(*label))
            .collect();
        let parts = std::iter::once(label).chain(&held);
        hash_parts("value", parts.map(|digest| &digest.as_bytes()[..]))
    }

    /// Tells the values of a circle apart by what is around them.
    fn digest_circle(&self, circle: &[usize], digests: &mut [Option<Digest>]) {
        // Where the circle is left, digests are known; inside, each round looks one step further.
        const MOST_ROUNDS: usize = 16;
        for _ in 0..circle.len().min(MOST_ROUNDS) {
            let round: Vec<Digest> = circle
                .iter()
                .map(|node| self.digest_of(*node, |edge| digests[edge]))
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
fn components(nodes: &[Node]) -> Vec<Vec<usize>> {
    let mut search = Search {
        order: vec![None; nodes.len()],
        lowest: vec![0; nodes.len()],
        is_open: vec![false; nodes.len()],
        open: Vec::new(),
        next: 0,
        found: Vec::new(),
    };
    for root in 0..nodes.len() {
        if search.order[root].is_none() {
            search.visit_from(root, nodes);
        }
    }
    search.found
}

struct Search {
    order: Vec<Option<usize>>,
    lowest: Vec<usize>,
    is_open: Vec<bool>,
    open: Vec<usize>,
    next: usize,
    found: Vec<Vec<usize>>,
}

impl Search {
    fn visit_from(&mut self, root: usize, nodes: &[Node]) {
        let mut path = vec![(root, 0)];
        self.enter(root);
        while let Some((node, edge)) = path.last_mut() {
            let node = *node;
            let Some(target) = nodes[node].edges.get(*edge).map(|edge| edge.index()) else {
                path.pop();
                self.leave(node);
                if let Some((parent, _)) = path.last() {
                    self.lowest[*parent] = self.lowest[*parent].min(self.lowest[node]);
                }
                continue;
            };
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
        let mut component = Vec::new();
        while let Some(member) = self.open.pop() {
            self.is_open[member] = false;
            component.push(member);
            if member == node {
                break;
            }
        }
        self.found.push(component);
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
            graph.set(
                ids[position],
                Node {
                    label: hash_parts("label", [&labels[*node..=*node]]),
                    edges: edges[*node].iter().map(|edge| ids[place(*edge)]).collect(),
                },
            );
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
