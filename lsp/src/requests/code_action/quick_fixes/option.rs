//! An option that does not exist, or has the wrong kind.

use super::{Fix, Found, nearest_name};
use crate::{
    document::{SyntaxNode, bytes_of, size},
    requests::code_action::{Place, literal::Literal},
};

/// Writes the nearest option instead or takes it away; writes a value as what it has to be.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>) -> Vec<Fix> {
    let mut fixes = nearest_name::fixes(place, found);
    fixes.extend(removal(place, found));
    fixes.extend(as_text(place, found));
    fixes.extend(as_switch(place, found));
    fixes
}

fn removal(place: &Place<'_>, found: &Found<'_>) -> Option<Fix> {
    let tree = place.document.syntax.tree()?;
    let node = tree.node_at(&found.bytes)?;
    let member = tree.ancestors(found.bytes.start).find(|around| {
        let is_member = matches!(
            around.kind(),
            "pair" | "method_definition" | "shorthand_property_identifier"
        );
        is_member && around.start_byte() == node.start_byte()
    })?;
    let is_unknown = found.problem.message.contains(" has no option `")
        && found.problem.nearest_name().is_none();
    is_unknown.then(|| Fix {
        title: format!("Remove `{}`", tree.unquoted(node)),
        is_preferred: false,
        edits: vec![place.replacement(with_comma(member), String::new())],
    })
}

/// Returns where a member is, with the comma and the blanks up to the next one, or from the one before.
fn with_comma(member: SyntaxNode<'_>) -> std::ops::Range<u32> {
    let bytes = bytes_of(member);
    let is_comma = |node: &SyntaxNode<'_>| node.kind() == ",";
    if let Some(comma) = member.next_sibling().filter(is_comma) {
        let next = comma.next_sibling().filter(|next| next.kind() != "}");
        let end = next.map_or(comma.end_byte(), |next| next.start_byte());
        return bytes.start..size(end);
    }
    match member.prev_sibling().filter(is_comma) {
        Some(comma) => size(comma.start_byte())..bytes.end,
        None => bytes,
    }
}

fn as_text(place: &Place<'_>, found: &Found<'_>) -> Option<Fix> {
    let tree = place.document.syntax.tree()?;
    let node = tree.node_at(&found.bytes)?;
    let is_wrong = found.problem.message.contains("must be a text, not");
    (is_wrong && node.kind() == "number").then(|| {
        let text = format!("\"{}\"", tree.text_of(node));
        Fix {
            title: format!("Change to `{text}`"),
            is_preferred: true,
            edits: vec![place.replacement(bytes_of(node), text)],
        }
    })
}

fn as_switch(place: &Place<'_>, found: &Found<'_>) -> Option<Fix> {
    let tree = place.document.syntax.tree()?;
    let is_wrong = found.problem.message.contains("must be true or false, not");
    let literal = is_wrong.then(|| Literal::at(tree, &found.bytes))??;
    let switch = matches!(literal.text, "true" | "false").then_some(literal.text)?;
    Some(Fix {
        title: format!("Change to `{switch}`"),
        is_preferred: true,
        edits: vec![place.replacement(found.bytes.clone(), switch.to_owned())],
    })
}
