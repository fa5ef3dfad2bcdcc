//! `rigkit.explain`: all that is known of why a task is cached or not.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rigkit_engine::{TaskExplanation, disk::DiskError};
use serde_json::{Value, json};
use tower_lsp::{jsonrpc::Result, ls_types::MessageType};

use super::{Command, Target, explanation::Explanation, failure};
use crate::{
    pages::{Page, place_of},
    server::Server,
};

/// Explains a task, or all that are not cached: to programs as `rig cache explain --json` prints it,
/// and to the person as a page. A client that shows pages by itself gets them with the answer.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let arguments = command.arguments;
    let root = target.view.root().to_owned();
    let draws_itself = target.view.editor.settings.events;
    let (task, workflow) = (arguments.task.clone(), arguments.workflow.clone());
    let explained = server
        .run(move || explain(&target, workflow.as_deref(), task.as_deref()))
        .await??;
    let subject = arguments.task.or(arguments.workflow);
    let subject = subject.unwrap_or_else(|| "tasks".to_owned());
    let explanation = Explanation::new(&explained, &subject);
    if draws_itself {
        let (page, whole) = (explanation.page(), explanation.whole());
        return Ok(json!({ "tasks": explained, "page": page, "whole": whole }));
    }
    show(server, &root, &explanation);
    Ok(json!({ "tasks": explained }))
}

fn explain(
    target: &Target,
    workflow: Option<&str>,
    task: Option<&str>,
) -> Result<Vec<TaskExplanation>> {
    let definition = target.view.snapshot.definition.as_ref();
    let definition = definition.ok_or_else(|| {
        failure(
            "invalid-config",
            "the config has never been evaluated".to_owned(),
        )
    })?;
    let engine = target.view.engine();
    let explained = engine.explain_definition(definition, workflow, task);
    explained.map_err(|error| failure(error.code(), error.to_string()))
}

/// Shows the page. Where it cannot be written, or no document can be shown, the person is told the rest.
fn show(server: &Server, root: &Path, explanation: &Explanation<'_>) {
    let summary = explanation.summary();
    match write(root, explanation) {
        Ok((page, whole)) => {
            let instead = format!("{summary}\n{}", place_of(&whole));
            server.show_page(&page, instead);
        }
        Err(_) => server.outbox.show(MessageType::INFO, summary),
    }
}

fn write(
    root: &Path,
    explanation: &Explanation<'_>,
) -> std::result::Result<(PathBuf, PathBuf), DiskError> {
    let write = |title: String, text: String| {
        let page = Page {
            title: &title,
            extension: "md",
            text: &text,
        };
        page.write(root)
    };
    let whole = write(explanation.whole_title(), explanation.whole())?;
    let page = write(explanation.page_title(), explanation.page())?;
    Ok((page, whole))
}
