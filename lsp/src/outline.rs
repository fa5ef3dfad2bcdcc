//! The tree of workflows, sequences, branches and tasks, as far as it is written in one file.

use std::{ops::Range, sync::Arc};

use jiff::Timestamp;
use rigkit_engine::{
    definition::{Operation, Outline, Place, TaskIndex, Workflow},
    plan::WorkflowPlan,
};
use tower_lsp::ls_types::SymbolKind;

use crate::{
    document::{Document, size},
    sites::{PlannedTask, Site, site},
    task_state::{pending, progress_of, task_state},
    view::ProjectView,
    written_outline::tree_of,
};

/// Is a node of the tree.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// What it is.
    pub(crate) kind: EntryKind,
    /// What it is called.
    pub(crate) name: String,
    /// How it stands, in a few words.
    pub(crate) detail: Option<String>,
    /// All of it, with what is written after it and belongs to it, in bytes as they are now.
    pub(crate) bytes: Range<u32>,
    /// What a person points at, inside of all of it.
    pub(crate) selection: Range<u32>,
    /// What belongs to it.
    pub(crate) children: Vec<Entry>,
}

/// Says what a node of the tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    /// A workflow.
    Workflow,
    /// A sequence.
    Sequence,
    /// Branches.
    Parallel,
    /// One of several branches.
    Branch,
    /// A task.
    Task,
    /// How workspaces come and go.
    Workspace,
    /// An operation.
    Operation,
}

impl EntryKind {
    /// Gives the symbol that clients show for it.
    pub(crate) fn symbol(self) -> SymbolKind {
        match self {
            Self::Workflow => SymbolKind::MODULE,
            Self::Sequence => SymbolKind::NAMESPACE,
            Self::Parallel => SymbolKind::ARRAY,
            Self::Branch => SymbolKind::FIELD,
            Self::Task => SymbolKind::FUNCTION,
            Self::Workspace => SymbolKind::CLASS,
            Self::Operation => SymbolKind::METHOD,
        }
    }
}

/// Makes the tree of a document: what is written elsewhere is left out, and what belongs to that
/// takes its place. One that never evaluated has what its syntax shows.
pub(crate) fn of_document(view: &ProjectView, document: &Arc<Document>) -> Vec<Entry> {
    if view.snapshot.definition.is_none() {
        return tree_of(document);
    }
    let trees = view.snapshot.workflows().flat_map(|(workflow, plan)| {
        let outliner = Outliner {
            view,
            document,
            workflow,
            plan,
            now: Timestamp::now(),
        };
        outliner.of_workflow()
    });
    let mut entries: Vec<Entry> = Vec::new();
    // A part that several workflows share is written once.
    for entry in trees {
        if !entries.iter().any(|known| known.is_the_same_as(&entry)) {
            entries.push(entry);
        }
    }
    entries.sort_by_key(|entry| entry.bytes.start);
    entries
}

impl Entry {
    /// Says whether another one is the same part of the text under the same name.
    fn is_the_same_as(&self, other: &Self) -> bool {
        self.kind == other.kind && self.name == other.name && self.bytes == other.bytes
    }

    /// Makes it reach as far as what belongs to it, up to the end of the statement it is in.
    fn around(mut self, children: Vec<Self>, statement: &Range<u32>) -> Self {
        let later = children.iter().filter(|child| {
            self.bytes.start <= child.bytes.start && child.bytes.end <= statement.end
        });
        let end = later.map(|child| child.bytes.end).max();
        self.bytes.end = self.bytes.end.max(end.unwrap_or_default());
        self.children = children;
        self
    }
}

struct Outliner<'a> {
    view: &'a ProjectView,
    document: &'a Document,
    workflow: &'a Workflow,
    plan: Option<&'a WorkflowPlan>,
    now: Timestamp,
}

impl Outliner<'_> {
    fn of_workflow(&self) -> Vec<Entry> {
        let mut children = self.of_node(&self.workflow.outline);
        children.extend(self.of_workspace());
        let of_project = self.workflow.operations.iter();
        let operations = of_project.chain(&self.workflow.workspace_operations);
        children.extend(operations.filter_map(|operation| self.of_operation(operation)));
        let detail = self.plan.map(|plan| self.workflow_state(plan));
        let name = &self.workflow.name;
        let entry = self.entry(EntryKind::Workflow, name, detail, &self.workflow.place);
        self.with_children(entry, children)
    }

    fn workflow_state(&self, plan: &WorkflowPlan) -> String {
        if let Some(progress) = progress_of(self.view, self.workflow) {
            return progress;
        }
        match pending(self.view, self.workflow, plan) {
            0 => "✓ up to date".to_owned(),
            pending => format!("● {pending} of {} pending", plan.nodes.len()),
        }
    }

    fn of_node(&self, node: &Outline) -> Vec<Entry> {
        match node {
            Outline::Task(index) => self.of_task(*index).into_iter().collect(),
            Outline::Sequence {
                name,
                place,
                children,
            } => {
                let entry = self.entry(EntryKind::Sequence, name, None, place);
                let children = children.iter().flat_map(|child| self.of_node(child));
                self.with_children(entry, children.collect())
            }
            Outline::Parallel { place, branches } => {
                let entry = self.entry(EntryKind::Parallel, "parallel", None, place);
                let branches = branches.iter();
                let children = branches.flat_map(|(name, node)| self.of_branch(place, name, node));
                self.with_children(entry, children.collect())
            }
        }
    }

    fn of_branch(&self, place: &Place, name: &str, node: &Outline) -> Vec<Entry> {
        let entry = self.branch_entry(place, name);
        // A sequence of the same name says nothing more.
        let children = match node {
            Outline::Sequence {
                name: inner,
                children,
                ..
            } if **inner == *name && entry.is_some() => children
                .iter()
                .flat_map(|child| self.of_node(child))
                .collect(),
            _ => self.of_node(node),
        };
        self.with_children(entry, children)
    }

    fn branch_entry(&self, place: &Place, name: &str) -> Option<Entry> {
        let mut entry = self.entry(EntryKind::Branch, name, None, place)?;
        let definition = self.view.snapshot.definition.as_ref()?;
        let (_, call) = place.call_site(&definition.graph)?;
        if let Some(property) = call.property(&[name]) {
            let key = self.current(&property.key);
            entry.bytes = key.start..self.current(&property.value).end.max(key.end);
            entry.selection = key;
        }
        Some(entry)
    }

    fn of_task(&self, index: TaskIndex) -> Option<Entry> {
        let task = self.workflow.task(index);
        let planned = PlannedTask {
            workflow: self.workflow,
            task,
            node: self.plan.and_then(|plan| plan.nodes.get(index.0)),
        };
        let detail = task_state(self.view, &planned, self.now);
        self.entry(EntryKind::Task, &task.name, Some(detail), &task.place)
    }

    fn of_workspace(&self) -> Option<Entry> {
        let workspace = self.workflow.workspace.as_ref()?;
        let all = self.view.snapshot.workspaces.iter();
        let existing = all
            .filter(|existing| *existing.workflow == *self.workflow.name)
            .count();
        let detail = match existing {
            0 => "none".to_owned(),
            existing => format!("{existing} created"),
        };
        self.entry(
            EntryKind::Workspace,
            "workspace",
            Some(detail),
            &workspace.place,
        )
    }

    fn of_operation(&self, operation: &Operation) -> Option<Entry> {
        let title = operation.title.clone();
        self.entry(EntryKind::Operation, &operation.id, title, &operation.place)
    }

    /// Makes a node, if it is written in the document.
    fn entry(
        &self,
        kind: EntryKind,
        name: &str,
        detail: Option<String>,
        place: &Place,
    ) -> Option<Entry> {
        let definition = self.view.snapshot.definition.as_ref()?;
        let site: Site<'_> = site(definition, place)?;
        if site.module.path != self.document.path {
            return None;
        }
        let bytes = self.current(&site.call);
        let name_bytes = self.current(&site.name);
        let start = name_bytes.start.clamp(bytes.start, bytes.end);
        Some(Entry {
            kind,
            name: name.to_owned(),
            detail,
            selection: start..name_bytes.end.clamp(start, bytes.end),
            bytes,
            children: Vec::new(),
        })
    }

    fn with_children(&self, entry: Option<Entry>, children: Vec<Entry>) -> Vec<Entry> {
        match entry {
            Some(entry) => {
                let statement = self.statement(entry.bytes.start);
                vec![entry.around(children, &statement)]
            }
            None => children,
        }
    }

    fn current(&self, bytes: &Range<u32>) -> Range<u32> {
        self.view.current_bytes(&self.document.path, bytes)
    }

    /// Gives the statement that a place is in.
    fn statement(&self, place: u32) -> Range<u32> {
        let Some(tree) = self.document.syntax.tree() else {
            return place..place;
        };
        let mut cursor = tree.root().walk();
        match cursor.goto_first_child_for_byte(place as usize) {
            Some(_) => {
                let statement = cursor.node();
                size(statement.start_byte())..size(statement.end_byte())
            }
            None => place..place,
        }
    }
}
