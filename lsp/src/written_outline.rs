//! The tree of workflows, sequences, branches and tasks as it is written, for a file that never evaluated:
//! what is computed is left out, and nothing is known of it but names.

use std::{
    ops::Range,
    sync::{Arc, OnceLock},
};

use crate::{
    document::{
        Document, Edit, EditMap, SyntaxNode, SyntaxTree, bytes_of, children, member_key, unwrapped,
    },
    handlers::callee_name,
    outline::{Entry, EntryKind},
};

/// How deep branches may be in one another.
const MOST_DEPTH: usize = 32;

/// A part of the tree with what it is called for in commands.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    /// The part.
    pub(crate) entry: Entry,
    /// The workflow it is part of.
    pub(crate) workflow: String,
    /// The path of a task, or the id of an operation.
    pub(crate) path: String,
}

/// What is written in one version of a document or, where that cannot be read at all, what was when it could
/// be read last.
#[derive(Debug, Clone, Default)]
pub(crate) struct WrittenOutline {
    now: Arc<OnceLock<Arc<[Written]>>>,
    earlier: Option<(Arc<[Written]>, EditMap)>,
}

impl WrittenOutline {
    /// Prepares for the version after some edits.
    pub(crate) fn edited(&self, edits: &[Edit]) -> Self {
        let known = match (self.now.get(), &self.earlier) {
            (Some(parts), _) => Some((Arc::clone(parts), EditMap::default())),
            (None, earlier) => earlier.clone(),
        };
        let earlier = known.map(|(parts, mut since)| {
            for edit in edits {
                since.push(*edit);
            }
            (parts, since)
        });
        Self {
            now: Arc::default(),
            earlier,
        }
    }

    /// Lists the parts that something can be done with, each workflow before what belongs to it.
    pub(crate) fn parts(&self, document: &Document) -> Arc<[Written]> {
        let parts = self.now.get_or_init(|| {
            let found = parts_of(document);
            match &self.earlier {
                Some((parts, since)) if found.is_empty() => carried(parts, since),
                _ => found.into(),
            }
        });
        Arc::clone(parts)
    }
}

fn carried(parts: &[Written], since: &EditMap) -> Arc<[Written]> {
    let parts = parts.iter().cloned().map(|mut part| {
        part.entry.bytes = since.range(&part.entry.bytes);
        part.entry.selection = since.range(&part.entry.selection);
        part
    });
    parts.collect()
}

/// Returns the tree of a document.
pub(crate) fn tree_of(document: &Document) -> Vec<Entry> {
    let Some(tree) = document.syntax.tree() else {
        return Vec::new();
    };
    chains(tree)
        .into_iter()
        .filter_map(|chain| chain.entry(tree, MOST_DEPTH))
        .collect()
}

fn parts_of(document: &Document) -> Vec<Written> {
    let mut parts = Vec::new();
    for entry in tree_of(document) {
        let workflow = entry.name.clone();
        add_parts(entry, &workflow, "", &mut parts);
    }
    parts
}

fn add_parts(mut entry: Entry, workflow: &str, above: &str, parts: &mut Vec<Written>) {
    let children = std::mem::take(&mut entry.children);
    let path = match above {
        "" => entry.name.clone(),
        above => format!("{above}.{}", entry.name),
    };
    let below = match entry.kind {
        EntryKind::Branch => path.clone(),
        _ => above.to_owned(),
    };
    parts.push(Written {
        entry,
        workflow: workflow.to_owned(),
        path,
    });
    for child in children {
        add_parts(child, workflow, &below, parts);
    }
}

/// Calls on one another: `workflow("a").sequence("b").task("c", …)`.
struct Chain<'tree> {
    calls: Vec<SyntaxNode<'tree>>,
}

/// Finds the chains that top-level statements declare or export.
fn chains(tree: &SyntaxTree) -> Vec<Chain<'_>> {
    let mut found = Vec::new();
    for statement in children(tree.root()) {
        let declared = match statement.kind() {
            "export_statement" => exported(statement),
            _ => Some(statement),
        };
        let Some(declared) = declared else {
            continue;
        };
        for part in children(declared).chain([declared]) {
            let value = match part.kind() {
                "variable_declarator" => part.child_by_field_name("value"),
                "call_expression" => Some(part),
                _ => None,
            };
            found.extend(value.map(unwrapped).and_then(Chain::of));
        }
    }
    found
}

/// Finds what an export statement exports.
fn exported(statement: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    children(statement)
        .filter(|part| part.kind() != "comment")
        .last()
}

impl<'tree> Chain<'tree> {
    fn of(last: SyntaxNode<'tree>) -> Option<Self> {
        let mut calls = Vec::new();
        let mut next = Some(last);
        while let Some(call) = next.filter(|node| node.kind() == "call_expression") {
            calls.push(call);
            let function = call.child_by_field_name("function")?;
            next = match function.kind() {
                "member_expression" => function.child_by_field_name("object").map(unwrapped),
                _ => None,
            };
        }
        calls.reverse();
        (!calls.is_empty()).then_some(Self { calls })
    }

    /// Makes the tree of the chain; nothing where it is none of Rigkit's.
    fn entry(&self, tree: &SyntaxTree, depth: usize) -> Option<Entry> {
        let depth = depth.checked_sub(1)?;
        let (first, rest) = self.calls.split_first()?;
        let kind = match called(tree, *first)? {
            "workflow" => EntryKind::Workflow,
            "sequence" => EntryKind::Sequence,
            "task" | "step" => EntryKind::Task,
            _ => return None,
        };
        let mut entry = entry_of(tree, *first, kind)?;
        entry.bytes.end = self
            .calls
            .last()
            .map_or(entry.bytes.end, |last| bytes_of(*last).end);
        entry.children = rest
            .iter()
            .filter_map(|call| part(tree, *call, depth))
            .collect();
        // A sequence that is written on its own is a workflow to whoever exports it.
        if kind == EntryKind::Sequence && depth + 1 == MOST_DEPTH {
            entry.kind = EntryKind::Workflow;
        }
        Some(entry)
    }
}

/// Makes the part of a tree that one call of a chain adds.
fn part(tree: &SyntaxTree, call: SyntaxNode<'_>, depth: usize) -> Option<Entry> {
    let kind = match called(tree, call)? {
        "sequence" => EntryKind::Sequence,
        "task" | "step" => EntryKind::Task,
        "operation" | "workspaceOperation" => EntryKind::Operation,
        "workspace" => EntryKind::Workspace,
        "parallel" => EntryKind::Parallel,
        "add" => return added(tree, call, depth),
        _ => return None,
    };
    let mut entry = entry_of(tree, call, kind)?;
    if kind == EntryKind::Parallel {
        entry.children = branches(tree, call, depth);
    }
    Some(entry)
}

fn added(tree: &SyntaxTree, call: SyntaxNode<'_>, depth: usize) -> Option<Entry> {
    let argument = call.child_by_field_name("arguments")?.named_child(0)?;
    Chain::of(unwrapped(argument))?.entry(tree, depth)
}

fn branches(tree: &SyntaxTree, call: SyntaxNode<'_>, depth: usize) -> Vec<Entry> {
    let arguments = call.child_by_field_name("arguments");
    let object = arguments.and_then(|arguments| arguments.named_child(0));
    let members = object.into_iter().flat_map(children);
    members
        .filter_map(|member| {
            let key = member_key(member)?;
            let value = member.child_by_field_name("value").map(unwrapped);
            let inside = value.and_then(Chain::of);
            let inside = inside.and_then(|chain| chain.entry(tree, depth));
            Some(Entry {
                kind: EntryKind::Branch,
                name: tree.key(key)?.to_owned(),
                detail: None,
                bytes: bytes_of(member),
                selection: bytes_of(key),
                children: inside.map(of_branch).unwrap_or_default(),
            })
        })
        .collect()
}

/// The sequence of a branch says nothing that the branch does not.
fn of_branch(entry: Entry) -> Vec<Entry> {
    match entry.kind {
        EntryKind::Sequence => entry.children,
        _ => vec![entry],
    }
}

fn called<'a>(tree: &'a SyntaxTree, call: SyntaxNode<'_>) -> Option<&'a str> {
    Some(tree.text_of(callee_name(call)?))
}

fn entry_of(tree: &SyntaxTree, call: SyntaxNode<'_>, kind: EntryKind) -> Option<Entry> {
    let callee = callee_name(call)?;
    let argument = call
        .child_by_field_name("arguments")
        .and_then(|arguments| arguments.named_child(0));
    let named = argument.and_then(|argument| Some((tree.plain_text(argument)?, argument)));
    let (name, selection): (&str, Range<u32>) = match (kind, named) {
        (EntryKind::Parallel | EntryKind::Workspace, _) => (tree.text_of(callee), bytes_of(callee)),
        (_, Some((name, argument))) => (name, bytes_of(argument)),
        (_, None) => return None,
    };
    Some(Entry {
        kind,
        name: name.to_owned(),
        detail: None,
        bytes: bytes_of(callee).start..bytes_of(call).end,
        selection,
        children: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::path::PathBuf;

    use super::*;

    fn check(code: &str, expected: &[&str]) {
        let uri = "file:///project/rig.config.ts".parse().unwrap();
        let path = PathBuf::from("/project/rig.config.ts");
        let document = Document::new(uri, path, 1, code.to_owned());
        let parts = parts_of(&document);
        let told: Vec<String> = parts
            .iter()
            .map(|part| format!("{:?} {} of {}", part.entry.kind, part.path, part.workflow))
            .collect();
        assert_eq!(told, expected, "{code}");
    }

    #[test]
    fn chains_are_read_as_they_are_written() {
        check(
            "export const a = workflow(\"w\").sequence(\"s\").task(\"t\", f).operation(\"o\", {});",
            &[
                "Workflow w of w",
                "Sequence s of w",
                "Task t of w",
                "Operation o of w",
            ],
        );
        check(
            "const p = sequence(\"p\").parallel({ x: sequence(\"x\").task(\"t\", f), y: task(\"u\", f) }).workspace({});",
            &[
                "Workflow p of p",
                "Parallel parallel of p",
                "Branch x of p",
                "Task x.t of p",
                "Branch y of p",
                "Task y.u of p",
                "Workspace workspace of p",
            ],
        );
        check("const other = fetch(\"w\").then(\"t\");", &[]);
        check(
            "export default workflow(\"w\").task(`t`, f)",
            &["Workflow w of w", "Task t of w"],
        );
        check("const a = workflow(name).task(\"t\", f);", &[]);
    }

    #[test]
    fn what_does_not_parse_leaves_the_rest() {
        check(
            "import { from \"x\";\nexport const a = workflow(\"w\").task(\"t\", f);",
            &["Workflow w of w", "Task t of w"],
        );
    }
}
