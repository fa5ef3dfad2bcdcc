//! A provider without a plugin: one that does nothing yet.

use super::{Fix, Found};
use crate::requests::code_action::{Place, call::Call};

/// Adds a plugin.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>) -> Vec<Fix> {
    fix(place, found).into_iter().collect()
}

fn fix(place: &Place<'_>, found: &Found<'_>) -> Option<Fix> {
    let tree = place.document.syntax.tree()?;
    let call = Call::around(tree, &found.bytes)?;
    let id = tree.text_of(call.argument(0)?);
    let is_definition = call.name(tree) == Some("defineProvider") && call.argument(2).is_none();
    let config = if call.argument(1).is_some() {
        ""
    } else {
        "{}, "
    };
    let plugin = format!(
        "{config}{{\n  providerId: {id},\n  createProvider: () => ({{ providerId: {id}, runtime: () => ({{}}) }}),\n}}"
    );
    let added = call.with_last_argument(&plugin);
    is_definition.then(|| Fix {
        title: "Add a plugin".to_owned(),
        is_preferred: true,
        edits: vec![place.replacement(added.bytes, added.new_text)],
    })
}
