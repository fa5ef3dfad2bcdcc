//! `rigkit.graph`: draws a workflow.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rigkit_engine::{
    definition::Definition,
    disk::{DataFolder, DiskError},
    graph::{Graph, GraphsDocument, draw_svg},
    plan::WorkflowPlan,
};
use serde_json::{Value, json};
use tower_lsp::{
    jsonrpc::Result,
    ls_types::{ShowDocumentParams, Uri},
};

use super::{Command, Target, failure};
use crate::server::Server;

/// Gives the graph as `rig graph --format json` prints it. A client that has no view of its own for
/// it, but can show documents, is shown a picture.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let workflow = command.arguments.workflow;
    let draws_itself = target.view.editor.settings.events;
    let shows_picture = target.view.editor.features.shows_documents && !draws_itself;
    let drawing = move || {
        let snapshot = &target.view.snapshot;
        let definition = snapshot.definition.as_ref();
        let definition = definition.ok_or_else(|| {
            failure(
                "invalid-config",
                "the config has never been evaluated".to_owned(),
            )
        })?;
        let graphs = graphs(definition, &snapshot.plans, workflow.as_deref());
        let picture = shows_picture
            .then(|| picture(&target, &graphs))
            .transpose()?;
        Ok((json!(GraphsDocument::new(&graphs)), picture))
    };
    let (document, picture) = server.run(drawing).await??;
    if let Some(uri) = picture {
        show(server, uri);
    }
    Ok(document)
}

fn graphs(definition: &Definition, plans: &[WorkflowPlan], wanted: Option<&str>) -> Vec<Graph> {
    plans
        .iter()
        .filter(|plan| wanted.is_none_or(|wanted| plan.workflow == wanted))
        .filter_map(|plan| {
            Some(Graph::new(
                definition.workflow(&plan.workflow)?,
                plan.clone(),
            ))
        })
        .collect()
}

fn picture(target: &Target, graphs: &[Graph]) -> Result<Uri> {
    let svg = draw_svg(graphs).map_err(|error| failure("graph-too-large", error.to_string()))?;
    let path = write(&target.view.engine_options.project.root, &svg)
        .map_err(|error| failure("file", format!("the picture could not be written: {error}")))?;
    Uri::from_file_path(path).ok_or_else(tower_lsp::jsonrpc::Error::internal_error)
}

/// Lays the picture into the data folder; a link in its place is replaced and not followed.
fn write(project_root: &Path, svg: &str) -> std::result::Result<PathBuf, DiskError> {
    const PICTURE: &str = "cache/graph.svg";
    let data_folder = DataFolder::make(project_root)?;
    data_folder.create_folders(Path::new("cache"))?;
    data_folder.replace(Path::new(PICTURE), svg.as_bytes())?;
    Ok(data_folder.path().join(PICTURE))
}

fn show(server: &Server, uri: Uri) {
    let parameters = ShowDocumentParams {
        uri,
        external: Some(true),
        take_focus: None,
        selection: None,
    };
    server.outbox.ask(|client| async move {
        client.show_document(parameters).await?;
        Ok(())
    });
}
