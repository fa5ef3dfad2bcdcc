//! `textDocument/diagnostic`, and what is published to clients that do not ask: what is wrong with
//! the definition, what is doubtful, what failed, and what has to run and why.

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
        DocumentDiagnosticReportKind, DocumentDiagnosticReportResult, FullDocumentDiagnosticReport,
        NumberOrString, Range, RelatedFullDocumentDiagnosticReport, Uri,
    },
};

pub(crate) use self::{
    invalidate_targets::{UnknownTarget, told as told_target, unknown_targets},
    problems::told as told_problem,
};
use crate::{
    analysis::PlanningCode, documentation::Documentation, server::Server, view::ProjectView,
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
        return Ok(report(outside_projects(server, &uri), HashMap::new()));
    };
    server.wait_for(view.root(), view.now).await;
    let Some((_, current)) = server.see(&uri) else {
        return Ok(report(Vec::new(), HashMap::new()));
    };
    if current.now.text != view.now.text {
        return Err(overtaken());
    }
    let documentation = server.documentation.clone();
    let path = document.path.clone();
    server
        .run(move || {
            let mut all = of_project(&current, &documentation);
            let own = all.remove(&document.uri).unwrap_or_default();
            let open: Vec<&Uri> = current
                .editor
                .documents
                .values()
                .map(|open| &open.uri)
                .collect();
            all.retain(|uri, _| !open.contains(&uri));
            let is_config = current.config_path() == path;
            let shows_others = is_config && current.editor.features.related_documents;
            report(own, if shows_others { all } else { HashMap::new() })
        })
        .await
}

fn report(
    items: Vec<Diagnostic>,
    related: HashMap<Uri, Vec<Diagnostic>>,
) -> DocumentDiagnosticReportResult {
    let full = |items| FullDocumentDiagnosticReport {
        result_id: None,
        items,
    };
    let related: HashMap<Uri, DocumentDiagnosticReportKind> = related
        .into_iter()
        .map(|(uri, items)| (uri, DocumentDiagnosticReportKind::Full(full(items))))
        .collect();
    let report = RelatedFullDocumentDiagnosticReport {
        related_documents: (!related.is_empty()).then_some(related),
        full_document_diagnostic_report: full(items),
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

/// Gives the diagnostics of every file of a project that has some, and of all its open files.
pub(crate) fn of_project(
    view: &ProjectView,
    documentation: &Documentation,
) -> HashMap<Uri, Vec<Diagnostic>> {
    let mut files: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
    for document in view.editor.documents.values() {
        if view.has_file(&document.path) {
            files.entry(document.path.clone()).or_default();
        }
    }
    problems::add(view, documentation, &mut files);
    let open: Vec<PathBuf> = files.keys().cloned().collect();
    for path in open {
        let found = of_tasks(view, &path, documentation);
        files.entry(path).or_default().extend(found);
    }
    files
        .into_iter()
        .filter_map(|(path, diagnostics)| Some((view.editor.uri(&path)?, diagnostics)))
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
