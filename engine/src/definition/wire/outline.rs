//! The tree of a workflow as a list, so that nobody has to go down a tree of any depth.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    definition::{Outline, TaskIndex},
    modules::ModuleGraph,
    wire::{Malformed, WirePlace, checked_index},
};

/// A tree whose nodes stand in the order of a walk, each before its children.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireOutline(Vec<WireNode>);

#[derive(Debug, Serialize, Deserialize)]
struct WireNode {
    /// The name of the branch that the node is, where it is one.
    branch: Option<Arc<str>>,
    kind: WireNodeKind,
}

#[derive(Debug, Serialize, Deserialize)]
enum WireNodeKind {
    Task(usize),
    Sequence {
        name: Arc<str>,
        place: WirePlace,
        children: usize,
    },
    Parallel {
        place: WirePlace,
        branches: usize,
    },
}

/// The deepest tree that is accepted; a definition has no deeper one.
const MAX_DEPTH: usize = 512;

impl WireOutline {
    pub(super) fn of(outline: &Outline, graph: &ModuleGraph) -> Self {
        let mut nodes = Vec::new();
        write(outline, None, graph, &mut nodes);
        Self(nodes)
    }

    pub(super) fn decode(self, graph: &ModuleGraph, tasks: usize) -> Result<Outline, Malformed> {
        let mut reader = Reader {
            nodes: self.0.into_iter(),
            graph,
            tasks,
        };
        let (_, outline) = reader.node(0)?;
        match reader.nodes.next() {
            None => Ok(outline),
            Some(_) => Err(Malformed("parent of a node")),
        }
    }
}

fn write(
    outline: &Outline,
    branch: Option<Arc<str>>,
    graph: &ModuleGraph,
    nodes: &mut Vec<WireNode>,
) {
    let kind = match outline {
        Outline::Task(index) => WireNodeKind::Task(index.0),
        Outline::Sequence {
            name,
            place,
            children,
        } => WireNodeKind::Sequence {
            name: Arc::clone(name),
            place: WirePlace::of(place, graph),
            children: children.len(),
        },
        Outline::Parallel { place, branches } => WireNodeKind::Parallel {
            place: WirePlace::of(place, graph),
            branches: branches.len(),
        },
    };
    nodes.push(WireNode { branch, kind });
    match outline {
        Outline::Task(_) => {}
        Outline::Sequence { children, .. } => {
            for child in children {
                write(child, None, graph, nodes);
            }
        }
        Outline::Parallel { branches, .. } => {
            for (name, child) in branches {
                write(child, Some(Arc::clone(name)), graph, nodes);
            }
        }
    }
}

struct Reader<'a> {
    nodes: std::vec::IntoIter<WireNode>,
    graph: &'a ModuleGraph,
    tasks: usize,
}

impl Reader<'_> {
    fn node(&mut self, depth: usize) -> Result<(Option<Arc<str>>, Outline), Malformed> {
        checked_index(depth, MAX_DEPTH, "depth of a node")?;
        let node = self.nodes.next().ok_or(Malformed("node"))?;
        let outline = match node.kind {
            WireNodeKind::Task(index) => {
                Outline::Task(TaskIndex(checked_index(index, self.tasks, "task")?))
            }
            WireNodeKind::Sequence {
                name,
                place,
                children,
            } => Outline::Sequence {
                name,
                place: place.decode(self.graph)?,
                children: self.children(children, depth, |_, child| Ok(child))?,
            },
            WireNodeKind::Parallel { place, branches } => Outline::Parallel {
                place: place.decode(self.graph)?,
                branches: self.children(branches, depth, |branch, child| {
                    Ok((branch.ok_or(Malformed("branch"))?, child))
                })?,
            },
        };
        Ok((node.branch, outline))
    }

    fn children<T>(
        &mut self,
        count: usize,
        depth: usize,
        made: impl Fn(Option<Arc<str>>, Outline) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        checked_index(count, self.nodes.len() + 1, "child")?;
        (0..count)
            .map(|_| {
                let (branch, child) = self.node(depth + 1)?;
                made(branch, child)
            })
            .collect()
    }
}
