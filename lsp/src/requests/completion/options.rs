//! The names of options, with what they take, where a builder is given an object.

use std::ops::Range;

use tower_lsp::ls_types::CompletionItemKind;

use super::{Insertion, Place, Proposal};
use crate::{
    document::{SyntaxNode, SyntaxTree, children, member_key},
    handlers::callee_name,
};

/// Is one option of a builder.
struct OptionName {
    name: &'static str,
    /// What follows the name, with a place to fill in.
    value: &'static str,
    meaning: &'static str,
}

const TASK: &[OptionName] = &[
    OptionName {
        name: "version",
        value: "\"$1\"",
        meaning: "part of the identity: another one makes the task run again",
    },
    OptionName {
        name: "cacheTTL",
        value: "\"${1:1d}\"",
        meaning: "how long a run is kept",
    },
    OptionName {
        name: "output",
        value: "$1",
        meaning: "the schema of the context that the task returns",
    },
    OptionName {
        name: "cutoff",
        value: "${1:true}",
        meaning: "equal output leaves the tasks after it cached",
    },
];

const OPERATION: &[OptionName] = &[
    OptionName {
        name: "title",
        value: "\"$1\"",
        meaning: "a name for people",
    },
    OptionName {
        name: "description",
        value: "\"$1\"",
        meaning: "what it does, for its help",
    },
    OptionName {
        name: "input",
        value: "$1",
        meaning: "what it asks for",
    },
    OptionName {
        name: "run",
        value: "async ({ $1 }) => {\n\t$0\n}",
        meaning: "does the work",
    },
];

const WORKSPACE: &[OptionName] = &[
    OptionName {
        name: "create",
        value: "async ({ workspace$1 }) => {\n\t$0\n}",
        meaning: "makes a workspace and returns its context",
    },
    OptionName {
        name: "remove",
        value: "async ({ workspace$1 }) => {\n\t$0\n}",
        meaning: "takes away what `create` made",
    },
];

/// Lists the options that may be named at a place and are not there yet.
pub(super) fn proposals(place: &Place<'_>, name: &Range<u32>) -> Option<Vec<Proposal>> {
    let before = place.document.text.slice(&(0..name.start));
    if !before.trim_end().ends_with(['{', ',']) {
        return None;
    }
    let mut around = place.tree.ancestors(name.start);
    let object = around.find(|node| node.kind() == "object")?;
    let options = options_of(place.tree, object)?;
    let present = names_in(place.tree, object, name);
    let missing = options
        .iter()
        .filter(|option| !present.contains(&option.name));
    Some(missing.map(proposal).collect())
}

/// Finds the options that an object may have, by the call it is given to.
fn options_of(tree: &SyntaxTree, object: SyntaxNode<'_>) -> Option<&'static [OptionName]> {
    let arguments = object.parent().filter(|node| node.kind() == "arguments")?;
    let call = arguments.parent()?;
    let name = callee_name(call)?;
    let is_at = |index| arguments.named_child(index) == Some(object);
    match tree.text_of(name) {
        "task" | "step" if is_at(1) => Some(TASK),
        "operation" | "workspaceOperation" if is_at(1) => Some(OPERATION),
        "workspace" if is_at(0) => Some(WORKSPACE),
        _ => None,
    }
}

/// Lists the names that an object has, but for the one that is being written.
fn names_in<'a>(
    tree: &'a SyntaxTree,
    object: SyntaxNode<'_>,
    written: &Range<u32>,
) -> Vec<&'a str> {
    let names = children(object).filter_map(member_key);
    names
        .filter(|name| name.start_byte() != written.start as usize)
        .map(|name| tree.unquoted(name))
        .collect()
}

fn proposal(option: &OptionName) -> Proposal {
    let name = option.name;
    Proposal {
        label: name.to_owned(),
        kind: CompletionItemKind::PROPERTY,
        detail: Some(option.meaning.to_owned()),
        documentation: None,
        insertion: Insertion::Template {
            snippet: format!("{name}: {}", option.value),
            plain: format!("{name}: "),
        },
    }
}
