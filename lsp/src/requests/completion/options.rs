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

const fn option(name: &'static str, value: &'static str, meaning: &'static str) -> OptionName {
    OptionName {
        name,
        value,
        meaning,
    }
}

const WORKFLOW: &[OptionName] = &[option(
    "providers",
    "{ $1 }",
    "providers by name, for everything in the workflow",
)];

const CONFIG: &[OptionName] = &[
    option(
        "providers",
        "{ $1 }",
        "providers by name, for every workflow",
    ),
    option("workflows", "{ $1 }", "the workflows of the project"),
];

const CACHE_TTL: &[OptionName] = &[
    option("days", "${1:1}", "how many days a run is kept"),
    option("hours", "${1:1}", "how many hours a run is kept"),
    option("minutes", "${1:1}", "how many minutes a run is kept"),
    option("seconds", "${1:1}", "how many seconds a run is kept"),
];

const EXEC: &[OptionName] = &[
    option("cwd", "\"$1\"", "where it runs"),
    option("env", "{ $1 }", "variables added to its environment"),
    option("stdin", "\"$1\"", "what it reads from its standard input"),
    option(
        "timeoutMs",
        "${1:60_000}",
        "after how many milliseconds it is stopped",
    ),
    option(
        "check",
        "${1:true}",
        "whether another exit code than 0 is an error",
    ),
    option(
        "onOutput",
        "(data, stream) => {$1}",
        "receives the output while it runs",
    ),
];

const WRITE_FILE: &[OptionName] = &[
    option(
        "append",
        "${1:true}",
        "adds to the end instead of replacing",
    ),
    option("mode", "${1:0o755}", "the permission bits"),
];

const GLOB: &[OptionName] = &[
    option("cwd", "\"$1\"", "where patterns start"),
    option("ignore", "[\"$1\"]", "patterns of what to leave out"),
    option(
        "dot",
        "${1:true}",
        "whether `*` matches names that start with a dot",
    ),
];

const LOG: &[OptionName] = &[
    option(
        "stream",
        "\"${1:info}\"",
        "how important it is, or where it comes from",
    ),
    option("label", "\"$1\"", "shown before the text"),
];

const FIELD: &[OptionName] = &[
    option(
        "description",
        "\"$1\"",
        "shown in the help of the operation",
    ),
    option(
        "position",
        "${1:0}",
        "its place among the positional arguments",
    ),
    option("required", "${1:true}", "whether it must be given"),
    option("defaultValue", "$1", "the value when it is not given"),
];

const WORKSPACE_FIELD: &[OptionName] = &[
    option("name", "\"$1\"", "the name of the field"),
    option(
        "description",
        "\"$1\"",
        "shown in the help of the operation",
    ),
    option(
        "position",
        "${1:0}",
        "its place among the positional arguments",
    ),
];

const INPUT_SCHEMA: &[OptionName] = &[
    option("type", "\"object\"", "an input is an object"),
    option(
        "properties",
        "{ $1 }",
        "its fields, each with a JSON Schema",
    ),
    option("required", "[$1]", "the fields that must be given"),
];

const PROPERTY_SCHEMA: &[OptionName] = &[
    option("type", "\"${1:string}\"", "what it is"),
    option("enum", "[$1]", "the values to choose from"),
    option("default", "$1", "the value when it is not given"),
    option(
        "description",
        "\"$1\"",
        "shown in the help of the operation",
    ),
    option("title", "\"$1\"", "a name for people"),
];

/// An object whose options are a closed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OptionSet {
    Task,
    Operation,
    Workspace,
    Workflow,
    Config,
    CacheTtl,
    Exec,
    WriteFile,
    Glob,
    Log,
    Field,
    WorkspaceField,
    InputSchema,
    PropertySchema,
}

impl OptionSet {
    fn options(self) -> &'static [OptionName] {
        match self {
            Self::Task => TASK,
            Self::Operation => OPERATION,
            Self::Workspace => WORKSPACE,
            Self::Workflow => WORKFLOW,
            Self::Config => CONFIG,
            Self::CacheTtl => CACHE_TTL,
            Self::Exec => EXEC,
            Self::WriteFile => WRITE_FILE,
            Self::Glob => GLOB,
            Self::Log => LOG,
            Self::Field => FIELD,
            Self::WorkspaceField => WORKSPACE_FIELD,
            Self::InputSchema => INPUT_SCHEMA,
            Self::PropertySchema => PROPERTY_SCHEMA,
        }
    }
}

/// Lists the values that an option may have where they are texts.
pub(super) fn values(place: &Place<'_>, property: &str) -> Option<Vec<Proposal>> {
    let mut around = place.tree.ancestors(place.offset);
    let object = around.find(|node| node.kind() == "object")?;
    let options = options_of(place.tree, object)?;
    let values: &[&str] = match property {
        "stream" if options == OptionSet::Log => &["info", "stdout", "stderr", "warn", "debug"],
        "type" if options == OptionSet::InputSchema => &["object"],
        "type" if options == OptionSet::PropertySchema => {
            &["string", "number", "integer", "boolean", "array"]
        }
        _ => return None,
    };
    let proposals = values.iter().map(|value| Proposal {
        label: (*value).to_owned(),
        kind: CompletionItemKind::ENUM_MEMBER,
        detail: None,
        documentation: None,
        insertion: Insertion::Label,
    });
    Some(proposals.collect())
}

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
        .options()
        .iter()
        .filter(|option| !present.contains(&option.name));
    Some(missing.map(proposal).collect())
}

/// Finds the options that an object may have: by the call it is given to, or by the option that it is.
fn options_of(tree: &SyntaxTree, object: SyntaxNode<'_>) -> Option<OptionSet> {
    let holder = object.parent()?;
    match holder.kind() {
        "arguments" => options_of_call(tree, holder, object),
        "pair" => options_of_option(tree, holder),
        _ => None,
    }
}

fn options_of_call(
    tree: &SyntaxTree,
    arguments: SyntaxNode<'_>,
    object: SyntaxNode<'_>,
) -> Option<OptionSet> {
    let call = arguments.parent()?;
    let name = callee_name(call)?;
    let is_method = call.child_by_field_name("function")?.kind() == "member_expression";
    let index = children(arguments).position(|argument| argument == object)?;
    match (tree.text_of(name), index) {
        ("task" | "step", 1) => Some(OptionSet::Task),
        ("operation" | "workspaceOperation", 1) => Some(OptionSet::Operation),
        ("workspace", 0) => Some(OptionSet::Workspace),
        ("workflow", 1) => Some(OptionSet::Workflow),
        ("defineConfig", 0) => Some(OptionSet::Config),
        ("exec", 1) if is_method => Some(OptionSet::Exec),
        ("writeFile", 2) if is_method => Some(OptionSet::WriteFile),
        ("glob" | "hash", 1) if is_method => Some(OptionSet::Glob),
        ("log", 1) if is_method => Some(OptionSet::Log),
        ("string" | "number" | "boolean", 0) if is_in_input(tree, call) => Some(OptionSet::Field),
        ("workspaceInput", 0) if is_in_input(tree, call) => Some(OptionSet::WorkspaceField),
        _ => None,
    }
}

/// Returns whether something is part of what describes an operation's input.
fn is_in_input(tree: &SyntaxTree, node: SyntaxNode<'_>) -> bool {
    let around = std::iter::successors(node.parent(), SyntaxNode::parent);
    let names = around
        .filter(|node| node.kind() == "pair")
        .filter_map(member_key);
    { names }.any(|key| tree.key(key) == Some("input"))
}

fn options_of_option(tree: &SyntaxTree, pair: SyntaxNode<'_>) -> Option<OptionSet> {
    let name = tree.key(member_key(pair)?)?;
    let options = pair.parent()?;
    let owner = options_of(tree, options);
    if name == "cacheTTL" && owner == Some(OptionSet::Task) {
        return Some(OptionSet::CacheTtl);
    }
    if name == "input" && owner == Some(OptionSet::Operation) {
        return Some(OptionSet::InputSchema);
    }
    let outer = options.parent().filter(|outer| outer.kind() == "pair")?;
    let is_property = tree.key(member_key(outer)?)? == "properties";
    let schema = options_of(tree, outer.parent()?)?;
    (is_property && schema == OptionSet::InputSchema).then_some(OptionSet::PropertySchema)
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
