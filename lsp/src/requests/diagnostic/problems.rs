//! What the engine has against the definition, at its places.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use rigkit_engine::{
    diagnostic::Severity,
    display_text,
    error_cause::{ErrorCause, listed, with_causes},
    source::SourceRange,
};
use serde_json::json;
use tower_lsp::ls_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, Range,
};

use super::{
    closed_imports::{ImportsOfClosedFiles, OpenImport},
    diagnostic,
};
use crate::{analysis::Problem, documentation::Documentation, view::ProjectView};

/// Returns the problems of every file that has some. One in a file that is not part of the project, such
/// as a package, is told at the config, and one in a file that is not open also where an open one imports
/// that.
pub(super) fn of_files(
    view: &ProjectView,
    documentation: &Documentation,
) -> BTreeMap<PathBuf, Vec<Diagnostic>> {
    let mut files: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
    let mut imports = ImportsOfClosedFiles::new(view);
    for problem in &view.snapshot.problems {
        let (path, range) = place(view, problem.range.as_ref());
        let found = told(view, problem, range, documentation);
        if let Some(import) = imports.first_of(&path, problem) {
            let told = told_at_import(view, &path, &found, &import);
            files.entry(import.importer).or_default().push(told);
        }
        files.entry(path).or_default().push(found);
    }
    files
}

fn place(view: &ProjectView, range: Option<&SourceRange>) -> (PathBuf, Range) {
    let located = range
        .filter(|range| range.file.starts_with(view.root()))
        .and_then(|range| {
            let location = view.problem_location(range)?;
            Some((range.file.clone(), location.range))
        });
    located.unwrap_or_else(|| (view.config.clone(), Range::default()))
}

/// Tells in an open file that a file which it imports has a problem.
fn told_at_import(
    view: &ProjectView,
    path: &Path,
    problem: &Diagnostic,
    import: &OpenImport,
) -> Diagnostic {
    let name = path.strip_prefix(view.root()).unwrap_or(path);
    let first_line = problem.message.lines().next().unwrap_or_default();
    let location = view.editor.uri(path).map(|uri| Location {
        uri,
        range: problem.range,
    });
    let related = location.map(|location| DiagnosticRelatedInformation {
        location,
        message: problem.message.clone(),
    });
    Diagnostic {
        range: import.range,
        message: format!("`{}`: {first_line}", display_text::path(name)),
        related_information: related.map(|related| vec![related]),
        data: None,
        ..problem.clone()
    }
}

/// Tells a problem at a range.
pub(crate) fn told(
    view: &ProjectView,
    problem: &Problem,
    range: Range,
    documentation: &Documentation,
) -> Diagnostic {
    let severity = match problem.severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
    };
    let mut message = with_causes(&problem.message, &problem.causes);
    if let Some(help) = &problem.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    let places = problem.related.iter();
    let places = places.filter_map(|place| related(view, &place.message, &place.range));
    let related: Vec<DiagnosticRelatedInformation> = places
        .chain(places_of_causes(view, &problem.causes))
        .collect();
    Diagnostic {
        related_information: (!related.is_empty()).then_some(related),
        data: problem.help.as_ref().map(|help| json!({ "help": help })),
        ..diagnostic(
            range,
            severity,
            problem.code.as_str(),
            message,
            documentation,
        )
    }
}

/// Returns where the errors were thrown that stand behind one.
pub(super) fn places_of_causes(
    view: &ProjectView,
    causes: &[ErrorCause],
) -> Vec<DiagnosticRelatedInformation> {
    let places = listed(causes).into_iter().filter_map(|listed| {
        let message = format!(
            "{}: {}",
            listed.cause.relation.wording(),
            listed.cause.message
        );
        related(view, &message, listed.cause.range.as_ref()?)
    });
    places.collect()
}

fn related(
    view: &ProjectView,
    message: &str,
    range: &SourceRange,
) -> Option<DiagnosticRelatedInformation> {
    let Location { uri, range } = view.problem_location(range)?;
    Some(DiagnosticRelatedInformation {
        location: Location { uri, range },
        message: message.to_owned(),
    })
}
