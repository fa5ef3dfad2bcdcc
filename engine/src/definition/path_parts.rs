//! What the paths of tasks are made of, and what they would be if something had another name.

use std::sync::Arc;

use super::{
    model::{Outline, Workflow},
    place::Place,
};

/// Is one name in the path of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPart {
    /// The name.
    pub name: Arc<str>,
    /// What has the name.
    pub kind: PathPartKind,
    /// The call that gives the name.
    pub place: Place,
}

/// Says what a name in a path is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathPartKind {
    /// A sequence.
    Sequence,
    /// A branch of a `parallel`.
    Branch,
    /// The task itself.
    Task,
}

/// Says which parts of paths are to have another name.
#[derive(Debug, Clone, Copy)]
pub struct Renaming<'a> {
    /// The parts as they are.
    pub parts: &'a [PathPart],
    /// The name they are to have.
    pub name: &'a Arc<str>,
}

impl Workflow {
    /// Gives for each task, in walk order, the names its path is made of: as they are, or as they
    /// would be after a renaming.
    #[must_use]
    pub fn path_parts(&self, renaming: Option<Renaming<'_>>) -> Vec<Vec<PathPart>> {
        let mut paths = Paths {
            renaming,
            found: vec![Vec::new(); self.tasks.len()],
            workflow: self,
        };
        paths.node(&self.outline, &Prefix::Root);
        paths.found
    }
}

/// Is what stands before a node's own name.
enum Prefix<'a> {
    /// Nothing, and the node leaves its name out.
    Root,
    /// These, of which the last is the branch that the node is.
    Branch(&'a [PathPart]),
    /// These.
    Nested(&'a [PathPart]),
}

impl Prefix<'_> {
    fn parts(&self) -> &[PathPart] {
        match self {
            Self::Root => &[],
            Self::Branch(parts) | Self::Nested(parts) => parts,
        }
    }

    /// The root's own name is left out, and a branch does not repeat its sequence's name.
    fn leaves_out(&self, name: &str) -> bool {
        match self {
            Self::Root => true,
            Self::Branch(parts) => parts.last().is_some_and(|branch| *branch.name == *name),
            Self::Nested(_) => false,
        }
    }
}

struct Paths<'a> {
    renaming: Option<Renaming<'a>>,
    found: Vec<Vec<PathPart>>,
    workflow: &'a Workflow,
}

impl Paths<'_> {
    fn node(&mut self, node: &Outline, prefix: &Prefix<'_>) {
        match node {
            Outline::Task(index) => {
                let task = self.workflow.task(*index);
                let part = self.part(&task.name, PathPartKind::Task, &task.place);
                self.found[index.0] = with(prefix.parts(), part);
            }
            Outline::Sequence {
                name,
                place,
                children,
            } => {
                let part = self.part(name, PathPartKind::Sequence, place);
                let parts = if prefix.leaves_out(&part.name) {
                    prefix.parts().to_vec()
                } else {
                    with(prefix.parts(), part)
                };
                for child in children {
                    self.node(child, &Prefix::Nested(&parts));
                }
            }
            Outline::Parallel { place, branches } => {
                for (name, branch) in branches {
                    let part = self.part(name, PathPartKind::Branch, place);
                    let parts = with(prefix.parts(), part);
                    self.node(branch, &Prefix::Branch(&parts));
                }
            }
        }
    }

    fn part(&self, name: &Arc<str>, kind: PathPartKind, place: &Place) -> PathPart {
        let mut part = PathPart {
            name: Arc::clone(name),
            kind,
            place: place.clone(),
        };
        if let Some(renaming) = self.renaming
            && renaming.parts.contains(&part)
        {
            part.name = Arc::clone(renaming.name);
        }
        part
    }
}

fn with(parts: &[PathPart], part: PathPart) -> Vec<PathPart> {
    let mut parts = parts.to_vec();
    parts.push(part);
    parts
}
