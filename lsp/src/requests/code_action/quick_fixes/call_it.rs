//! Something that makes a provider or a task, where one is wanted: a call of it.

use super::{Fix, Found};
use crate::requests::code_action::Place;

/// Calls what is written, or its member that makes a provider.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>) -> Vec<Fix> {
    fix(place, found).into_iter().collect()
}

fn fix(place: &Place<'_>, found: &Found<'_>) -> Option<Fix> {
    let tree = place.document.syntax.tree()?;
    let node = tree.node_at(&found.bytes)?;
    let written = tree.text_of(node);
    let is_exact = node.byte_range() == (found.bytes.start as usize..found.bytes.end as usize);
    let message = &found.problem.message;
    let call = if message.ends_with("not a function") || message.ends_with("but a function") {
        format!("{written}()")
    } else if message.ends_with("is not a provider but an object") {
        format!("{written}.provider()")
    } else {
        return None;
    };
    let new_text = match node.kind() {
        _ if !is_exact => return None,
        "identifier" | "member_expression" => call.clone(),
        "shorthand_property_identifier" => format!("{written}: {call}"),
        _ => return None,
    };
    Some(Fix {
        title: format!("Change to `{call}`"),
        is_preferred: true,
        edits: vec![place.replacement(found.bytes.clone(), new_text)],
    })
}
