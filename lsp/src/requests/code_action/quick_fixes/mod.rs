//! How what is wrong at a place can be mended, one file a way to do it.

mod bad_name;
mod cache_ttl;
mod call_it;
mod default_value;
mod duplicate;
mod import_path;
mod invalidate_target;
mod missing_export;
mod missing_function;
mod nearest_name;
mod no_workflow;
mod option;
mod plugin;
mod remove_call;
mod reserved_name;
mod version;

use std::ops::Range;

use rigkit_engine::diagnostic::DiagnosticCode;
use tower_lsp::ls_types::{CodeAction, CodeActionKind, Diagnostic};

use super::{
    Place,
    edit::{FileEdit, workspace_edit},
};
use crate::{
    analysis::{PlanningCode, Problem, ProblemCode},
    requests::diagnostic::told_problem,
};

/// Is a way to mend something.
pub(super) struct Fix {
    /// What it does, for the person.
    pub(super) title: String,
    /// Whether it is most likely what the person wants.
    pub(super) is_preferred: bool,
    /// What it changes.
    pub(super) edits: Vec<FileEdit>,
}

/// Is a problem at the place, as the text is now.
struct Found<'a> {
    problem: &'a Problem,
    bytes: Range<u32>,
}

/// Gives the ways to mend what is wrong at a place.
pub(super) fn actions(place: &Place<'_>) -> Vec<CodeAction> {
    let mut actions = Vec::new();
    for found in problems_at(place) {
        let fixes = fixes(place, &found);
        if !fixes.is_empty() {
            let diagnostic = diagnostic(place, &found);
            let made = fixes
                .into_iter()
                .filter_map(|fix| action(place, fix, Some(diagnostic.clone())));
            actions.extend(made);
        }
    }
    actions.extend(invalidate_target::actions(place));
    actions
}

fn problems_at<'a>(place: &'a Place<'_>) -> impl Iterator<Item = Found<'a>> {
    let problems = place.view.snapshot.problems.iter();
    problems.filter_map(|problem| {
        let range = problem.range.as_ref()?;
        let bytes = place.view.problem_bytes(range);
        let is_here = range.file == place.document.path && place.touches(&bytes);
        is_here.then_some(Found { problem, bytes })
    })
}

fn fixes(place: &Place<'_>, found: &Found<'_>) -> Vec<Fix> {
    let code = match found.problem.code {
        ProblemCode::Definition(code) => code,
        ProblemCode::Planning(PlanningCode::ProviderConfig) => {
            return default_value::fixes(place, found);
        }
        ProblemCode::Planning(_) => return Vec::new(),
    };
    match code {
        DiagnosticCode::DuplicateTask
        | DiagnosticCode::DuplicateWorkflow
        | DiagnosticCode::DuplicateOperation => duplicate::fixes(place, found),
        DiagnosticCode::InvalidCacheTtl => cache_ttl::fixes(place, found),
        DiagnosticCode::ReservedProviderName => reserved_name::fixes(place, found),
        DiagnosticCode::UnseenCapture => version::fixes(place, found),
        DiagnosticCode::MissingHandler
        | DiagnosticCode::InvalidOperation
        | DiagnosticCode::InvalidWorkspace => missing_function::fixes(place, found, code),
        DiagnosticCode::EmptyName
        | DiagnosticCode::InvalidName
        | DiagnosticCode::ReservedOperation
        | DiagnosticCode::InvalidOperationId => bad_name::fixes(place, found, code),
        DiagnosticCode::NotAProvider | DiagnosticCode::NotANode => call_it::fixes(place, found),
        DiagnosticCode::ProviderWithoutPlugin => plugin::fixes(place, found),
        DiagnosticCode::MissingExport => missing_export::fixes(place, found),
        DiagnosticCode::UnresolvedImport => import_path::fixes(place, found),
        DiagnosticCode::NoWorkflow => no_workflow::fixes(place, found),
        DiagnosticCode::InvalidOption => option::fixes(place, found),
        DiagnosticCode::MisplacedWorkspace | DiagnosticCode::MisplacedOperation => {
            remove_call::fixes(place, found)
        }
        DiagnosticCode::UnknownProvider if found.problem.nearest_name().is_none() => {
            remove_call::fixes(place, found)
        }
        _ => nearest_name::fixes(place, found),
    }
}

fn diagnostic(place: &Place<'_>, found: &Found<'_>) -> Diagnostic {
    let encoding = place.view.editor.encoding();
    let range = place.document.text.range(&found.bytes, encoding);
    told_problem(place.view, found.problem, range, place.documentation)
}

/// Makes an action of a fix, and of what it mends where that was told.
pub(super) fn action(
    place: &Place<'_>,
    fix: Fix,
    mended: Option<Diagnostic>,
) -> Option<CodeAction> {
    Some(CodeAction {
        title: fix.title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: mended.map(|mended| vec![mended]),
        edit: Some(workspace_edit(place.view, fix.edits)?),
        is_preferred: Some(fix.is_preferred),
        ..CodeAction::default()
    })
}

impl Place<'_> {
    /// Replaces a stretch of the document.
    fn replacement(&self, bytes: Range<u32>, new_text: String) -> FileEdit {
        FileEdit {
            path: self.document.path.clone(),
            text: self.document.text.clone(),
            bytes,
            new_text,
        }
    }
}
