//! Modules of the project that nobody has evaluated as modules: those that a handler imports
//! while it runs, and those in CommonJS. They count with their normalized text, with all of the
//! project that they reach, and with the variables of the environment that the text names.

use std::path::{Path, PathBuf};

use super::{Fingerprinter, late_variables::late_variables};
use crate::{
    diagnostic::Diagnostic,
    identity::{
        canonical::canonical_json, fingerprints::NodeFacts, label::Label, unseen,
        value_graph::NodeId,
    },
    modules::{ModuleFormat, ModuleGraph, ModuleOrigin},
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
        let text = normal_text(self.graph, path);
        let mut label = Label::new("text");
        label.text(&text);
        self.add_imports(path, &mut label, unread);
        self.add_requires(path, &mut label, unread);
        let warnings = self.add_late_variables(path, &text, &mut label);
        let facts = NodeFacts {
            warnings,
            ..NodeFacts::default()
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
    fn add_late_variables(&self, path: &Path, text: &str, label: &mut Label) -> Vec<Diagnostic> {
        let found = late_variables(text);
        for (name, is_secret) in &found.names {
            let value = self.variables.read(name, None, *is_secret);
            label.text(name);
            match value {
                Some(value) => self.add_text(&value, label),
                None => label.bytes(b'0', &[]),
            }
        }
        let place = self
            .graph
            .find(path)
            .map(|id| self.graph.module(id).range(&(0..0)));
        let warning = found.has_others.then_some(place).flatten();
        warning.map(unseen::whole_environment).into_iter().collect()
    }
}

fn normal_text(graph: &ModuleGraph, path: &Path) -> String {
    let module = graph.find(path).map(|id| graph.module(id));
    if let Some(module) = module.filter(|module| module.format == ModuleFormat::EsModule) {
        return module.code.clone();
    }
    let text = graph.sources.read(path).unwrap_or_default();
    let is_json = path
        .extension()
        .is_some_and(|extension| extension == "json");
    let normal = if is_json {
        serde_json::from_str(&text)
            .ok()
            .map(|value| canonical_json(&value))
    } else {
        graph.sources.normalized_text(path, &text)
    };
    normal.unwrap_or_else(|| text.to_string())
}
