//! A name that is taken: the next one that is free.

use std::sync::Arc;

use rigkit_engine::modules::ModuleOrigin;

use super::{Fix, Found};
use crate::{
    requests::code_action::{Place, literal::Literal},
    view::ProjectView,
};

/// Renames the second of two, where it is written for itself.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>) -> Vec<Fix> {
    fix(place, found).into_iter().collect()
}

fn fix(place: &Place<'_>, found: &Found<'_>) -> Option<Fix> {
    let first = found.problem.related.first()?;
    // A loop, or a part that is used twice, gives both their name.
    if Some(&first.range) == found.problem.range.as_ref() {
        return None;
    }
    let literal = Literal::at(place.document.syntax.tree()?, &found.bytes)?;
    let name = free_name(place.view, literal.text);
    Some(Fix {
        title: format!("Rename to `{name}`"),
        is_preferred: true,
        edits: vec![place.replacement(literal.inside.clone(), literal.inside_of(&name))],
    })
}

/// Counts on from a name to one that no text of the project has.
pub(super) fn free_name(view: &ProjectView, taken: &str) -> String {
    let texts = project_texts(view);
    let (stem, number) = numbered(taken);
    let is_free = |name: &String| {
        let quoted = ['"', '\'', '`'].map(|quote| format!("{quote}{name}{quote}"));
        let mut texts = texts.iter();
        !texts.any(|text| quoted.iter().any(|quoted| text.contains(quoted)))
    };
    let mut names = (number + 1..).map(|number| format!("{stem}-{number}"));
    names.find(is_free).unwrap_or_default()
}

/// Takes the number from the end of a name that was counted on already.
fn numbered(name: &str) -> (&str, u64) {
    let counted = name.rsplit_once('-').and_then(|(stem, number)| {
        let is_number = number.bytes().all(|digit| digit.is_ascii_digit());
        let number: u32 = is_number.then(|| number.parse().ok())??;
        Some((stem, u64::from(number)))
    });
    counted.unwrap_or((name, 1))
}

fn project_texts(view: &ProjectView) -> Vec<Arc<str>> {
    let documents = view.editor.documents.values();
    let open = documents
        .filter(|document| document.path.starts_with(view.root()))
        .map(|document| Arc::clone(&document.text.content));
    let definition = view.snapshot.definition.iter();
    let closed = definition
        .flat_map(|definition| definition.graph.modules())
        .filter(|(_, module)| module.origin == ModuleOrigin::Project)
        .filter(|(_, module)| view.document(&module.path).is_none())
        .map(|(_, module)| Arc::clone(&module.text));
    open.chain(closed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_counted_on_is_counted_on_further() {
        assert_eq!(numbered("clone"), ("clone", 1));
        assert_eq!(numbered("clone-2"), ("clone", 2));
        assert_eq!(numbered("clone-x"), ("clone-x", 1));
        assert_eq!(numbered("clone-"), ("clone-", 1));
        assert_eq!(numbered("a-99999999999999"), ("a-99999999999999", 1));
    }
}
