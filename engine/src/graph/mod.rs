//! The graph of a workflow's tasks: as data, and as a picture.

mod model;
mod svg;

pub use model::{Branch, Edge, Graph, GraphsDocument, Tree, edges};
pub use svg::{GraphTooLarge, draw_svg, fill};
