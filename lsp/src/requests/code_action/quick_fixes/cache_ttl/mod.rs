//! A `cacheTTL` that is no duration: what it was most likely to be.

mod duration;
mod units;

use std::ops::Range;

use rigkit_engine::definition::CacheTtl;
use serde_json::json;

use self::{
    duration::{Suggestion, suggestions},
    units::{PARTS, Unit, nearest_unit, rounded},
};
use super::{Fix, Found};
use crate::{
    document::{SyntaxNode, SyntaxTree, size},
    requests::code_action::{Place, edit::FileEdit, literal::Literal},
};

/// Writes what a text or an object was most likely to be.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>) -> Vec<Fix> {
    let Some(tree) = place.document.syntax.tree() else {
        return Vec::new();
    };
    match Literal::at(tree, &found.bytes) {
        Some(literal) => of_text(place, &literal),
        None => of_parts(place, tree, &found.bytes).into_iter().collect(),
    }
}

fn of_text(place: &Place<'_>, literal: &Literal<'_>) -> Vec<Fix> {
    // It may have been mended since it was told.
    if CacheTtl::from_json(&json!(literal.text)).is_ok() {
        return Vec::new();
    }
    let fix = |suggestion: Suggestion| Fix {
        title: format!("Change to `{}`", suggestion.text),
        is_preferred: suggestion.is_sure,
        edits: vec![place.replacement(literal.inside.clone(), suggestion.text)],
    };
    suggestions(literal.text).into_iter().map(fix).collect()
}

/// Is a part of an object that has another name than it should.
struct Part<'a> {
    key: SyntaxNode<'a>,
    value: SyntaxNode<'a>,
    unit: Unit,
}

fn of_parts(place: &Place<'_>, tree: &SyntaxTree, bytes: &Range<u32>) -> Option<Fix> {
    let object = tree
        .node_at(bytes)
        .filter(|node| node.kind() == "object" && !node.has_error())?;
    let mut cursor = object.walk();
    let members: Vec<SyntaxNode<'_>> = object.named_children(&mut cursor).collect();
    let keys: Vec<&str> = members
        .iter()
        .filter_map(|member| Some(tree.text_of(member.child_by_field_name("key")?)))
        .collect();
    let unknown = members
        .iter()
        .filter_map(|member| unknown_part(tree, *member));
    let mut edits = Vec::new();
    let mut names = Vec::new();
    let mut is_preferred = true;
    for part in unknown {
        let name = part.unit.part;
        if keys.contains(&name) || names.contains(&name) {
            return None;
        }
        is_preferred &= part.unit.is_exact;
        edits.extend(rename(place, tree, &part)?);
        names.push(name);
    }
    (!edits.is_empty()).then(|| Fix {
        title: format!("Change to `{}`", names.join("`, `")),
        is_preferred,
        edits,
    })
}

fn unknown_part<'a>(tree: &SyntaxTree, member: SyntaxNode<'a>) -> Option<Part<'a>> {
    let key = member.child_by_field_name("key")?;
    let name = tree.text_of(key);
    if key.kind() != "property_identifier" || PARTS.contains(&name) {
        return None;
    }
    Some(Part {
        key,
        value: member.child_by_field_name("value")?,
        unit: nearest_unit(name)?,
    })
}

/// Gives the edits of the name and, where the units differ, the number; nothing where that is
/// computed.
fn rename(place: &Place<'_>, tree: &SyntaxTree, part: &Part<'_>) -> Option<Vec<FileEdit>> {
    let Part { key, value, unit } = part;
    let mut edits = vec![place.replacement(bytes_of(*key), unit.part.to_owned())];
    if let Some(parts) = unit.parts {
        let number: f64 = tree.text_of(*value).parse().ok()?;
        let number = rounded(number * parts);
        edits.push(place.replacement(bytes_of(*value), number.to_string()));
    }
    Some(edits)
}

fn bytes_of(node: SyntaxNode<'_>) -> Range<u32> {
    size(node.start_byte())..size(node.end_byte())
}
