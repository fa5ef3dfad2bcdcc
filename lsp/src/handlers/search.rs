//! Finds the places of a text, and the nodes around them.

use crate::document::{SyntaxNode, is_name, size};

/// Lists where a name stands by itself, in ascending order.
pub(super) fn places_of(text: &str, name: &str) -> Vec<u32> {
    if name.is_empty() {
        return Vec::new();
    }
    text.match_indices(name)
        .filter(|(start, _)| {
            let before = text[..*start].chars().next_back();
            let after = text[start + name.len()..].chars().next();
            !before.is_some_and(is_name) && !after.is_some_and(is_name)
        })
        .map(|(start, _)| size(start))
        .collect()
}

/// Gives the word around a place; an empty text where there is none.
pub(crate) fn word_at(text: &str, place: usize) -> &str {
    let place = text.floor_char_boundary(place);
    let before = text[..place].trim_end_matches(is_name).len();
    let after = text[place..].trim_start_matches(is_name).len();
    &text[before..text.len() - after]
}

/// Visits the smallest node at each of several ascending places, with all nodes around it,
/// outermost first. A long chain of calls is as deep a tree, so that it is gone down once and not
/// for each place.
pub(super) fn visit_places<'tree>(
    root: SyntaxNode<'tree>,
    places: &[u32],
    mut visit: impl FnMut(&[SyntaxNode<'tree>], u32),
) {
    let mut cursor = root.walk();
    let mut nodes: Vec<SyntaxNode<'tree>> = Vec::new();
    let mut rest = places;
    loop {
        let node = cursor.node();
        rest = from(rest, node.start_byte());
        let here = &rest[..rest.len() - from(rest, node.end_byte()).len()];
        nodes.push(node);
        if !here.is_empty() {
            if cursor.goto_first_child() {
                continue;
            }
            for place in here {
                visit(&nodes, *place);
            }
        }
        nodes.pop();
        if from(rest, node.end_byte()).is_empty() {
            return;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
            nodes.pop();
        }
    }
}

/// Leaves out the places before a byte.
fn from(places: &[u32], byte: usize) -> &[u32] {
    &places[places.partition_point(|place| (*place as usize) < byte)..]
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::sync::Arc;

    use super::*;
    use crate::document::{Syntax, Text};

    fn check(text: &str, name: &str, expected: &[&str]) {
        let text = Arc::new(Text::new(text));
        let syntax = Syntax::new(Arc::clone(&text));
        let places = places_of(&text.content, name);
        let mut found = Vec::new();
        visit_places(syntax.tree().unwrap().root(), &places, |nodes, place| {
            let kind = nodes.last().unwrap().kind();
            found.push(format!("{place} {kind} {}", nodes.len()));
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn each_place_is_visited_with_what_is_around_it() {
        check(
            "a(\"x\").x; y.xx; \"z.x\"",
            "x",
            &[
                "3 string_fragment 7",
                "7 property_identifier 4",
                "19 string_fragment 4",
            ],
        );
        check("  \n", "x", &[]);
        check("", "x", &[]);
    }
}
