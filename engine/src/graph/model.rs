//! Tasks, what comes before what, and the tree they were written as.

use serde::Serialize;

use crate::{
    definition::{Outline, Workflow},
    plan::{PlanNode, WorkflowPlan, last_tasks},
};

/// Is the graph of one workflow.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Graph {
    /// The workflow.
    pub workflow: String,
    /// How many tasks are cached.
    pub cached_node_count: usize,
    /// How many tasks have to run.
    pub pending_node_count: usize,
    /// How many tasks may have to run, if the output of one before them changes.
    pub conditional_node_count: usize,
    /// Whether nothing has to run but tasks that run each time, which nothing has to follow.
    pub up_to_date: bool,
    /// The tasks in walk order, each with how it stands.
    pub nodes: Vec<PlanNode>,
    /// What comes directly before what.
    pub edges: Vec<Edge>,
    /// The tree as it was written.
    pub tree: Tree,
}

/// Says that one task starts from the result of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// The earlier task's index.
    pub from: usize,
    /// The later task's index.
    pub to: usize,
}

/// Is a node of the tree as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Tree {
    /// A task, by its index.
    Task {
        /// Counts from 0 in walk order.
        index: usize,
    },
    /// A sequence.
    Sequence {
        /// Its name.
        name: String,
        /// What it holds.
        children: Vec<Tree>,
    },
    /// Parallel branches.
    Parallel {
        /// The branches.
        branches: Vec<Branch>,
    },
}

/// Is one of several parallel branches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Branch {
    /// Its name.
    pub name: String,
    /// What it does.
    pub node: Tree,
}

/// Is the document of several graphs.
#[derive(Debug, Serialize)]
pub struct GraphsDocument<'a> {
    workflows: &'a [Graph],
}

impl<'a> GraphsDocument<'a> {
    /// Makes the document.
    #[must_use]
    pub fn new(workflows: &'a [Graph]) -> Self {
        Self { workflows }
    }
}

impl Graph {
    /// Puts a workflow and its plan together.
    #[must_use]
    pub fn new(workflow: &Workflow, plan: WorkflowPlan) -> Self {
        Self {
            edges: edges(workflow),
            tree: tree(&workflow.outline),
            workflow: plan.workflow,
            cached_node_count: plan.cached_node_count,
            pending_node_count: plan.pending_node_count,
            conditional_node_count: plan.conditional_node_count,
            up_to_date: plan.up_to_date,
            nodes: plan.nodes,
        }
    }
}

/// Lists what comes directly before what in a workflow, through joins.
#[must_use]
pub fn edges(workflow: &Workflow) -> Vec<Edge> {
    let tasks = workflow.tasks.iter().enumerate();
    tasks
        .flat_map(|(to, task)| {
            let before = last_tasks(workflow, task.after);
            before
                .into_iter()
                .map(move |from| Edge { from: from.0, to })
        })
        .collect()
}

fn tree(outline: &Outline) -> Tree {
    match outline {
        Outline::Task(index) => Tree::Task { index: index.0 },
        Outline::Sequence { name, children, .. } => Tree::Sequence {
            name: name.to_string(),
            children: children.iter().map(tree).collect(),
        },
        Outline::Parallel { branches, .. } => Tree::Parallel {
            branches: branches
                .iter()
                .map(|(name, node)| Branch {
                    name: name.to_string(),
                    node: tree(node),
                })
                .collect(),
        },
    }
}
