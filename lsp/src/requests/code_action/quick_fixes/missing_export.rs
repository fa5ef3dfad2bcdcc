//! An import of what a module does not export: its nearest export, or `export` where it is declared.

use std::sync::Arc;

use rigkit_engine::source::read_excerpt;

use super::{Fix, Found};
use crate::{
    document::{SyntaxTree, Text},
    requests::code_action::{Place, edit::FileEdit},
};

/// Imports what was meant, or exports it.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>) -> Vec<Fix> {
    let fix = import_nearest(place, found).or_else(|| export_there(place, found));
    fix.into_iter().collect()
}

/// Imports another name under the one that the code uses.
fn import_nearest(place: &Place<'_>, found: &Found<'_>) -> Option<Fix> {
    let name = found.problem.nearest_name()?;
    let tree = place.document.syntax.tree()?;
    let new_text = match local_name(tree, found)? {
        Some(local) => format!("{name} as {local}"),
        None => name.to_owned(),
    };
    Some(Fix {
        title: format!("Import `{name}`"),
        is_preferred: true,
        edits: vec![place.replacement(found.bytes.clone(), new_text)],
    })
}

/// Returns the name under which the code uses an import that has no other one yet.
fn local_name<'a>(tree: &'a SyntaxTree, found: &Found<'_>) -> Option<Option<&'a str>> {
    let node = tree.node_at(&found.bytes)?;
    let specifier = node.parent()?;
    let is_specifier = matches!(specifier.kind(), "import_specifier" | "export_specifier");
    let has_alias = specifier.child_by_field_name("alias").is_some();
    is_specifier.then(|| (!has_alias).then(|| tree.text_of(node)))
}

fn export_there(place: &Place<'_>, found: &Found<'_>) -> Option<Fix> {
    let declared = &found.problem.related.first()?.range;
    let text = match place.view.document(&declared.file) {
        Some(document) => Arc::clone(&document.text),
        None => Arc::new(Text::new(read_excerpt(&declared.file)?)),
    };
    let start = place.view.problem_bytes(declared).start;
    let name = place.document.text.slice(&found.bytes);
    Some(Fix {
        title: format!("Export `{name}` there"),
        is_preferred: true,
        edits: vec![FileEdit {
            path: declared.file.clone(),
            text,
            bytes: start..start,
            new_text: "export ".to_owned(),
        }],
    })
}
