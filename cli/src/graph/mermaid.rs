//! A graph for Mermaid, which Markdown pages show.

use std::fmt::Write as _;

use rigkit_engine::{
    display_text::escape,
    graph::{Graph, fill},
    plan::NodeStatus,
};

const STATUSES: [NodeStatus; 3] = [
    NodeStatus::Cached,
    NodeStatus::Pending,
    NodeStatus::Conditional,
];

/// Writes one flow chart with a part for each workflow.
pub(crate) fn draw(graphs: &[Graph]) -> String {
    let mut text = "flowchart TD\n".to_owned();
    for (number, graph) in graphs.iter().enumerate() {
        part(number, graph, &mut text);
    }
    for status in STATUSES {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "  classDef {} fill:{},color:#000",
            class(status),
            fill(status)
        );
    }
    text
}

fn part(number: usize, graph: &Graph, text: &mut String) {
    let _ = writeln!(text, "  subgraph w{number}[{}]", quoted(&graph.workflow));
    for node in &graph.nodes {
        let class = class(node.status);
        let _ = writeln!(
            text,
            "    n{number}_{}[{}]:::{class}",
            node.index,
            quoted(&node.path)
        );
    }
    for edge in &graph.edges {
        let _ = writeln!(
            text,
            "    n{number}_{} --> n{number}_{}",
            edge.from, edge.to
        );
    }
    text.push_str("  end\n");
}

fn class(status: NodeStatus) -> &'static str {
    match status {
        NodeStatus::Cached => "cached",
        NodeStatus::Pending => "pending",
        NodeStatus::Conditional => "conditional",
    }
}

fn quoted(text: &str) -> String {
    let escaped = escape(text).replace('#', "#35;").replace('"', "#quot;");
    format!("\"{escaped}\"")
}
