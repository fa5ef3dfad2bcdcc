//! `workspace/symbol`: workflows, sequences, branches, tasks and operations of every open project
//! whose name has the letters of what was typed, in this order.

use std::sync::Arc;

use rigkit_engine::definition::{PathPart, PathPartKind, Place, Workflow};
use tower_lsp::{
    jsonrpc::Result,
    ls_types::{Location, OneOf, WorkspaceSymbol, WorkspaceSymbolResponse},
};

use crate::{outline::EntryKind, server::Server, sites::site, view::ProjectView};

/// How many are told; who looks for one of more types on.
const MOST: usize = 512;

/// Answers with what is in every open project.
pub(crate) async fn answer(
    server: &Server,
    query: String,
) -> Result<Option<WorkspaceSymbolResponse>> {
    let views: Vec<ProjectView> = {
        let world = server.world.lock();
        let roots = world.projects().map(|(root, _)| root);
        roots.filter_map(|root| world.project_view(root)).collect()
    };
    let symbols = server.run(move || symbols(&views, &query)).await?;
    Ok(Some(WorkspaceSymbolResponse::Nested(symbols)))
}

/// Is something that can be looked for.
struct Candidate<'a> {
    kind: EntryKind,
    name: String,
    container: Option<Arc<str>>,
    place: &'a Place,
}

impl Candidate<'_> {
    /// Gives the last of the names in a path.
    fn own_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }
}

fn symbols(views: &[ProjectView], query: &str) -> Vec<WorkspaceSymbol> {
    let mut found: Vec<(Rank, WorkspaceSymbol)> = Vec::new();
    for view in views {
        for (workflow, _) in view.snapshot.workflows() {
            let paths = workflow.path_parts(None);
            let ranked = candidates(workflow, &paths)
                .into_iter()
                .filter_map(|candidate| Some((rank(&candidate.name, query)?, candidate)));
            found.extend(
                ranked.filter_map(|(rank, candidate)| Some((rank, symbol(view, candidate)?))),
            );
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.truncate(MOST);
    found.into_iter().map(|(_, symbol)| symbol).collect()
}

fn candidates<'a>(workflow: &'a Workflow, paths: &'a [Vec<PathPart>]) -> Vec<Candidate<'a>> {
    let mut found = vec![Candidate {
        kind: EntryKind::Workflow,
        name: workflow.name.to_string(),
        container: None,
        place: &workflow.place,
    }];
    let within = |kind, name: String, place| Candidate {
        kind,
        name,
        container: Some(Arc::clone(&workflow.name)),
        place,
    };
    let mut around: Vec<&[PathPart]> = Vec::new();
    for (task, path) in workflow.tasks.iter().zip(paths) {
        for length in 1..path.len() {
            let parts = &path[..length];
            if around.last().is_none_or(|last| !last.starts_with(parts)) {
                found.extend(
                    parts
                        .last()
                        .map(|part| within(kind(part), joined(parts), &part.place)),
                );
            }
        }
        around.push(&path[..path.len().saturating_sub(1)]);
        found.push(within(EntryKind::Task, task.path.to_string(), &task.place));
    }
    let of_project = workflow.operations.iter();
    let operations = of_project.chain(&workflow.workspace_operations);
    found.extend(operations.map(|operation| {
        within(
            EntryKind::Operation,
            operation.id.to_string(),
            &operation.place,
        )
    }));
    found
}

fn kind(part: &PathPart) -> EntryKind {
    match part.kind {
        PathPartKind::Sequence => EntryKind::Sequence,
        PathPartKind::Branch => EntryKind::Branch,
        PathPartKind::Task => EntryKind::Task,
    }
}

fn joined(path: &[PathPart]) -> String {
    let names: Vec<&str> = path.iter().map(|part| &*part.name).collect();
    names.join(".")
}

fn symbol(view: &ProjectView, candidate: Candidate<'_>) -> Option<WorkspaceSymbol> {
    let definition = view.snapshot.definition.as_ref()?;
    let site = site(definition, candidate.place)?;
    let call = candidate.place.call_site(&definition.graph);
    let branch = call
        .filter(|_| candidate.kind == EntryKind::Branch)
        .and_then(|(_, call)| Some(&call.property(&[candidate.own_name()])?.key));
    let location = Location {
        uri: view.editor.uri(&site.module.path)?,
        range: view.module_range(site.module, branch.unwrap_or(&site.name)),
    };
    Some(WorkspaceSymbol {
        name: candidate.name,
        kind: candidate.kind.symbol(),
        tags: None,
        container_name: candidate.container.map(|name| name.to_string()),
        location: OneOf::Left(location),
        data: None,
    })
}

/// Says how well a name matches; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// It is what was typed.
    Same,
    /// It begins with it.
    Beginning,
    /// It has it somewhere.
    Inside,
    /// It has its letters.
    Letters,
}

fn rank(name: &str, query: &str) -> Option<Rank> {
    let (name, query) = (name.to_lowercase(), query.to_lowercase());
    if name == query {
        return Some(Rank::Same);
    }
    if name.starts_with(&query) {
        return Some(Rank::Beginning);
    }
    if name.contains(&query) {
        return Some(Rank::Inside);
    }
    let mut letters = name.chars();
    let has_all = query
        .chars()
        .all(|wanted| letters.any(|letter| letter == wanted));
    has_all.then_some(Rank::Letters)
}
