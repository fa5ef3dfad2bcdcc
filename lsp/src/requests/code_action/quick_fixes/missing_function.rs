//! A function that a task, an operation or a workspace lacks: an empty one to be filled in.

use rigkit_engine::diagnostic::DiagnosticCode;

use super::{Fix, Found};
use crate::{
    document::{SyntaxNode, bytes_of},
    requests::code_action::{Place, call::Call, object::FirstMember},
};

/// Adds the function.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>, code: DiagnosticCode) -> Vec<Fix> {
    let added = match code {
        DiagnosticCode::MissingHandler => handler(place, found),
        DiagnosticCode::InvalidOperation => run(place, found),
        _ => hook(place, found),
    };
    let fix = added.map(|(title, edit)| Fix {
        title,
        is_preferred: true,
        edits: vec![place.replacement(edit.bytes, edit.new_text)],
    });
    fix.into_iter().collect()
}

type Added = Option<(String, FirstMember)>;

fn handler(place: &Place<'_>, found: &Found<'_>) -> Added {
    let call = Call::around(place.document.syntax.tree()?, &found.bytes)?;
    let added = call.with_last_argument("async () => {}");
    Some(("Add a handler".to_owned(), added))
}

fn run(place: &Place<'_>, found: &Found<'_>) -> Added {
    let tree = place.document.syntax.tree()?;
    let call = Call::around(tree, &found.bytes)?;
    if let Some(given) = call.argument(1).filter(|given| is_function(*given)) {
        let new_text = match tree.text_of(given) {
            "run" => "{ run }".to_owned(),
            written => format!("{{ run: {written} }}"),
        };
        let edit = FirstMember {
            bytes: bytes_of(given),
            new_text,
        };
        return Some(("Give it as `run`".to_owned(), edit));
    }
    // What is there in its place is told at it.
    let is_whole_call = call.is_itself(&found.bytes);
    let text = &place.document.text;
    let added = is_whole_call.then(|| call.with_member(text, 1, "run: async () => {}"))??;
    Some(("Add `run`".to_owned(), added))
}

fn is_function(given: SyntaxNode<'_>) -> bool {
    matches!(
        given.kind(),
        "arrow_function" | "function_expression" | "identifier"
    )
}

fn hook(place: &Place<'_>, found: &Found<'_>) -> Added {
    let call = Call::around(place.document.syntax.tree()?, &found.bytes)?;
    let is_whole_call = call.is_itself(&found.bytes);
    let is_creation = found.problem.message.ends_with("`create`");
    let text = &place.document.text;
    match call.argument(0) {
        _ if !is_whole_call => None,
        None if is_creation => {
            let both = "{ create: async () => ({}), remove: async () => {} }";
            let added = call.with_last_argument(both);
            Some(("Add `create` and `remove`".to_owned(), added))
        }
        None => None,
        Some(_) if is_creation => {
            let added = call.with_member(text, 0, "create: async () => ({})")?;
            Some(("Add `create`".to_owned(), added))
        }
        Some(_) => {
            let added = call.with_member(text, 0, "remove: async () => {}")?;
            Some(("Add `remove`".to_owned(), added))
        }
    }
}
