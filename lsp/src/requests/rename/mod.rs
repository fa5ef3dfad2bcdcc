//! `textDocument/rename` and `textDocument/prepareRename`: another name for a task, a sequence, a
//! branch, a provider, an operation or a key of the context, wherever it is written. Variables are
//! renamed by the server of the language.

mod cost;
mod edits;
mod names;
mod plan;

use std::sync::Arc;

use tower_lsp::{
    jsonrpc::{Error, ErrorCode, Result},
    ls_types::{MessageType, Position, PrepareRenameResponse, RenameParams, WorkspaceEdit},
};

use self::{cost::Cost, plan::RenamePlan};
use crate::{
    document::Document,
    safe_to_show::SafeToShow,
    server::Server,
    symbols::{Occurrence, ProjectNames},
    view::ProjectView,
};

/// Is a renaming that can be done.
struct Renamed {
    edit: WorkspaceEdit,
    /// What a person has to know who is not told by the edit itself.
    warning: Option<String>,
}

impl SafeToShow for Renamed {
    fn make_safe(&mut self) {
        self.edit.make_safe();
        self.warning.make_safe();
    }
}

/// Says why something cannot be renamed, or not like this.
type Refusal = String;

/// Says what would be renamed at a position.
pub(crate) async fn prepare(
    server: &Server,
    uri: &tower_lsp::ls_types::Uri,
    position: Position,
) -> Result<Option<PrepareRenameResponse>> {
    let prepared = server.answer_at_once(uri, move |view, document| {
        let names = ProjectNames::new(view)?;
        let occurrence = named_at(&names, view, document, position)?;
        let checked = plan::check_written(&names, &occurrence.symbols, &occurrence.name);
        let encoding = view.editor.encoding();
        Some(
            checked.map(|()| PrepareRenameResponse::RangeWithPlaceholder {
                range: document.text.range(&occurrence.bytes, encoding),
                placeholder: occurrence.name,
            }),
        )
    });
    prepared.await?.transpose().map_err(refused)
}

/// Renames what is at a position.
pub(crate) async fn answer(
    server: &Server,
    parameters: RenameParams,
) -> Result<Option<WorkspaceEdit>> {
    let place = parameters.text_document_position;
    let position = place.position;
    let renamed = server.answer_at_once(&place.text_document.uri, move |view, document| {
        rename(view, document, position, &parameters.new_name)
    });
    let Some(renamed) = renamed.await?.transpose().map_err(refused)? else {
        return Ok(None);
    };
    if let Some(warning) = renamed.warning {
        server.outbox.show(MessageType::WARNING, warning);
    }
    Ok(Some(renamed.edit))
}

fn refused(message: Refusal) -> Error {
    Error {
        code: ErrorCode::ServerError(REQUEST_FAILED),
        message: message.into(),
        data: None,
    }
}

/// The protocol's number for a request that is right but cannot be done.
const REQUEST_FAILED: i64 = -32_803;

fn rename(
    view: &ProjectView,
    document: &Arc<Document>,
    position: Position,
    name: &str,
) -> Option<std::result::Result<Renamed, Refusal>> {
    let names = ProjectNames::new(view)?;
    let occurrence = named_at(&names, view, document, position)?;
    let plan = RenamePlan::new(&names, occurrence);
    Some(plan.and_then(|plan| carry_out(view, &names, &plan, name)))
}

fn named_at(
    names: &ProjectNames<'_>,
    view: &ProjectView,
    document: &Arc<Document>,
    position: Position,
) -> Option<Occurrence> {
    let place = document.text.offset(position, view.editor.encoding());
    let occurrence = names.at(&document.path, place);
    occurrence.filter(|occurrence| !occurrence.is_variable())
}

fn carry_out(
    view: &ProjectView,
    names: &ProjectNames<'_>,
    plan: &RenamePlan,
    name: &str,
) -> std::result::Result<Renamed, Refusal> {
    names::check(names, plan, name)?;
    let edits = edits::of(names, plan, name);
    let cost = Cost::of(view, &edits, plan)?;
    let features = &view.editor.features;
    let is_annotated = features.document_changes && features.change_annotations;
    Ok(Renamed {
        edit: edits::workspace_edit(view, names, edits, cost.label().filter(|_| is_annotated)),
        warning: cost.label().filter(|_| !is_annotated),
    })
}
