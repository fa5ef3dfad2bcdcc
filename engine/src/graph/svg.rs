//! A graph as a picture.

use layout::{
    backends::svg::SVGWriter,
    core::{base::Orientation, color::Color, geometry::Point, style::StyleAttr},
    std_shapes::shapes::{Arrow, Element, ShapeKind},
    topo::layout::VisualGraph,
};
use thiserror::Error;

use super::model::Graph;
use crate::{
    display_text::{cut, escape},
    plan::NodeStatus,
};

/// How many tasks can be laid out in a time that a person waits.
const MOST_TASKS: usize = 1_000;
/// The most characters of a task's path that are drawn.
const MOST_OF_A_LABEL: usize = 200;
const FONT_SIZE: usize = 15;
/// Gray, so that a picture can be seen on a light and on a dark page.
const LINE_COLOR: u32 = 0x8080_80ff;

/// Says that a graph cannot be laid out in a time that a person waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "the graph is too large for svg: it has {tasks} tasks, and at most {limit} can be laid out"
)]
pub struct GraphTooLarge {
    /// How many tasks it has.
    pub tasks: usize,
    /// How many it may have.
    pub limit: usize,
}

/// Gives the color of a task's status, as web pages write it.
#[must_use]
pub fn fill(status: NodeStatus) -> &'static str {
    match status {
        NodeStatus::Cached => "#b7e4c7",
        NodeStatus::Pending => "#ffe08a",
        NodeStatus::Conditional => "#a8dadc",
    }
}

/// Lays the graphs out side by side.
///
/// # Errors
/// Where there are too many tasks to lay out.
pub fn draw_svg(graphs: &[Graph]) -> Result<String, GraphTooLarge> {
    let tasks = graphs.iter().map(|graph| graph.nodes.len()).sum();
    if tasks > MOST_TASKS {
        return Err(GraphTooLarge {
            tasks,
            limit: MOST_TASKS,
        });
    }
    if tasks == 0 {
        return Ok(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"0\" height=\"0\"/>\n".to_owned(),
        );
    }
    let mut picture = VisualGraph::new(Orientation::TopToBottom);
    for graph in graphs {
        add(graph, &mut picture);
    }
    let mut svg = SVGWriter::new();
    picture.do_it(false, false, false, &mut svg);
    Ok(svg.finalize())
}

fn add(graph: &Graph, picture: &mut VisualGraph) {
    let handles: Vec<_> = graph
        .nodes
        .iter()
        .map(|node| {
            let label = cut(&node.path, MOST_OF_A_LABEL);
            let label = escape(&label);
            let shape = ShapeKind::new_box(&label);
            let look = StyleAttr::new(
                Color::new(LINE_COLOR),
                1,
                Some(color(node.status)),
                6,
                FONT_SIZE,
            );
            let size = Point::new(width(&label), 36.0);
            picture.add_node(Element::create(shape, look, Orientation::TopToBottom, size))
        })
        .collect();
    for edge in &graph.edges {
        if let (Some(from), Some(to)) = (handles.get(edge.from), handles.get(edge.to)) {
            picture.add_edge(Arrow::simple(""), *from, *to);
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "no name is that long")]
fn width(text: &str) -> f64 {
    text.chars().count() as f64 * 9.0 + 24.0
}

fn color(status: NodeStatus) -> Color {
    let hex = fill(status).trim_start_matches('#');
    let rgb = u32::from_str_radix(hex, 16).unwrap_or(0x00ff_ffff);
    Color::new((rgb << 8) | 0xff)
}
