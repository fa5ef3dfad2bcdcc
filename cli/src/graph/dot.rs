//! A graph for Graphviz.

use std::fmt::Write as _;

use rigkit_engine::{
    display_text::escape,
    graph::{Graph, fill},
};

/// Writes one directed graph with a cluster for each workflow.
pub(crate) fn draw(graphs: &[Graph]) -> String {
    let mut text = "digraph rig {\n  rankdir=TB;\n  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n".to_owned();
    for (number, graph) in graphs.iter().enumerate() {
        cluster(number, graph, &mut text);
    }
    text.push_str("}\n");
    text
}

fn cluster(number: usize, graph: &Graph, text: &mut String) {
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "  subgraph cluster_{number} {{\n    label={};",
        quoted(&graph.workflow)
    );
    for node in &graph.nodes {
        let fill = fill(node.status);
        let _ = writeln!(
            text,
            "    n{number}_{} [label={}, fillcolor=\"{fill}\"];",
            node.index,
            quoted(&node.path)
        );
    }
    for edge in &graph.edges {
        let _ = writeln!(
            text,
            "    n{number}_{} -> n{number}_{};",
            edge.from, edge.to
        );
    }
    text.push_str("  }\n");
}

fn quoted(text: &str) -> String {
    let escaped = escape(text).replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}
