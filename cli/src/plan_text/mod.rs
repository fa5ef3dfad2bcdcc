//! A plan as a person reads it: only what is pending, with causes apart from consequences.

mod causes;

use jiff::Timestamp;
use rigkit_engine::{
    display_text::{MOST_OF_A_MESSAGE, cut},
    plan::{CheckStatus, ChecksAsked, NodeStatus, PlanNode, WorkflowPlan},
    wording::{
        failure::phrase as failed,
        reason::{Change, changes, phrase},
        time::age,
    },
};

use self::causes::{Told, causes};
use crate::{
    progress::{Standing, standing},
    style::{BAD, FAINT, NEW, OLD, PENDING, of_status, paint},
    styled_text::{Line, styled},
    table::column_width,
};

/// How much of a value is shown.
const VALUE_WIDTH: usize = 60;

/// Returns the plan of a workflow as lines.
pub(crate) fn of(plan: &WorkflowPlan, is_verbose: bool, now: Timestamp) -> Vec<Line> {
    let mut lines = vec![standing(&plan.workflow, Standing::of(plan))];
    lines.extend(required_checks(plan));
    lines.extend(unanswered(plan));
    if is_verbose {
        let width = width(plan.nodes.iter());
        let told = plan.nodes.iter();
        lines.extend(told.flat_map(|node| node_lines(node, width, now)));
    } else {
        let causes = causes(plan);
        let width = width(causes.told.iter().map(|told| told.node));
        let told = causes.told.iter();
        lines.extend(told.flat_map(|told| told_lines(told, width, now)));
        let folded = causes.folded.iter();
        lines.extend(folded.map(|(first, count)| folded_line(first, *count, now)));
    }
    lines
}

/// Returns the line that says that plans have asked nobody, and what to do to have that done.
pub(crate) fn unasked(plans: &[WorkflowPlan]) -> Option<Line> {
    let mut asked = plans.iter().map(|plan| plan.checks_asked);
    asked.any(|asked| asked == ChecksAsked::NotAsked).then(|| {
        let line = "checks not asked: nobody trusts this folder yet; `rig plan --checks` or `rig trust` does";
        paint(FAINT, line).into()
    })
}

fn unanswered(plan: &WorkflowPlan) -> impl Iterator<Item = Line> {
    let silent = plan.unanswered_providers.iter();
    silent.map(|provider| {
        let mark = paint(PENDING, "!");
        styled![
            "  ",
            mark,
            " the checks of the provider `",
            provider,
            "` gave no answer in time"
        ]
    })
}

/// Returns the lines of one task with its reason and what changed.
pub(crate) fn node_lines(node: &PlanNode, width: usize, now: Timestamp) -> Vec<Line> {
    let path = path(node).padded(width);
    let reason = match (node.status, node.created_at) {
        (NodeStatus::Cached, Some(made)) => {
            format!("cached {} ago", age(made, now))
        }
        (NodeStatus::Conditional, _) => {
            "cached unless the output of a task before it changes".to_owned()
        }
        _ => phrase(&node.reason, now),
    };
    let reason = styled![paint(FAINT, reason)];
    let reason = match &node.last_failure {
        Some(failure) => styled![reason, "; ", paint(BAD, failed(failure, now))],
        None => reason,
    };
    let first = styled!["  ", path, "  ", reason];
    let changes = changes(&node.reason);
    std::iter::once(first)
        .chain(changes.iter().map(change_line))
        .collect()
}

fn told_lines(told: &Told<'_>, width: usize, now: Timestamp) -> Vec<Line> {
    let mut lines = node_lines(told.node, width, now);
    if let Some(cause) = told.cause {
        lines.extend(followers(cause.pending_after, cause.conditional_after));
    }
    lines
}

/// Returns the lines that say how many tasks follow one that has to run.
pub(crate) fn followers(pending: usize, conditional: usize) -> Vec<Line> {
    let certain = cascade(pending, "and");
    let possible = match pending {
        0 => cascade(conditional, "and, if its output changes,"),
        _ => cascade(conditional, "and, if an output changes,"),
    };
    certain.into_iter().chain(possible).collect()
}

fn folded_line(first: &PlanNode, count: usize, now: Timestamp) -> Line {
    let phrase = phrase(&first.reason, now);
    paint(FAINT, format_args!("  and {count} more: {phrase}")).into()
}

fn cascade(count: usize, before: &str) -> Option<Line> {
    let tasks = match count {
        0 => return None,
        1 => "1 task".to_owned(),
        count => format!("{count} tasks"),
    };
    Some(paint(FAINT, format_args!("    {before} {tasks} after it")).into())
}

fn change_line(change: &Change) -> Line {
    if let Some(line) = code_line(change) {
        return line;
    }
    let value = |style, value: &Option<String>| match value {
        Some(value) => paint(style, shortened(value)),
        None => paint(FAINT, "none"),
    };
    styled![
        "    ",
        &change.name,
        ": ",
        value(OLD, &change.old),
        " → ",
        value(NEW, &change.new)
    ]
}

/// Says where code changed: its digests tell nobody anything.
fn code_line(change: &Change) -> Option<Line> {
    let (what, place) = (change.code_fate()?, change.place.as_ref()?);
    let place = paint(FAINT, format_args!("({place})"));
    Some(styled![
        "    ",
        &change.name,
        " ",
        paint(NEW, what),
        " ",
        place
    ])
}

/// Returns as much of a value as fits beside another one.
pub(crate) fn shortened(value: &str) -> String {
    let line = value.replace('\n', "⏎");
    match line.char_indices().nth(VALUE_WIDTH) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn required_checks(plan: &WorkflowPlan) -> Vec<Line> {
    let required = plan
        .checks
        .iter()
        .filter(|check| check.status == CheckStatus::Required);
    let line = |check: &rigkit_engine::plan::ProviderCheck| {
        let message = check.message.as_deref();
        let message = message
            .map(|message| format!(": {}", cut(message, MOST_OF_A_MESSAGE)))
            .unwrap_or_default();
        styled!["  ", paint(PENDING, "!"), " ", &check.label, message]
    };
    required.map(line).collect()
}

fn path(node: &PlanNode) -> Line {
    Line::from(paint(of_status(node.status), &node.path)).into_column()
}

fn width<'a>(nodes: impl Iterator<Item = &'a PlanNode>) -> usize {
    let paths: Vec<Line> = nodes.map(path).collect();
    column_width(paths.iter())
}

#[cfg(test)]
mod tests;
