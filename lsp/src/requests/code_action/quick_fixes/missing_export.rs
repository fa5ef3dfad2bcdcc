//! An import of what a module does not export: its nearest export, or `export` where it is declared.

use std::sync::Arc;

use rigkit_engine::source::read_excerpt;

use super::{Fix, Found};
use crate::{
    document::Text,
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
    let node = tree.node_at(&found.bytes)?;
    let specifier = node.parent()?;
    let is_specifier = matches!(specifier.kind(), "import_specifier" | "export_specifier");
    let new_text = match specifier.child_by_field_name("alias") {
        _ if !is_specifier => return None,
        Some(_) => name.to_owned(),
        None => format!("{name} as {}", tree.text_of(node)),
    };
    Some(Fix {
        title: format!("Import `{name}`"),
        is_preferred: true,
        edits: vec![place.replacement(found.bytes.clone(), new_text)],
    })
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
