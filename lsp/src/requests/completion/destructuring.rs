//! Names that may be taken out of something with a pattern: of what a handler is given, of what that holds,
//! and of what a variable is made from.

use tower_lsp::ls_types::CompletionItemKind;

use super::{Insertion, Place, Proposal, Written, context_keys, input_fields, providers};
use crate::{
    context_keys::ContextPath,
    document::{SyntaxNode, SyntaxTree, unwrapped},
    handlers::{HandlerKind, callee_name, is_function, pattern_around, taken_elsewhere},
};

/// A name that a handler is given, or that something it is given has.
struct Name {
    name: &'static str,
    meaning: &'static str,
}

const fn name(name: &'static str, meaning: &'static str) -> Name {
    Name { name, meaning }
}

const STEP: Name = name("step", "what the handler knows about its own run");
const PROVIDERS: Name = name("providers", "the providers in scope, by name");
const LOCAL: Name = name("local", "the developer's machine");
const WORKFLOW: Name = name(
    "workflow",
    "the workflow, with the context that its tasks left",
);
const WORKSPACE: Name = name("workspace", "the workspace, with its context");
const INPUT: Name = name("input", "the input, validated, with its defaults");

const OF_TASK: &[Name] = &[
    STEP,
    PROVIDERS,
    name("config", "the configuration in scope"),
];
const OF_WORKSPACE: &[Name] = &[WORKFLOW, WORKSPACE, STEP, PROVIDERS, LOCAL];
const OF_WORKSPACE_OPERATION: &[Name] = &[INPUT, WORKFLOW, WORKSPACE, STEP, PROVIDERS, LOCAL];
const OF_OPERATION: &[Name] = &[
    INPUT,
    name("workflow", "the name of the workflow"),
    STEP,
    PROVIDERS,
    LOCAL,
];

const IN_STEP: &[Name] = &[
    name("ctx", "what the task before this one returned"),
    name("invalidate", "marks an earlier task as no longer valid"),
    name("log", "writes to the log of this task"),
    name("metadata", "adds to what is stored with the run"),
    name("signal", "fires when the run is cancelled"),
    name("nodePath", "the path of this task"),
    name("workflow", "the name of the workflow"),
];
const IN_CONTEXT_OWNER: &[Name] = &[name("ctx", "its context"), name("name", "its name")];

/// Lists the names that a pattern may take; nothing where there is no pattern.
pub(super) fn proposals(place: &Place<'_>) -> Option<Vec<Proposal>> {
    let pattern = pattern_around(place.tree, place.offset)?;
    let source = Source::of(place.tree, pattern);
    let mut proposals = match &source {
        Source::Parameter { keys, function } => of_parameter(place, keys, *function),
        Source::Variable { owners } => {
            let owners: Vec<&str> = owners.iter().map(String::as_str).collect();
            place
                .member(&owners, Written::AsName)
                .unwrap_or_else(|| members_of(&owners))
        }
        Source::Unknown => Vec::new(),
    };
    let before = taken_elsewhere(place.tree, pattern, place.offset);
    // What is no name cannot be taken under its own.
    proposals.retain(|proposal| {
        let is_name = !matches!(proposal.insertion, Insertion::Subscript);
        is_name && !before.contains(&proposal.label.as_str())
    });
    Some(proposals)
}

/// What a pattern takes apart.
enum Source<'tree> {
    /// Something that a function is given, below these keys.
    Parameter {
        keys: Vec<String>,
        function: SyntaxNode<'tree>,
    },
    /// What a chain of names leads to.
    Variable {
        owners: Vec<String>,
    },
    Unknown,
}

impl<'tree> Source<'tree> {
    fn of(tree: &'tree SyntaxTree, pattern: SyntaxNode<'tree>) -> Self {
        let mut keys = Vec::new();
        let mut current = pattern;
        while let Some(parent) = current.parent() {
            match parent.kind() {
                "pair_pattern" => {
                    let key = parent.child_by_field_name("key");
                    keys.extend(key.and_then(|key| tree.key(key)).map(str::to_owned));
                }
                "object_pattern"
                | "required_parameter"
                | "optional_parameter"
                | "formal_parameters"
                | "object_assignment_pattern"
                | "assignment_pattern" => {}
                "variable_declarator" => {
                    keys.reverse();
                    return Self::of_variable(tree, parent, keys);
                }
                _ if is_function(parent) => {
                    keys.reverse();
                    return Self::Parameter {
                        keys,
                        function: parent,
                    };
                }
                _ => return Self::Unknown,
            }
            current = parent;
        }
        Self::Unknown
    }

    fn of_variable(tree: &SyntaxTree, declarator: SyntaxNode<'_>, keys: Vec<String>) -> Self {
        let Some(value) = declarator.child_by_field_name("value").map(unwrapped) else {
            return Self::Unknown;
        };
        if !matches!(value.kind(), "identifier" | "member_expression") {
            return Self::Unknown;
        }
        let names = tree.text_of(value).split('.');
        let names = names.map(|name| name.trim().trim_end_matches(['?', '!']).to_owned());
        Self::Variable {
            owners: names.chain(keys).collect(),
        }
    }
}

fn of_parameter(place: &Place<'_>, keys: &[String], function: SyntaxNode<'_>) -> Vec<Proposal> {
    let handlers = place.handlers();
    if !handlers.is_in_parameters() {
        return Vec::new();
    }
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    if let Some(path) = ContextPath::of_parameter(&keys) {
        return context_keys::proposals(place, handlers.sights(), &path, Written::AsName);
    }
    match keys.as_slice() {
        [] => {
            let mut proposals = providers::in_scope(place.view, handlers.sights());
            let kind = handlers.sights().first().map(|sight| sight.kind);
            proposals.extend(given_names(place.tree, function, kind).iter().map(proposal));
            proposals
        }
        ["providers"] => providers::in_scope(place.view, handlers.sights()),
        ["input"] => input_fields::proposals(place),
        owners => members_of(owners),
    }
}

fn members_of(owners: &[&str]) -> Vec<Proposal> {
    let members = match owners {
        [.., "step"] => IN_STEP,
        ["workflow" | "workspace"] => IN_CONTEXT_OWNER,
        _ => &[],
    };
    members.iter().map(proposal).collect()
}

/// Returns what a handler is given beside its providers, by the builder that takes it.
fn given_names(
    tree: &SyntaxTree,
    function: SyntaxNode<'_>,
    kind: Option<HandlerKind>,
) -> &'static [Name] {
    let builder = std::iter::successors(Some(function), SyntaxNode::parent)
        .find(|node| node.kind() == "call_expression")
        .and_then(callee_name);
    match (builder.map(|name| tree.text_of(name)), kind) {
        (Some("workspaceOperation"), _) => OF_WORKSPACE_OPERATION,
        (Some("operation"), _) | (_, Some(HandlerKind::Operation)) => OF_OPERATION,
        (Some("workspace"), _) | (_, Some(HandlerKind::Workspace)) => OF_WORKSPACE,
        (Some("task" | "step"), _) | (_, Some(HandlerKind::Task)) => OF_TASK,
        _ => &[],
    }
}

fn proposal(name: &Name) -> Proposal {
    Proposal {
        label: name.name.to_owned(),
        kind: CompletionItemKind::VARIABLE,
        detail: Some(name.meaning.to_owned()),
        documentation: None,
        insertion: Insertion::Label,
    }
}
