//! A provider with a name under which handlers receive something else: a name close to it.

use super::{Fix, Found, nearest_name::rename};
use crate::requests::code_action::{Place, literal::Literal};

/// Adds to the name what makes it another one. Handlers have to be told of it, so that nobody
/// else can say whether it is the best one.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>) -> Vec<Fix> {
    fix(place, found).into_iter().collect()
}

fn fix(place: &Place<'_>, found: &Found<'_>) -> Option<Fix> {
    let tree = place.document.syntax.tree()?;
    let literal = Literal::at(tree, &found.bytes);
    let written = literal.map_or_else(
        || place.document.text.slice(&found.bytes),
        |literal| literal.text,
    );
    let name = format!("{written}Provider");
    Some(Fix {
        edits: vec![rename(place, found, &name)?],
        title: format!("Rename to `{name}`"),
        is_preferred: false,
    })
}
