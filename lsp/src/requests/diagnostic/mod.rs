//! `textDocument/diagnostic`, and what is published to clients that do not ask: what is wrong with
//! the definition, what is doubtful, what failed, and what has to run and why.

mod closed_imports;
mod failures;
mod invalidate_targets;
mod plan;
mod problems;

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::Arc,
};

use rigkit_engine::{diagnostic::DiagnosticCode, plan::Reason, project::ProjectError};
use serde_json::json;
use tower_lsp::{
    jsonrpc::{Error, ErrorCode, Result},
    ls_types::{
        Diagnostic, DiagnosticSeverity, DocumentDiagnosticParams, DocumentDiagnosticReport,
        DocumentDiagnosticReportResult, FullDocumentDiagnosticReport, NumberOrString, Range,
        RelatedFullDocumentDiagnosticReport, Uri,
    },
};

pub(crate) use self::{
    invalidate_targets::{UnknownTarget, told as told_target, unknown_targets},
    problems::told as told_problem,
};
use crate::{
    analysis::PlanningCode, document::Document, documentation::Documentation, server::Server,
    view::ProjectView,
};

/// Who says it.
const SOURCE: &str = "rigkit";

/// Lists the code of every diagnostic there is.
pub(crate) fn codes() -> Vec<&'static str> {
    let of_definitions = DiagnosticCode::ALL.iter().map(|code| code.as_str());
    let of_planning = PlanningCode::ALL.iter().map(|code| code.as_str());
    let of_tasks = [invalidate_targets::UNKNOWN_TARGET, failures::CODE];
    of_definitions
        .chain(of_planning)
        .chain(of_tasks)
        .chain(Reason::CODES)
        .collect()
}

/// Answers once the newest text has been evaluated; a request that was overtaken by an edit is
/// to be sent again.
pub(crate) async fn answer(
    server: &Arc<Server>,
    parameters: DocumentDiagnosticParams,
) -> Result<DocumentDiagnosticReportResult> {
    let uri = parameters.text_document.uri;
    let Some((document, view)) = server.see(&uri) else {
        return Ok(report(outside_projects(server, &uri)));
    };
    server.wait_for(view.root(), view.now).await;
    let Some((_, current)) = server.see(&uri) else {
        return Ok(report(Vec::new()));
    };
    if current.now.text != view.now.text {
        return Err(overtaken());
    }
    let documentation = server.documentation.clone();
    server
        .run(move || report(of_document(&current, &document, &documentation)))
        .await
}

fn report(items: Vec<Diagnostic>) -> DocumentDiagnosticReportResult {
    let report = RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport {
            result_id: None,
            items,
        },
    };
    DocumentDiagnosticReportResult::Report(DocumentDiagnosticReport::Full(report))
}

fn overtaken() -> Error {
    Error {
        code: ErrorCode::ServerError(SERVER_CANCELLED),
        message: "the text has changed since".into(),
        data: Some(json!({ "retriggerRequest": true })),
    }
}

/// The protocol's number for a request that the server gave up.
const SERVER_CANCELLED: i64 = -32_802;

/// Says why a file that looks like a config is none.
fn outside_projects(server: &Server, uri: &Uri) -> Vec<Diagnostic> {
    let Some((document, _)) = server.see_document(uri) else {
        return Vec::new();
    };
    let misplaced = server.world.lock().misplaced(&document.path);
    misplaced
        .map(|error| project_error(&error, &server.documentation))
        .into_iter()
        .collect()
}

/// Tells that a file belongs to no project.
pub(crate) fn project_error(error: &ProjectError, documentation: &Documentation) -> Diagnostic {
    let help = error
        .help()
        .map(|help| format!("\nhelp: {help}"))
        .unwrap_or_default();
    diagnostic(
        Range::default(),
        DiagnosticSeverity::ERROR,
        PlanningCode::of_project(error).as_str(),
        format!("{error}{help}"),
        documentation,
    )
}

/// Returns the diagnostics of a document.
fn of_document(
    view: &ProjectView,
    document: &Document,
    documentation: &Documentation,
) -> Vec<Diagnostic> {
    let mut files = problems::of_files(view, documentation);
    let mut found = files.remove(&document.path).unwrap_or_default();
    if view.has_file(&document.path) {
        found.extend(of_tasks(view, &document.path, documentation));
    }
    found
}

/// Returns the diagnostics of every file of a project that has some, and of all its open files.
pub(crate) fn of_project(
    view: &ProjectView,
    documentation: &Documentation,
) -> HashMap<Uri, Vec<Diagnostic>> {
    let mut files = problems::of_files(view, documentation);
    for document in view.editor.documents.values() {
        if view.has_file(&document.path) {
            let found = of_tasks(view, &document.path, documentation);
            files
                .entry(document.path.clone())
                .or_default()
                .extend(found);
        }
    }
    by_uri(view, files)
}

/// Returns the problems of the files of a project that are not open: no client asks for them.
pub(crate) fn of_closed_files(
    view: &ProjectView,
    documentation: &Documentation,
) -> HashMap<Uri, Vec<Diagnostic>> {
    let mut files = problems::of_files(view, documentation);
    files.retain(|path, _| view.document(path).is_none());
    by_uri(view, files)
}

fn by_uri(
    view: &ProjectView,
    files: BTreeMap<PathBuf, Vec<Diagnostic>>,
) -> HashMap<Uri, Vec<Diagnostic>> {
    files
        .into_iter()
        .filter_map(|(path, diagnostics)| {
            let uri = if path == view.config {
                view.config_uri()
            } else {
                view.editor.uri(&path)
            };
            Some((uri?, diagnostics))
        })
        .collect()
}

fn of_tasks(view: &ProjectView, path: &Path, documentation: &Documentation) -> Vec<Diagnostic> {
    let mut found = failures::of_file(view, path, documentation);
    found.extend(plan::of_file(view, path, documentation));
    if let Some(document) = view.document(path) {
        found.extend(invalidate_targets::of_document(
            view,
            document,
            documentation,
        ));
    }
    found
}

/// Makes a diagnostic with a link to what is said of its code.
fn diagnostic(
    range: Range,
    severity: DiagnosticSeverity,
    code: &str,
    message: String,
    documentation: &Documentation,
) -> Diagnostic {
    Diagnostic {
        range,
        severity: Some(severity),
        code: Some(NumberOrString::String(code.to_owned())),
        code_description: documentation.of(code),
        source: Some(SOURCE.to_owned()),
        message,
        ..Diagnostic::default()
    }
}
