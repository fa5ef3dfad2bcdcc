//! A graph as a tree in the terminal.

use rigkit_engine::{
    graph::{Graph, Tree},
    plan::{NodeStatus, PlanNode},
};

use crate::{
    progress::{Standing, standing},
    style::{FAINT, of_status, paint},
    styled_text::{Line, styled},
};

/// A line of a tree, and the lines below it.
struct Branch {
    line: Line,
    leaves: Vec<Branch>,
}

/// Returns the lines of the trees.
pub(crate) fn draw(graphs: &[Graph]) -> Vec<Line> {
    let mut lines = Vec::new();
    for graph in graphs {
        let counts = Standing {
            all: graph.nodes.len(),
            pending: graph.pending_node_count,
            conditional: graph.conditional_node_count,
            is_up_to_date: graph.up_to_date,
        };
        lines.push(standing(&graph.workflow, counts));
        // A root sequence has the name of the workflow, so only what it holds is drawn.
        add_lines(&leaves(graph, &graph.tree), "", &mut lines);
    }
    lines
}

fn add_lines(branches: &[Branch], indent: &str, lines: &mut Vec<Line>) {
    for (index, branch) in branches.iter().enumerate() {
        let is_last = index + 1 == branches.len();
        let (corner, bar) = if is_last {
            ("└── ", "    ")
        } else {
            ("├── ", "│   ")
        };
        lines.push(styled![indent, corner, branch.line.clone()]);
        add_lines(&branch.leaves, &format!("{indent}{bar}"), lines);
    }
}

fn leaves(graph: &Graph, tree: &Tree) -> Vec<Branch> {
    match tree {
        Tree::Sequence { children, .. } => {
            children.iter().map(|child| subtree(graph, child)).collect()
        }
        other => vec![subtree(graph, other)],
    }
}

fn subtree(graph: &Graph, tree: &Tree) -> Branch {
    match tree {
        Tree::Task { index } => Branch {
            line: graph.nodes.get(*index).map(task).unwrap_or_default(),
            leaves: Vec::new(),
        },
        Tree::Sequence { name, children } => Branch {
            line: Line::from(name).into_column(),
            leaves: children.iter().map(|child| subtree(graph, child)).collect(),
        },
        Tree::Parallel { branches } => Branch {
            line: paint(FAINT, "parallel").into(),
            leaves: branches
                .iter()
                .map(|branch| Branch {
                    line: Line::from(&branch.name).into_column(),
                    leaves: leaves(graph, &branch.node),
                })
                .collect(),
        },
    }
}

fn task(node: &PlanNode) -> Line {
    let mark = match node.status {
        NodeStatus::Cached => "✓",
        NodeStatus::Pending => "○",
        NodeStatus::Conditional => "◌",
    };
    Line::from(paint(
        of_status(node.status),
        format_args!("{mark} {}", node.name),
    ))
    .into_column()
}
