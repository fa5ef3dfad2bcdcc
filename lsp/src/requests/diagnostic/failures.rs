//! What failed in the last run that this editor asked for, until the next one begins.

use std::path::Path;

use rigkit_engine::{error::NodeFailure, error_cause::with_causes};
use tower_lsp::ls_types::{Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity};

use super::{diagnostic, problems::places_of_causes};
use crate::{
    activity::TaskActivity,
    documentation::Documentation,
    sites::{TaskSite, tasks_in},
    view::ProjectView,
};

/// The code of a task that failed.
pub(super) const CODE: &str = "task-failed";

/// Tells which tasks written in a file failed, each at its name and where it went wrong.
pub(super) fn of_file(
    view: &ProjectView,
    path: &Path,
    documentation: &Documentation,
) -> Vec<Diagnostic> {
    if !view.activity.has_failures() {
        return Vec::new();
    }
    tasks_in(&view.snapshot, path)
        .iter()
        .flat_map(|site| of_site(view, site, documentation))
        .collect()
}

fn of_site(
    view: &ProjectView,
    site: &TaskSite<'_>,
    documentation: &Documentation,
) -> Vec<Diagnostic> {
    let failures = site.tasks.iter().filter_map(|task| {
        match view.activity.task(&task.workflow.name, &task.task.path)? {
            TaskActivity::Failed { failure, .. } => Some(failure),
            TaskActivity::Running { .. } | TaskActivity::Done { .. } => None,
        }
    });
    let range = view.module_range(site.site.module, &site.site.name);
    failures
        .map(|failure| Diagnostic {
            related_information: related(view, failure),
            ..diagnostic(
                range,
                DiagnosticSeverity::ERROR,
                CODE,
                message(failure),
                documentation,
            )
        })
        .collect()
}

fn message(failure: &NodeFailure) -> String {
    let whole = with_causes(&failure.message, &failure.causes);
    let mut text = format!("`{}` failed: {whole}", failure.node);
    if let Some(help) = &failure.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    for line in &failure.output_tail {
        text.push_str(&format!("\n  {line}"));
    }
    text
}

fn related(view: &ProjectView, failure: &NodeFailure) -> Option<Vec<DiagnosticRelatedInformation>> {
    let place = failure.range.as_ref();
    let place = place.and_then(|range| view.location(range));
    let mut related: Vec<DiagnosticRelatedInformation> = place
        .into_iter()
        .map(|location| DiagnosticRelatedInformation {
            location,
            message: "it went wrong here".to_owned(),
        })
        .collect();
    related.extend(places_of_causes(view, &failure.causes));
    (!related.is_empty()).then_some(related)
}
