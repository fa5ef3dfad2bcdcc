//! A name that leads nowhere: the nearest one that does, where the engine knows it.

use super::{Fix, Found};
use crate::{
    document::{SyntaxNode, SyntaxTree},
    requests::code_action::{Place, edit::FileEdit, literal::Literal},
};

/// Writes the nearest name instead.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>) -> Vec<Fix> {
    fix(place, found).into_iter().collect()
}

fn fix(place: &Place<'_>, found: &Found<'_>) -> Option<Fix> {
    let name = found.problem.nearest_name()?;
    Some(Fix {
        title: format!("Change to `{name}`"),
        is_preferred: true,
        edits: vec![rename(place, found, name)?],
    })
}

/// Writes another name where one is given: as a text, or as the key of a property.
pub(super) fn rename(place: &Place<'_>, found: &Found<'_>, name: &str) -> Option<FileEdit> {
    let tree = place.document.syntax.tree()?;
    if let Some(literal) = Literal::at(tree, &found.bytes) {
        let new_text = literal.inside_of(name);
        return Some(place.replacement(literal.inside, new_text));
    }
    let node = tree.node_at(&found.bytes)?;
    let is_exact = node.byte_range() == (found.bytes.start as usize..found.bytes.end as usize);
    let new_text = is_exact.then(|| renamed_key(tree, node, name))??;
    Some(place.replacement(found.bytes.clone(), new_text))
}

fn renamed_key(tree: &SyntaxTree, node: SyntaxNode<'_>, name: &str) -> Option<String> {
    match node.kind() {
        "property_identifier" => Some(name.to_owned()),
        "shorthand_property_identifier" => Some(format!("{name}: {}", tree.text_of(node))),
        _ => None,
    }
}
