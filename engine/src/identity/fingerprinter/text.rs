//! Modules of the project that nobody has evaluated as modules: those that a handler imports
//! while it runs, and those in CommonJS. They count with their normalized text, with all of the
//! project that they reach, and with the variables of the environment that the text names.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::Fingerprinter;
use crate::{
    identity::{
        canonical::canonical_json, fingerprints::NodeFacts, label::Label, unseen,
        value_graph::NodeId,
    },
    modules::{ModuleFormat, ModuleGraph, ModuleOrigin, environment_reads},
    source::{LineIndex, SourceRange},
};

impl Fingerprinter<'_, '_> {
    /// Gives the node of a module that counts with its text.
    pub(super) fn text_node(&mut self, start: &Path) -> NodeId {
        let (id, is_new) = self.known_text(start);
        let mut unread = if is_new {
            vec![(id, start.to_path_buf())]
        } else {
            Vec::new()
        };
        while let Some((id, path)) = unread.pop() {
            self.read_text(id, &path, &mut unread);
        }
        id
    }

    fn known_text(&mut self, path: &Path) -> (NodeId, bool) {
        if let Some(known) = self.texts.get(path) {
            return (*known, false);
        }
        let id = self.reserve();
        self.texts.insert(path.to_path_buf(), id);
        (id, true)
    }

    fn read_text(&mut self, id: NodeId, path: &Path, unread: &mut Vec<(NodeId, PathBuf)>) {
        let text = text_of(self.graph, path);
        let mut label = Label::new("text");
        label.text(&normal_text(self.graph, path, &text));
        self.add_imports(path, &mut label, unread);
        self.add_requires(path, &mut label, unread);
        let facts = if is_json(path) {
            NodeFacts::default()
        } else {
            self.add_late_variables(path, &text, &mut label)
        };
        self.set(id, &mut label, facts);
    }

    fn add_imports(&mut self, path: &Path, label: &mut Label, unread: &mut Vec<(NodeId, PathBuf)>) {
        let Some(module) = self.graph.find(path).map(|id| self.graph.module(id)) else {
            return;
        };
        for import in &module.imports {
            match module.link(&import.specifier) {
                None => label.text(&import.specifier),
                Some(target) if self.graph.module(target).origin == ModuleOrigin::Project => {
                    let path = self.graph.module(target).path.clone();
                    self.add_text_edge(path, label, unread);
                }
                Some(target) => {
                    let (digest, _) = self.module_label(target, "*");
                    label.bytes(b'n', digest.as_bytes());
                }
            }
        }
    }

    fn add_requires(
        &mut self,
        path: &Path,
        label: &mut Label,
        unread: &mut Vec<(NodeId, PathBuf)>,
    ) {
        let required = self.packages.required(self.graph).get(path);
        for file in required.cloned().unwrap_or_default() {
            if file.package.is_none() {
                self.add_text_edge(file.path, label, unread);
            } else {
                let digest = self.packages.required_digest(self.graph, &file);
                label.bytes(b'n', digest.as_bytes());
            }
        }
    }

    fn add_text_edge(
        &mut self,
        path: PathBuf,
        label: &mut Label,
        unread: &mut Vec<(NodeId, PathBuf)>,
    ) {
        let (id, is_new) = self.known_text(&path);
        label.edge(id);
        if is_new {
            unread.push((id, path));
        }
    }

    /// Adds the variables that a text names; warns where it may use others.
    fn add_late_variables(&self, path: &Path, text: &Arc<str>, label: &mut Label) -> NodeFacts {
        let reads = environment_reads(path, text);
        let variables = reads.named.iter();
        let variables: Vec<_> = variables
            .map(|variable| self.variable(&variable.name, variable.way))
            .collect();
        for variable in &variables {
            label.bytes(b'e', &variable.value.bytes);
        }
        let others = reads.others.map(|bytes| place_in(path, text, bytes));
        NodeFacts {
            warnings: others
                .map(unseen::passed_on_environment)
                .into_iter()
                .collect(),
            variables,
            ..NodeFacts::default()
        }
    }
}

fn place_in(path: &Path, text: &Arc<str>, bytes: Range<u32>) -> SourceRange {
    SourceRange::new(path, &LineIndex::new(Arc::clone(text)), bytes)
}

/// Returns the text of a file as it is written.
fn text_of(graph: &ModuleGraph, path: &Path) -> Arc<str> {
    match graph.find(path).map(|id| graph.module(id)) {
        Some(module) => Arc::clone(&module.text),
        None => graph.sources.read(path).unwrap_or_default(),
    }
}

fn is_json(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "json")
}

fn normal_text(graph: &ModuleGraph, path: &Path, text: &str) -> String {
    let module = graph.find(path).map(|id| graph.module(id));
    if let Some(module) = module.filter(|module| module.format == ModuleFormat::EsModule) {
        return module.code.clone();
    }
    let normal = if is_json(path) {
        serde_json::from_str(text)
            .ok()
            .map(|value| canonical_json(&value))
    } else {
        graph.sources.normalized_text(path, text)
    };
    normal.unwrap_or_else(|| text.to_owned())
}
