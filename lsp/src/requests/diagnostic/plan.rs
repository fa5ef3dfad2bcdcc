//! What has to run, and why: one diagnostic for each call that made tasks.

use std::path::Path;

use jiff::Timestamp;
use rigkit_engine::{
    plan::{NodeStatus, PlanNode},
    wording::reason::{changes, phrase},
};
use tower_lsp::ls_types::{Diagnostic, DiagnosticSeverity};

use super::diagnostic;
use crate::{
    documentation::Documentation,
    settings::PlanDiagnostics,
    sites::{PlannedTask, TaskSite, tasks_in},
    view::ProjectView,
};

/// How many tasks of one call are told one by one.
const TOLD: usize = 5;

/// Tells how the tasks written in a file stand.
pub(super) fn of_file(
    view: &ProjectView,
    path: &Path,
    documentation: &Documentation,
) -> Vec<Diagnostic> {
    let wanted = view.editor.settings.plan_diagnostics;
    if wanted == PlanDiagnostics::Off {
        return Vec::new();
    }
    let now = Timestamp::now();
    tasks_in(&view.snapshot, path)
        .iter()
        .filter_map(|site| of_site(view, site, wanted, now, documentation))
        .collect()
}

fn of_site(
    view: &ProjectView,
    site: &TaskSite<'_>,
    wanted: PlanDiagnostics,
    now: Timestamp,
    documentation: &Documentation,
) -> Option<Diagnostic> {
    let told: Vec<(&PlannedTask<'_>, &PlanNode)> = site
        .tasks
        .iter()
        .filter_map(|task| Some((task, task.node?)))
        .filter(|(task, node)| is_told(view, task, node, wanted))
        .collect();
    let (_, first) = told.first()?;
    let worst = told
        .iter()
        .find(|(_, node)| node.is_cause())
        .map_or(first, |(_, node)| node);
    let message = match told.as_slice() {
        [(_, node)] => text(node, now),
        several => texts(several, now),
    };
    let range = view.module_range(site.site.module, &site.site.name);
    let severity = severity(worst);
    Some(diagnostic(
        range,
        severity,
        worst.reason.code(),
        message,
        documentation,
    ))
}

fn is_told(
    view: &ProjectView,
    task: &PlannedTask<'_>,
    node: &PlanNode,
    wanted: PlanDiagnostics,
) -> bool {
    let activity = view.activity.task(&task.workflow.name, &node.path);
    // A failure is told for itself, with more in it; of what runs or has just run the plan says how it
    // was before.
    let is_told_elsewhere = activity.is_some();
    !is_told_elsewhere && (wanted == PlanDiagnostics::All || node.status != NodeStatus::Cached)
}

fn severity(node: &PlanNode) -> DiagnosticSeverity {
    if node.is_cause() {
        DiagnosticSeverity::INFORMATION
    } else {
        DiagnosticSeverity::HINT
    }
}

fn texts(told: &[(&PlannedTask<'_>, &PlanNode)], now: Timestamp) -> String {
    let mut lines: Vec<String> = told
        .iter()
        .take(TOLD)
        .map(|(_, node)| format!("`{}`: {}", node.path, text(node, now)))
        .collect();
    let rest = told.len().saturating_sub(TOLD);
    if rest > 0 {
        lines.push(format!("and {rest} more"));
    }
    lines.join("\n")
}

fn text(node: &PlanNode, now: Timestamp) -> String {
    let status = match node.status {
        NodeStatus::Cached => return phrase(&node.reason, now),
        NodeStatus::Pending => "pending",
        NodeStatus::Conditional => "maybe pending",
    };
    let mut text = format!("{status}: {}", phrase(&node.reason, now));
    for change in changes(&node.reason) {
        text.push_str("\n  ");
        text.push_str(&change.to_string());
    }
    text
}
