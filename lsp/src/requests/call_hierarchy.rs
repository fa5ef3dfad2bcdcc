//! The call hierarchy: the tasks directly before a task call it, those directly after it are
//! called by it, through joins.

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;
use rigkit_engine::{
    definition::{TaskIndex, Workflow},
    graph::edges,
};
use serde::{Deserialize, Serialize};
use tower_lsp::{
    jsonrpc::Result,
    ls_types::{
        CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, Position,
        SymbolKind,
    },
};

use crate::{
    document::Document,
    server::Server,
    sites::{CallKey, PlannedTask, site, tasks_in},
    symbols::{ProjectNames, Symbol},
    task_state::task_state,
    view::ProjectView,
};

/// Says which task an item is, for the questions that follow.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ItemData {
    root: PathBuf,
    workflow: String,
    path: String,
}

/// Gives the tasks that are named at a position, or made by the call there.
pub(crate) fn prepare(
    view: &ProjectView,
    document: &Arc<Document>,
    position: Position,
) -> Option<Vec<CallHierarchyItem>> {
    let place = document.text.offset(position, view.editor.encoding());
    let mut items = named_at(view, document, place);
    if items.is_empty() {
        items = made_at(view, document, place);
    }
    (!items.is_empty()).then_some(items)
}

fn named_at(view: &ProjectView, document: &Document, place: u32) -> Vec<CallHierarchyItem> {
    let Some(names) = ProjectNames::new(view) else {
        return Vec::new();
    };
    let symbols = names.at(&document.path, place).map(|found| found.symbols);
    let symbols = symbols.unwrap_or_default();
    let graph = &names.definition.graph;
    let tasks = view.snapshot.workflows().flat_map(|(workflow, _)| {
        let indexes = (0..workflow.tasks.len()).map(TaskIndex);
        indexes.map(move |index| (workflow, index))
    });
    let found = tasks.filter(|(workflow, index)| {
        let call = CallKey::of(&workflow.task(*index).place, graph);
        call.is_some_and(|call| symbols.contains(&Symbol::Task(call)))
    });
    found
        .filter_map(|(workflow, index)| item(view, workflow, index))
        .collect()
}

fn made_at(view: &ProjectView, document: &Document, place: u32) -> Vec<CallHierarchyItem> {
    let sites = tasks_in(&view.snapshot, &document.path);
    let at_place = sites.iter().filter(|site| {
        let head = site.site.call.start..site.site.name.end;
        let head = view.current_bytes(&document.path, &head);
        (head.start..=head.end).contains(&place)
    });
    at_place
        .flat_map(|site| &site.tasks)
        .filter_map(|task| {
            let workflow = task.workflow;
            let (index, _) = workflow.find_tasks(&task.task.path).next()?;
            item(view, workflow, index)
        })
        .collect()
}

/// Gives the tasks directly before one.
pub(crate) async fn incoming(
    server: &Server,
    item: CallHierarchyItem,
) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
    let neighbours = neighbours(server, item, Direction::Upstream).await?;
    Ok(neighbours.map(|(_, tasks)| {
        let calls = tasks.into_iter().map(|from| CallHierarchyIncomingCall {
            from_ranges: vec![from.selection_range],
            from,
        });
        calls.collect()
    }))
}

/// Gives the tasks directly after one.
pub(crate) async fn outgoing(
    server: &Server,
    item: CallHierarchyItem,
) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
    let neighbours = neighbours(server, item, Direction::Downstream).await?;
    Ok(neighbours.map(|(task, tasks)| {
        let calls = tasks.into_iter().map(|to| CallHierarchyOutgoingCall {
            from_ranges: vec![task.selection_range],
            to,
        });
        calls.collect()
    }))
}

/// Says where to look from a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Upstream,
    Downstream,
}

/// Gives a task as it is now, and those directly before or after it.
async fn neighbours(
    server: &Server,
    item: CallHierarchyItem,
    direction: Direction,
) -> Result<Option<(CallHierarchyItem, Vec<CallHierarchyItem>)>> {
    let data: Option<ItemData> = item.data.and_then(|data| serde_json::from_value(data).ok());
    let Some(data) = data else {
        return Ok(None);
    };
    // The file of the task need not be open.
    let Some(view) = server.world.lock().project_view(&data.root) else {
        return Ok(None);
    };
    server
        .run(move || neighbours_in(&view, &data, direction))
        .await
}

fn neighbours_in(
    view: &ProjectView,
    data: &ItemData,
    direction: Direction,
) -> Option<(CallHierarchyItem, Vec<CallHierarchyItem>)> {
    let workflow = view.snapshot.workflow(&data.workflow)?;
    let tasks = workflow.tasks.iter();
    let index = tasks
        .map(|task| &task.path)
        .position(|path| **path == *data.path)?;
    let neighbours = edges(workflow)
        .into_iter()
        .filter_map(|edge| match direction {
            Direction::Upstream => (edge.to == index).then_some(edge.from),
            Direction::Downstream => (edge.from == index).then_some(edge.to),
        });
    let items = neighbours.filter_map(|task| item(view, workflow, TaskIndex(task)));
    Some((item(view, workflow, TaskIndex(index))?, items.collect()))
}

fn item(view: &ProjectView, workflow: &Workflow, index: TaskIndex) -> Option<CallHierarchyItem> {
    let task = workflow.task(index);
    let definition = view.snapshot.definition.as_ref()?;
    let site = site(definition, &task.place)?;
    let plan = view.snapshot.plan(&workflow.name);
    let planned = PlannedTask {
        workflow,
        task,
        node: plan.and_then(|plan| plan.nodes.get(index.0)),
    };
    let data = ItemData {
        root: view.root().to_owned(),
        workflow: workflow.name.to_string(),
        path: task.path.to_string(),
    };
    Some(CallHierarchyItem {
        name: task.path.to_string(),
        kind: SymbolKind::FUNCTION,
        tags: None,
        detail: Some(task_state(view, &planned, Timestamp::now())),
        uri: view.editor.uri(&site.module.path)?,
        range: view.module_range(site.module, &site.call),
        selection_range: view.module_range(site.module, &site.name),
        data: serde_json::to_value(data).ok(),
    })
}
