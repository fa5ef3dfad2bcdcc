//! A provider that cannot be configured because a variable is not set: a default for the variable.

use super::{Fix, Found};
use crate::{
    document::{Entering, SyntaxNode, SyntaxTree, children, walk},
    requests::code_action::{Place, call::Call},
};

/// Gives the variable a default.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>) -> Vec<Fix> {
    fix(place, found).into_iter().collect()
}

fn fix(place: &Place<'_>, found: &Found<'_>) -> Option<Fix> {
    let message = found.problem.message.strip_suffix("` is not set")?;
    let (_, variable) = message.rsplit_once('`')?;
    let tree = place.document.syntax.tree()?;
    let name = reading(tree, variable)?;
    let call = Call::around(tree, &crate::document::bytes_of(name))?;
    let added = call.with_last_argument("\"\"");
    Some(Fix {
        title: format!("Give `{variable}` an empty default"),
        is_preferred: false,
        edits: vec![place.replacement(added.bytes, added.new_text)],
    })
}

/// Finds where a variable is read without a default.
fn reading<'a>(tree: &'a SyntaxTree, variable: &str) -> Option<SyntaxNode<'a>> {
    let mut found = None;
    walk(tree.root(), |node| {
        let is_text = node.kind() == "string" && tree.unquoted(node) == variable;
        let arguments = node.parent().filter(|parent| parent.kind() == "arguments");
        if is_text && arguments.is_some_and(|arguments| children(arguments).count() == 1) {
            found = found.or(Some(node));
        }
        Entering::Into
    });
    found
}
