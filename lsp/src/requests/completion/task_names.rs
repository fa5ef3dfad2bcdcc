//! The tasks that a handler may invalidate: those that run before it.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use rigkit_engine::definition::{Task, TaskIndex, Workflow};
use tower_lsp::ls_types::CompletionItemKind;

use super::{Insertion, Place, Proposal};
use crate::{
    handlers::{HandlerKind, Sight},
    sites::PlannedTask,
    task_state::task_state,
    view::ProjectView,
};

/// Lists the tasks that run before the handler, nearest first.
pub(super) fn proposals(place: &Place<'_>) -> Vec<Proposal> {
    let handlers = place.handlers();
    let mut proposals: Vec<Proposal> = handlers
        .sights()
        .iter()
        .flat_map(|sight| of_handler(place.view, sight))
        .collect();
    let mut known = HashSet::new();
    proposals.retain(|proposal| known.insert(proposal.label.clone()));
    proposals
}

fn of_handler(view: &ProjectView, sight: &Sight<'_>) -> Vec<Proposal> {
    // Only a task can invalidate.
    if !matches!(sight.kind, HandlerKind::Task | HandlerKind::Helper) {
        return Vec::new();
    }
    let workflow = sight.workflow;
    let earlier = workflow.earlier_tasks(sight.point);
    let names = Targets::of(workflow, &earlier);
    let now = Timestamp::now();
    let plan = view.snapshot.plan(&workflow.name);
    let proposals = earlier.iter().rev().map(|index| {
        let task = workflow.task(*index);
        let planned = PlannedTask {
            workflow,
            task,
            node: plan.and_then(|plan| plan.nodes.get(index.0)),
        };
        Proposal {
            label: names.of_task(task).to_owned(),
            kind: CompletionItemKind::REFERENCE,
            detail: Some(task_state(view, &planned, now)),
            documentation: None,
            insertion: Insertion::Label,
        }
    });
    proposals.collect()
}

/// Knows how often each text would name one of the earlier tasks.
struct Targets<'a>(HashMap<&'a str, usize>);

impl<'a> Targets<'a> {
    fn of(workflow: &'a Workflow, earlier: &[TaskIndex]) -> Self {
        let mut counts = HashMap::new();
        for index in earlier {
            let task = workflow.task(*index);
            *counts.entry(&*task.name).or_default() += 1;
            if task.path != task.name {
                *counts.entry(&*task.path).or_default() += 1;
            }
        }
        Self(counts)
    }

    /// Names a task as shortly as is clear.
    fn of_task<'t>(&self, task: &'t Task) -> &'t str {
        match self.0.get(&*task.name) {
            Some(1) => &task.name,
            _ => &task.path,
        }
    }
}
