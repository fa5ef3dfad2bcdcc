//! A graph as a tree in the terminal.

use rigkit_engine::{
    graph::{Graph, Tree},
    plan::{NodeStatus, PlanNode},
};
use termtree::Tree as Drawing;

use crate::{
    progress::standing,
    style::{FAINT, of_status, paint},
};

/// Draws trees; ends with a newline.
pub(crate) fn draw(graphs: &[Graph]) -> String {
    graphs
        .iter()
        .map(|graph| drawing(graph).to_string())
        .collect()
}

fn drawing(graph: &Graph) -> Drawing<String> {
    let root = standing(&graph.workflow, graph.cached_node_count, graph.nodes.len());
    Drawing::new(root).with_leaves(leaves(graph, &graph.tree))
}

/// A root sequence has the name of the workflow, so only what it holds is drawn.
fn leaves(graph: &Graph, tree: &Tree) -> Vec<Drawing<String>> {
    match tree {
        Tree::Sequence { children, .. } => {
            children.iter().map(|child| subtree(graph, child)).collect()
        }
        other => vec![subtree(graph, other)],
    }
}

fn subtree(graph: &Graph, tree: &Tree) -> Drawing<String> {
    match tree {
        Tree::Task { index } => Drawing::new(graph.nodes.get(*index).map(task).unwrap_or_default()),
        Tree::Sequence { name, children } => Drawing::new(name.clone())
            .with_leaves(children.iter().map(|child| subtree(graph, child))),
        Tree::Parallel { branches } => {
            let branches = branches.iter().map(|branch| {
                Drawing::new(branch.name.clone()).with_leaves(leaves(graph, &branch.node))
            });
            Drawing::new(paint(FAINT, "parallel")).with_leaves(branches)
        }
    }
}

fn task(node: &PlanNode) -> String {
    let mark = match node.status {
        NodeStatus::Cached => "✓",
        NodeStatus::Pending => "○",
        NodeStatus::Conditional => "◌",
    };
    paint(of_status(node.status), format_args!("{mark} {}", node.name))
}
