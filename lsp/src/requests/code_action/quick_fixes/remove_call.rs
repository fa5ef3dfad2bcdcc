//! A call that has no place where it is: it is taken out of its chain.

use super::{Fix, Found};
use crate::requests::code_action::{Place, call::Call};

/// Takes the call away.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>) -> Vec<Fix> {
    fix(place, found).into_iter().collect()
}

fn fix(place: &Place<'_>, found: &Found<'_>) -> Option<Fix> {
    let tree = place.document.syntax.tree()?;
    let call = Call::around(tree, &found.bytes)?;
    let name = call.name(tree)?;
    Some(Fix {
        title: format!("Remove `{name}` here"),
        is_preferred: false,
        edits: vec![place.replacement(call.link()?, String::new())],
    })
}
