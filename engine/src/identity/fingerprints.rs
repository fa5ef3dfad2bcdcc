//! What the functions and values of a definition are, as plain data: a digest of each, and what
//! each function captures, for whoever wants to know what changed.

use std::{collections::HashSet, fmt, ops::Range, sync::Arc};

use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::{
    label,
    value_graph::{DigestedValues, NodeId, ValueGraph},
};
use crate::{
    diagnostic::Diagnostic,
    digest::{Digest, hash_parts},
    modules::{
        ModuleGraph, ModuleId,
        functions::{CapturedName, FunctionUnit},
    },
    source::SourceRange,
};

/// Names the fingerprint of a handler, a schema or a plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FingerprintId(pub(super) NodeId);

/// Holds the fingerprints of one definition.
pub struct Fingerprints {
    graph: Arc<ModuleGraph>,
    pub(super) values: DigestedValues,
    pub(super) facts: Vec<NodeFacts>,
    /// What functions capture, that of one beside each other.
    pub(super) captured: Vec<CaptureFact>,
    has_secrets: bool,
    has_warnings: bool,
    /// What no code can be seen to use, because all code may use it.
    pub(crate) shared_warnings: Vec<Diagnostic>,
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
    /// The variables of the environment that the text of a module names.
    pub(super) variables: Vec<VariableFact>,
}

/// A variable of the environment, as it is now.
pub(crate) struct VariableFact {
    /// How code names it.
    pub(super) shown: CompactString,
    pub(super) value: PlainValue,
    pub(super) is_set: bool,
}

impl VariableFact {
    /// Writes whether the variable is set: it may be a secret that nobody has named as one.
    pub(super) fn preview(&self) -> &'static str {
        if self.is_set { "set" } else { "not set" }
    }
}

/// Says why a value cannot be seen as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum HiddenReason {
    Proxy,
    State,
    Bound,
    Environment,
}

/// Is what is known of a function or class.
pub(super) struct FunctionFacts {
    pub(super) module: ModuleId,
    /// Which of the module's functions and classes it is.
    pub(super) unit: usize,
    /// What it captures, among all that functions capture.
    pub(super) captures: Range<usize>,
}

/// Is something that a function captures.
pub(super) struct CaptureFact {
    /// Which of the names that the function takes from outside it is.
    pub(super) capture: usize,
    /// What it is called, where that is not the name alone.
    pub(super) shown: Option<CompactString>,
    pub(super) value: CaptureValue,
    pub(super) preview: Option<Arc<str>>,
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
    pub(super) bytes: SmallVec<[u8; 32]>,
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
pub(crate) fn shortened(text: &str) -> String {
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
    /// Whether it holds others, such as functions, which are listed for themselves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub holds_functions: bool,
    /// The texts with secrets in it, which only a machine's own key may turn into a digest.
    #[serde(skip)]
    pub(crate) secrets: Vec<String>,
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
        values: ValueGraph,
        facts: Vec<NodeFacts>,
        captured: Vec<CaptureFact>,
        shared_warnings: Vec<Diagnostic>,
    ) -> Self {
        Self::of_digested(graph, values.digested(), facts, captured, shared_warnings)
    }

    pub(super) fn of_digested(
        graph: Arc<ModuleGraph>,
        values: DigestedValues,
        facts: Vec<NodeFacts>,
        captured: Vec<CaptureFact>,
        shared_warnings: Vec<Diagnostic>,
    ) -> Self {
        Self {
            shared_warnings,
            has_secrets: facts.iter().any(NodeFacts::has_secrets)
                || captured.iter().any(|capture| !capture.secrets().is_empty()),
            has_warnings: facts.iter().any(NodeFacts::has_warnings),
            graph,
            values,
            facts,
            captured,
        }
    }

    /// Gives the whole of a fingerprint, without the secrets in it.
    #[must_use]
    pub fn hash(&self, id: FingerprintId) -> Digest {
        self.digest(id.0)
    }

    /// Gives what a function does by itself, whatever it captures.
    #[must_use]
    pub fn body(&self, id: FingerprintId) -> Digest {
        let function = self.facts(id.0).function.as_ref();
        function.map_or_else(|| self.digest(id.0), |function| self.unit(function).syntax)
    }

    /// Gives the texts with secrets that a fingerprint depends on.
    pub(crate) fn secrets(&self, id: FingerprintId) -> Vec<&str> {
        if !self.has_secrets {
            return Vec::new();
        }
        let reached = self.reached(id);
        let mut secrets: Vec<&str> = reached
            .into_iter()
            .flat_map(|node| self.secrets_of(self.facts(node)))
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
            let facts = self.facts(node);
            if let Some(function) = &facts.function {
                for capture in self.captured_by(function) {
                    self.list(capture, function, &mut listed);
                }
            }
            for variable in &facts.variables {
                listed.add(variable_capture(variable), None);
            }
        }
        listed.captures
    }

    fn list(&self, capture: &CaptureFact, inside: &FunctionFacts, listed: &mut Listing) {
        let name = self.name(capture, inside).to_owned();
        let one = match &capture.value {
            CaptureValue::Plain(plain) => Capture {
                name,
                fingerprint: plain_fingerprint(plain),
                value: match &capture.preview {
                    Some(preview) => Some(preview.to_string()),
                    None => plain.preview(),
                },
                place: None,
                holds_functions: false,
                secrets: plain.secrets.clone(),
            },
            CaptureValue::Node(node) => self.node_capture(name, capture, *node),
        };
        listed.add(one, self.unit(inside).name.as_deref());
    }

    fn node_capture(&self, name: String, capture: &CaptureFact, id: NodeId) -> Capture {
        let Some(function) = &self.facts(id).function else {
            return Capture {
                name,
                fingerprint: self.digest(id),
                value: capture.preview.as_deref().map(str::to_owned),
                place: None,
                holds_functions: self.holds_others(id),
                secrets: Vec::new(),
            };
        };
        Capture {
            name,
            fingerprint: self.unit(function).syntax,
            value: None,
            place: Some(self.code_place(function)),
            holds_functions: false,
            secrets: Vec::new(),
        }
    }

    /// Returns whether a value holds what is listed for itself: functions, and variables of the
    /// environment.
    fn holds_others(&self, id: NodeId) -> bool {
        self.reached(FingerprintId(id)).iter().any(|node| {
            let facts = self.facts(*node);
            facts.function.is_some() || !facts.variables.is_empty()
        })
    }

    /// Gives the module that the code of a function is in, and where.
    #[must_use]
    pub fn code(&self, id: FingerprintId) -> Option<(ModuleId, &Range<u32>)> {
        let function = self.facts(id.0).function.as_ref()?;
        Some((function.module, &self.unit(function).span))
    }

    fn code_place(&self, function: &FunctionFacts) -> CodePlace {
        let range = self.range(function, &self.unit(function).span);
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

    fn range(&self, function: &FunctionFacts, bytes: &Range<u32>) -> SourceRange {
        self.graph.module(function.module).range(bytes)
    }

    /// Gives what a function was made from.
    fn unit(&self, function: &FunctionFacts) -> &FunctionUnit {
        &self.graph.module(function.module).functions.units[function.unit]
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
            let facts = self.facts(node);
            warnings.extend(facts.warnings.iter().cloned());
            if let Some(function) = &facts.function {
                let captures = self.captured_by(function).iter();
                warnings.extend(captures.filter_map(|one| self.hidden_capture(function, one)));
            }
        }
        warnings
    }

    fn hidden_capture(
        &self,
        function: &FunctionFacts,
        capture: &CaptureFact,
    ) -> Option<Diagnostic> {
        let CaptureValue::Node(id) = capture.value else {
            return None;
        };
        let reason = self.hidden_below(id)?;
        let place = self.range(function, &self.source_of(capture, function).span);
        let name = self.name(capture, function);
        Some(super::unseen::hidden_value(name, reason, Some(place)))
    }

    fn hidden_below(&self, id: NodeId) -> Option<HiddenReason> {
        let hidden = |node: &NodeId| self.facts(*node).hidden;
        let is_data = |facts: &NodeFacts| facts.function.is_none();
        let of_data = self.walk(id, is_data).into_iter();
        let of_data = of_data.filter_map(|node| hidden(&node));
        let of_project = self.walk(id, |facts| is_data(facts) && !facts.is_packaged);
        of_data
            .filter(|reason| *reason != HiddenReason::Bound)
            .chain(of_project.iter().filter_map(hidden))
            .next()
    }

    /// Gives everything that is reached from a value, the nearest first.
    fn reached(&self, id: FingerprintId) -> Vec<NodeId> {
        self.walk(id.0, |_| true)
    }

    fn walk(&self, start: NodeId, goes_on: impl Fn(&NodeFacts) -> bool) -> Vec<NodeId> {
        let mut seen = HashSet::from([start]);
        let mut queue = vec![start];
        let mut next = 0;
        while let Some(id) = queue.get(next) {
            next += 1;
            if goes_on(self.facts(*id)) {
                let edges = self.values.edges(*id).iter();
                queue.extend(edges.copied().filter(|edge| seen.insert(*edge)));
            }
        }
        queue
    }

    fn captured_by(&self, function: &FunctionFacts) -> &[CaptureFact] {
        &self.captured[function.captures.clone()]
    }

    fn secrets_of<'f>(&'f self, facts: &'f NodeFacts) -> impl Iterator<Item = &'f str> {
        let function = facts.function.iter();
        let captured = function.flat_map(|function| self.captured_by(function));
        let captured = captured.flat_map(CaptureFact::secrets);
        let of_variables = facts
            .variables
            .iter()
            .flat_map(|variable| &variable.value.secrets);
        let all = facts.secrets.iter().chain(captured).chain(of_variables);
        all.map(String::as_str)
    }

    /// Gives what a capture was made from.
    fn source_of(&self, capture: &CaptureFact, inside: &FunctionFacts) -> &CapturedName {
        let functions = &self.graph.module(inside.module).functions;
        &functions.captures(self.unit(inside))[capture.capture]
    }

    fn name<'n>(&'n self, capture: &'n CaptureFact, inside: &FunctionFacts) -> &'n str {
        let shown = capture.shown.as_deref();
        shown.unwrap_or_else(|| &self.source_of(capture, inside).name)
    }

    fn digest(&self, id: NodeId) -> Digest {
        self.values.digest(id)
    }

    fn facts(&self, id: NodeId) -> &NodeFacts {
        &self.facts[id.index()]
    }
}

impl NodeFacts {
    fn has_secrets(&self) -> bool {
        let mut variables = self.variables.iter();
        !self.secrets.is_empty() || variables.any(|variable| !variable.value.secrets.is_empty())
    }

    fn has_warnings(&self) -> bool {
        self.hidden.is_some() || !self.warnings.is_empty()
    }
}

impl CaptureFact {
    fn secrets(&self) -> &[String] {
        match &self.value {
            CaptureValue::Plain(plain) => &plain.secrets,
            CaptureValue::Node(_) => &[],
        }
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

fn variable_capture(variable: &VariableFact) -> Capture {
    Capture {
        name: variable.shown.to_string(),
        fingerprint: plain_fingerprint(&variable.value),
        value: Some(variable.preview().to_owned()),
        place: None,
        holds_functions: false,
        secrets: variable.value.secrets.clone(),
    }
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
