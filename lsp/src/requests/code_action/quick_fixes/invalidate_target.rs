//! An `invalidate` of a task that does not run before: the nearest ones that do.

use rigkit_engine::definition::nearest;
use tower_lsp::ls_types::CodeAction;

use super::{Fix, action};
use crate::{
    analysis::Standing,
    requests::{
        code_action::{Place, literal::Literal},
        diagnostic::{UnknownTarget, told_target, unknown_targets},
    },
};

/// How many tasks are offered.
const MOST: usize = 3;

/// Gives the tasks that may be meant.
pub(super) fn actions(place: &Place<'_>) -> Vec<CodeAction> {
    // An earlier definition does not say what may be named now.
    if place.view.snapshot.standing != Standing::Current {
        return Vec::new();
    }
    // A call is rarely written on more than one line, and this one can be edited by hand.
    let text = &place.document.text;
    let lines = text.line_start(place.bytes.start)..text.line_end(place.bytes.end);
    let unknown = unknown_targets(place.view, place.document, &lines);
    let here = unknown
        .iter()
        .filter(|unknown| place.touches(&unknown.bytes));
    here.flat_map(|unknown| of_target(place, unknown)).collect()
}

fn of_target(place: &Place<'_>, unknown: &UnknownTarget) -> Vec<CodeAction> {
    let known = unknown.known.iter().map(String::as_str);
    let meant = nearest(&unknown.target, known);
    let told = told_target(place.view, place.document, unknown, place.documentation);
    let offered = unknown.known.iter().take(MOST);
    let fixes = offered.filter_map(|task| fix(place, unknown, task, Some(&**task) == meant));
    fixes
        .filter_map(|fix| action(place, fix, Some(told.clone())))
        .collect()
}

fn fix(place: &Place<'_>, unknown: &UnknownTarget, task: &str, is_preferred: bool) -> Option<Fix> {
    let quoted = unknown.bytes.start.checked_sub(1)?..unknown.bytes.end + 1;
    let literal = Literal::at(place.document.syntax.tree()?, &quoted)?;
    let new_text = literal.inside_of(task);
    Some(Fix {
        title: format!("Invalidate `{task}` here"),
        is_preferred,
        edits: vec![place.replacement(literal.inside, new_text)],
    })
}
