//! What each row of the table leads to, found once for all tests.

use std::sync::LazyLock;

use rigkit_engine::plan::{CaptureChange, PlanLevel, PlanNode, Reason, WorkflowPlan};

use super::{Row, rows, schemes::SimpleSchemes};
use crate::support::TestProject;

/// Is a row with what the engine made of it.
pub struct Outcome {
    pub topic: &'static str,
    pub row: Row,
    /// The tasks that run again because of the edit itself.
    pub pending: Vec<String>,
    /// What is told of the captures that changed.
    pub told: Vec<String>,
    /// How simpler schemes see the project after the edit.
    pub simple: SimpleSchemes,
    /// The tasks that run again for a reason that is not in their handler.
    pub beside_handler: Vec<String>,
}

/// Is the project before any edit.
pub struct Base {
    project: TestProject,
    /// How simpler schemes see it.
    pub simple: SimpleSchemes,
}

pub static BASE: LazyLock<Base> = LazyLock::new(|| {
    let project = rows::project();
    project.apply();
    Base {
        simple: SimpleSchemes::of(&project),
        project,
    }
});

pub static OUTCOMES: LazyLock<Vec<Outcome>> = LazyLock::new(all_outcomes);

fn all_outcomes() -> Vec<Outcome> {
    let base = &BASE.project;
    let mut queue = rows::all().into_iter();
    let mut found = Vec::new();
    std::thread::scope(|scope| {
        loop {
            let batch: Vec<_> = queue.by_ref().take(4).collect();
            if batch.is_empty() {
                return;
            }
            let running: Vec<_> = batch
                .into_iter()
                .map(|(topic, row)| scope.spawn(move || outcome(base, topic, row)))
                .collect();
            found.extend(running.into_iter().map(|one| one.join().unwrap()));
        }
    });
    found
}

fn outcome(base: &TestProject, topic: &'static str, row: Row) -> Outcome {
    let mut project = base.copy();
    row.apply_to(&mut project);
    let plan = project
        .plan_at(PlanLevel::AtRest)
        .unwrap_or_else(|error| panic!("{topic}: {}: {error:?}", row.name));
    Outcome {
        pending: names(&plan, |_| true),
        beside_handler: names(&plan, |reason| !is_handler(reason)),
        told: told(&plan),
        simple: SimpleSchemes::of(&project),
        topic,
        row,
    }
}

/// Says whether a task runs again because of something that it does itself.
fn is_own_reason(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::HandlerChanged { .. }
            | Reason::VersionChanged { .. }
            | Reason::ConfigChanged { .. }
            | Reason::OutputSchemaChanged
            | Reason::ProviderChanged { .. }
            | Reason::FormatChanged
    )
}

fn own(plan: &WorkflowPlan) -> impl Iterator<Item = &PlanNode> {
    plan.pending().filter(|node| is_own_reason(&node.reason))
}

fn is_handler(reason: &Reason) -> bool {
    matches!(reason, Reason::HandlerChanged { .. })
}

fn names(plan: &WorkflowPlan, is_meant: impl Fn(&Reason) -> bool) -> Vec<String> {
    let meant = own(plan).filter(|node| is_meant(&node.reason));
    let mut names: Vec<String> = meant.map(|node| node.name.clone()).collect();
    names.sort_unstable();
    names
}

fn told(plan: &WorkflowPlan) -> Vec<String> {
    let mut told: Vec<String> = own(plan)
        .filter_map(|node| match &node.reason {
            Reason::HandlerChanged { captures, .. } => Some((node, captures)),
            _ => None,
        })
        .flat_map(|(node, captures)| captures.iter().map(|change| line(&node.name, change)))
        .collect();
    told.sort_unstable();
    told
}

fn line(task: &str, change: &CaptureChange) -> String {
    let side = |value: &Option<String>| {
        let text = value.as_deref().unwrap_or("none");
        let is_digest = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_digest { "#" } else { text }.to_owned()
    };
    let place = change.place.as_ref();
    let place = place
        .map(|place| format!(" at {place}"))
        .unwrap_or_default();
    format!(
        "{task}: {} {} → {}{place}",
        change.name,
        side(&change.old),
        side(&change.new)
    )
}
