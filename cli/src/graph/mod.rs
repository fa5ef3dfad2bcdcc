//! The graph of a workflow's tasks, and ways to draw it.

pub(crate) mod dot;
pub(crate) mod mermaid;
pub(crate) mod tree;

use clap::ValueEnum;

/// Says how a graph is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// A tree for the terminal
    Tree,
    /// Graphviz
    Dot,
    /// Mermaid
    Mermaid,
    /// A picture
    Svg,
    /// Data
    Json,
}

#[cfg(test)]
mod tests;
