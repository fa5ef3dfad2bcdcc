//! What the functions and values of a definition are, as plain data: a digest of each, and what
//! each function captures, for whoever wants to know what changed.

use std::{collections::HashSet, fmt, ops::Range, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{label, value_graph::NodeId};
use crate::{
    diagnostic::Diagnostic,
    digest::{Digest, hash_parts},
    modules::{ModuleGraph, ModuleId},
    source::SourceRange,
};

/// Names the fingerprint of a handler, a schema or a plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FingerprintId(pub(super) NodeId);

/// Holds the fingerprints of one definition.
pub struct Fingerprints {
    graph: Arc<ModuleGraph>,
    nodes: Vec<FingerprintNode>,
    has_secrets: bool,
    has_warnings: bool,
    /// What no code can be seen to use, because all code may use it.
    pub(crate) shared_warnings: Vec<Diagnostic>,
}

/// Is a function or a value that something of the definition consists of.
pub(super) struct FingerprintNode {
    pub(super) digest: Digest,
    /// What it holds by itself.
    pub(super) edges: Vec<NodeId>,
    pub(super) facts: NodeFacts,
}

/// Is what is known of a value beyond its digest.
#[derive(Default)]
pub(super) struct NodeFacts {
    pub(super) function: Option<FunctionFacts>,
    pub(super) secrets: Vec<String>,
    /// Why the value cannot be seen as a whole, if it cannot.
    pub(super) hidden: Option<HiddenReason>,
    /// Whether it is an instance of a class of a package, which shows in its data what its
    /// functions close over.
    pub(super) is_packaged: bool,
    pub(super) warnings: Vec<Diagnostic>,
}

/// Says why a value cannot be seen as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HiddenReason {
    Proxy,
    State,
    Bound,
}

/// Is what is known of a function or class.
pub(super) struct FunctionFacts {
    pub(super) name: Option<Box<str>>,
    pub(super) syntax: Digest,
    pub(super) place: CodeSpan,
    pub(super) captures: Vec<CaptureFact>,
}

/// Is something that a function captures.
pub(super) struct CaptureFact {
    pub(super) name: String,
    pub(super) value: CaptureValue,
    pub(super) preview: Option<Arc<str>>,
    pub(super) place: CodeSpan,
}

/// Is a stretch of a module.
#[derive(Debug, Clone)]
pub(super) struct CodeSpan {
    pub(super) module: ModuleId,
    pub(super) bytes: Range<u32>,
}

/// Is the value of a capture.
pub(super) enum CaptureValue {
    Node(NodeId),
    /// A value that holds nothing else.
    Plain(PlainValue),
}

/// Is a value that holds no other.
pub(super) struct PlainValue {
    /// All that tells it from another one, but for the secrets in it.
    pub(super) bytes: Vec<u8>,
    pub(super) secrets: Vec<String>,
}

impl PlainValue {
    /// Writes the value, if it is a text, as short as it is told apart by a person.
    fn preview(&self) -> Option<String> {
        let text = label::text_of(&self.bytes)?;
        let json = serde_json::to_string(text).ok()?;
        Some(shortened(&json))
    }
}

/// Cuts a text off where it gets too long to be read at a glance.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 120;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Is something that a handler depends on beyond its own code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// Its name, for people; not part of the identity.
    pub name: String,
    /// What it is by itself: for a function its own code, for a value all of it.
    pub fingerprint: Digest,
    /// A short text of it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Where the code of a function is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<CodePlace>,
    /// Whether it holds functions, which are listed for themselves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub holds_functions: bool,
}

/// Is where some code is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodePlace {
    /// The file, relative to the directory of the config.
    pub file: String,
    /// The first line, from 1.
    pub line: u32,
    /// The last line.
    pub end_line: u32,
}

impl fmt::Display for CodePlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file, self.line)?;
        if self.end_line > self.line {
            write!(formatter, "-{}", self.end_line)?;
        }
        Ok(())
    }
}

impl Fingerprints {
    pub(super) fn new(
        graph: Arc<ModuleGraph>,
        nodes: Vec<FingerprintNode>,
        shared_warnings: Vec<Diagnostic>,
    ) -> Self {
        Self {
            shared_warnings,
            has_secrets: nodes.iter().any(|node| node.facts.has_secrets()),
            has_warnings: nodes.iter().any(|node| node.facts.has_warnings()),
            graph,
            nodes,
        }
    }

    /// Gives the whole of a fingerprint, without the secrets in it.
    #[must_use]
    pub fn hash(&self, id: FingerprintId) -> Digest {
        self.node(id.0).digest
    }

    /// Gives what a function does by itself, whatever it captures.
    #[must_use]
    pub fn body(&self, id: FingerprintId) -> Digest {
        let node = self.node(id.0);
        let function = node.facts.function.as_ref();
        function.map_or(node.digest, |function| function.syntax)
    }

    /// Gives the texts with secrets that a fingerprint depends on.
    pub(crate) fn secrets(&self, id: FingerprintId) -> Vec<&str> {
        if !self.has_secrets {
            return Vec::new();
        }
        let reached = self.reached(id);
        let mut secrets: Vec<&str> = reached
            .into_iter()
            .flat_map(|node| self.node(node).facts.all_secrets())
            .collect();
        secrets.sort_unstable();
        secrets.dedup();
        secrets
    }

    /// Lists what a function depends on beyond its own code, at any depth: the nearest first.
    #[must_use]
    pub fn captures(&self, id: FingerprintId) -> Vec<Capture> {
        let mut listed = Listing::default();
        for node in self.reached(id) {
            if let Some(function) = &self.node(node).facts.function {
                for capture in &function.captures {
                    self.list(capture, function, &mut listed);
                }
            }
        }
        listed.captures
    }

    fn list(&self, capture: &CaptureFact, inside: &FunctionFacts, listed: &mut Listing) {
        let one = match &capture.value {
            CaptureValue::Plain(plain) => Capture {
                name: capture.name.clone(),
                fingerprint: plain_fingerprint(plain),
                value: match &capture.preview {
                    Some(preview) => Some(preview.to_string()),
                    None => plain.preview(),
                },
                place: None,
                holds_functions: false,
            },
            CaptureValue::Node(node) => self.node_capture(capture, *node),
        };
        listed.add(one, inside.name.as_deref());
    }

    fn node_capture(&self, capture: &CaptureFact, id: NodeId) -> Capture {
        let node = self.node(id);
        let Some(function) = &node.facts.function else {
            return Capture {
                name: capture.name.clone(),
                fingerprint: node.digest,
                value: capture.preview.as_deref().map(str::to_owned),
                place: None,
                holds_functions: self.holds_functions(id),
            };
        };
        Capture {
            name: capture.name.clone(),
            fingerprint: function.syntax,
            value: None,
            place: Some(self.code_place(function)),
            holds_functions: false,
        }
    }

    fn holds_functions(&self, id: NodeId) -> bool {
        self.reached(FingerprintId(id))
            .iter()
            .any(|node| self.node(*node).facts.function.is_some())
    }

    /// Gives where the code of a function is.
    #[must_use]
    pub fn code(&self, id: FingerprintId) -> Option<SourceRange> {
        let function = self.node(id.0).facts.function.as_ref()?;
        Some(self.range(&function.place))
    }

    fn code_place(&self, function: &FunctionFacts) -> CodePlace {
        let range = self.range(&function.place);
        let root = self.graph.module(ModuleGraph::ENTRY).path.parent();
        let file = root
            .and_then(|root| range.file.strip_prefix(root).ok())
            .unwrap_or(&range.file);
        CodePlace {
            file: file.display().to_string(),
            line: range.start.line,
            end_line: range.end.line,
        }
    }

    fn range(&self, place: &CodeSpan) -> SourceRange {
        self.graph.module(place.module).range(&place.bytes)
    }

    /// Lists what no fingerprint can see, or sees otherwise than one might think, of what a
    /// value depends on. It has a name and is used at a place.
    pub(crate) fn warnings(
        &self,
        id: FingerprintId,
        name: &str,
        place: impl FnOnce() -> Option<SourceRange>,
    ) -> Vec<Diagnostic> {
        if !self.has_warnings {
            return Vec::new();
        }
        let mut warnings = Vec::new();
        if let Some(reason) = self.hidden_below(id.0) {
            warnings.push(super::unseen::hidden_value(name, reason, place()));
        }
        for node in self.reached(id) {
            let facts = &self.node(node).facts;
            warnings.extend(facts.warnings.iter().cloned());
            let captures = facts
                .function
                .iter()
                .flat_map(|function| &function.captures);
            warnings.extend(captures.filter_map(|capture| self.hidden_capture(capture)));
        }
        warnings
    }

    fn hidden_capture(&self, capture: &CaptureFact) -> Option<Diagnostic> {
        let CaptureValue::Node(id) = capture.value else {
            return None;
        };
        let reason = self.hidden_below(id)?;
        Some(super::unseen::hidden_value(
            &capture.name,
            reason,
            Some(self.range(&capture.place)),
        ))
    }

    fn hidden_below(&self, id: NodeId) -> Option<HiddenReason> {
        let hidden = |node: &NodeId| self.node(*node).facts.hidden;
        let is_data = |node: &FingerprintNode| node.facts.function.is_none();
        let of_data = self.walk(id, is_data).into_iter();
        let of_data = of_data.filter_map(|node| hidden(&node));
        let of_project = self.walk(id, |node| is_data(node) && !node.facts.is_packaged);
        of_data
            .filter(|reason| *reason != HiddenReason::Bound)
            .chain(of_project.iter().filter_map(hidden))
            .next()
    }

    /// Gives everything that is reached from a value, the nearest first.
    fn reached(&self, id: FingerprintId) -> Vec<NodeId> {
        self.walk(id.0, |_| true)
    }

    fn walk(&self, start: NodeId, goes_on: impl Fn(&FingerprintNode) -> bool) -> Vec<NodeId> {
        let mut seen = HashSet::from([start]);
        let mut queue = vec![start];
        let mut next = 0;
        while let Some(id) = queue.get(next) {
            next += 1;
            let node = self.node(*id);
            if goes_on(node) {
                let edges = node.edges.iter().filter(|edge| seen.insert(**edge));
                queue.extend(edges.copied().collect::<Vec<_>>());
            }
        }
        queue
    }

    fn node(&self, id: NodeId) -> &FingerprintNode {
        &self.nodes[id.index()]
    }
}

impl NodeFacts {
    fn has_secrets(&self) -> bool {
        self.all_secrets().next().is_some()
    }

    fn has_warnings(&self) -> bool {
        self.hidden.is_some() || !self.warnings.is_empty()
    }

    fn all_secrets(&self) -> impl Iterator<Item = &str> {
        let captured = self.function.iter().flat_map(|function| &function.captures);
        let captured = captured.flat_map(|capture| match &capture.value {
            CaptureValue::Plain(plain) => plain.secrets.as_slice(),
            CaptureValue::Node(_) => &[],
        });
        self.secrets.iter().chain(captured).map(String::as_str)
    }
}

/// Fingerprints a value. The secrets in it are added by whoever has the machine's key.
fn plain_fingerprint(plain: &PlainValue) -> Digest {
    let tag = if plain.secrets.is_empty() {
        "plain"
    } else {
        "with-secrets"
    };
    hash_parts(tag, [plain.bytes.as_slice()])
}

/// Collects captures under names that differ.
#[derive(Default)]
struct Listing {
    captures: Vec<Capture>,
    names: HashSet<String>,
}

impl Listing {
    fn add(&mut self, mut capture: Capture, inside: Option<&str>) {
        let is_known = self.captures.iter().any(|known| {
            known.fingerprint == capture.fingerprint
                && known.place == capture.place
                && known.name == capture.name
        });
        if is_known {
            return;
        }
        if self.names.contains(&capture.name)
            && let Some(inside) = inside
        {
            capture.name = format!("{} in {inside}", capture.name);
        }
        let plain = capture.name.clone();
        let mut number = 2;
        while !self.names.insert(capture.name.clone()) {
            capture.name = format!("{plain} ({number})");
            number += 1;
        }
        self.captures.push(capture);
    }
}
