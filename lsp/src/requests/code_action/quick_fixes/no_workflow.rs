//! A config that exports no workflow: `export` before one that is there, or the smallest config.

use super::{Fix, Found};
use crate::{
    document::{SyntaxNode, SyntaxTree, children, size},
    requests::code_action::Place,
};

/// The functions that a chain which makes a workflow begins with.
const BUILDERS: [&str; 2] = ["workflow", "sequence"];

/// Exports what is there, or writes what works.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>) -> Vec<Fix> {
    let Some(tree) = place.document.syntax.tree() else {
        return Vec::new();
    };
    let statements: Vec<SyntaxNode<'_>> = children(tree.root()).collect();
    if statements.iter().all(|node| node.kind() == "comment") {
        return smallest_config(place, found).into_iter().collect();
    }
    let hidden = statements
        .into_iter()
        .filter_map(|statement| Some((statement, made_workflow(tree, statement)?)));
    let fixes = hidden.map(|(statement, name)| {
        let start = size(statement.start_byte());
        Fix {
            title: format!("Export `{name}`"),
            is_preferred: true,
            edits: vec![place.replacement(start..start, "export ".to_owned())],
        }
    });
    fixes.collect()
}

fn smallest_config(place: &Place<'_>, found: &Found<'_>) -> Option<Fix> {
    let help = found.problem.help.as_deref()?;
    let (_, indented) = help.split_once("\n\n")?;
    let lines = indented
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line));
    let config: String = lines.flat_map(|line| [line, "\n"]).collect();
    let end = size(place.document.text.content.len());
    Some(Fix {
        title: "Write the smallest config".to_owned(),
        is_preferred: true,
        edits: vec![place.replacement(end..end, config)],
    })
}

/// Returns the name of a variable of the module that is made by a chain of builder calls.
fn made_workflow<'a>(tree: &'a SyntaxTree, statement: SyntaxNode<'a>) -> Option<&'a str> {
    let declarator = (statement.kind() == "lexical_declaration")
        .then(|| children(statement).find(|node| node.kind() == "variable_declarator"))??;
    let mut value = declarator.child_by_field_name("value")?;
    let mut is_chain = false;
    while let Some(inner) = value
        .child_by_field_name("function")
        .or_else(|| value.child_by_field_name("object"))
    {
        is_chain |= value.kind() == "member_expression";
        value = inner;
    }
    let is_builder = BUILDERS.contains(&tree.text_of(value));
    let name = declarator.child_by_field_name("name")?;
    (is_builder && (is_chain || tree.text_of(value) == "sequence")).then(|| tree.text_of(name))
}
