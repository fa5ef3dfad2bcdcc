//! Reads functions and values in the sandbox, and everything that they capture and hold, into a
//! graph from which fingerprints are made. Every value is read once.

mod capture;
mod environment;
mod late_variables;
mod symbol;
mod text;
mod touched;
mod unit;
mod value;

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use rquickjs::{Array, Ctx, Function, Value};

use super::{
    fingerprints::{FingerprintId, FingerprintNode, Fingerprints, HiddenReason, NodeFacts},
    label::Label,
    package_versions::PackageVersions,
    value_graph::{NodeId, ValueGraph},
};
use crate::{
    diagnostic::Diagnostic,
    modules::{ModuleGraph, ModuleId, functions::FunctionUnit},
    sandbox::{Secrets, Variables, loader::rigkit},
};

/// Reads what is to have a fingerprint.
pub(crate) struct Fingerprinter<'a, 'js> {
    graph: &'a Arc<ModuleGraph>,
    variables: &'a Variables,
    secrets: Secrets,
    ctx: Ctx<'js>,
    origin_of: Function<'js>,
    values: ValueGraph,
    facts: Vec<NodeFacts>,
    known: HashMap<Value<'js>, NodeId>,
    unread: Vec<(NodeId, Value<'js>)>,
    readers: HashMap<ModuleId, Array<'js>>,
    packages: PackageVersions,
    texts: HashMap<PathBuf, NodeId>,
    /// What the project may change in packages, by their names.
    touched_packages: Option<HashMap<String, Vec<Diagnostic>>>,
}

/// Says where a function or class was made.
struct Origin<'js> {
    module: ModuleId,
    unit: usize,
    readers: Option<Function<'js>>,
}

impl<'a, 'js> Fingerprinter<'a, 'js> {
    pub(crate) fn new(
        ctx: &Ctx<'js>,
        graph: &'a Arc<ModuleGraph>,
        variables: &'a Variables,
    ) -> rquickjs::Result<Self> {
        Ok(Self {
            origin_of: rigkit(ctx)?.get("originOf")?,
            secrets: variables.secrets().clone(),
            ctx: ctx.clone(),
            graph,
            variables,
            values: ValueGraph::default(),
            facts: Vec::new(),
            known: HashMap::new(),
            unread: Vec::new(),
            readers: HashMap::new(),
            packages: PackageVersions::default(),
            texts: HashMap::new(),
            touched_packages: None,
        })
    }

    /// Reads a function or an object, such as a handler, a plugin or a schema.
    pub(crate) fn read(&mut self, value: &Value<'js>) -> rquickjs::Result<FingerprintId> {
        let id = self.node_of(value);
        while let Some((node, value)) = self.unread.pop() {
            self.read_value(node, &value)?;
        }
        Ok(FingerprintId(id))
    }

    /// Makes the fingerprints of everything that was read.
    pub(crate) fn finish(self) -> rquickjs::Result<Fingerprints> {
        let of_language = self.touched_language()?;
        let digests = self.values.digests();
        let nodes = self.values.nodes().iter().zip(digests).zip(self.facts);
        let nodes = nodes
            .map(|((node, digest), facts)| FingerprintNode {
                digest,
                edges: node.edges.clone(),
                facts,
            })
            .collect();
        let graph = Arc::clone(self.graph);
        Ok(Fingerprints::new(graph, nodes, of_language))
    }

    fn node_of(&mut self, value: &Value<'js>) -> NodeId {
        if let Some(known) = self.known.get(value) {
            return *known;
        }
        let id = self.reserve();
        self.known.insert(value.clone(), id);
        self.unread.push((id, value.clone()));
        id
    }

    fn reserve(&mut self) -> NodeId {
        self.facts.push(NodeFacts::default());
        self.values.reserve()
    }

    fn read_value(&mut self, id: NodeId, value: &Value<'js>) -> rquickjs::Result<()> {
        if value.is_proxy() {
            self.set(
                id,
                Label::new("proxy"),
                NodeFacts::hidden(HiddenReason::Proxy),
            );
            return Ok(());
        }
        match value.as_function() {
            Some(function) => match self.origin(function)? {
                Some(origin) => self.read_unit(id, function, &origin),
                None => self.read_described(id, value),
            },
            None => self.read_described(id, value),
        }
    }

    fn set(&mut self, id: NodeId, label: Label, mut facts: NodeFacts) {
        let mut label = label;
        facts.secrets.append(&mut label.secrets);
        self.values.set(id, label.into_node());
        self.facts[id.index()] = facts;
    }

    fn origin(&self, function: &Function<'js>) -> rquickjs::Result<Option<Origin<'js>>> {
        const NUMBERS_PER_MODULE: u32 = 16_777_216;
        let origin: Option<Array> = self.origin_of.call((function.clone(),))?;
        let Some(origin) = origin else {
            return Ok(None);
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "both parts of the number were 32 bits wide"
        )]
        let (module, unit) = {
            let number: f64 = origin.get(0)?;
            let per_module = f64::from(NUMBERS_PER_MODULE);
            ((number / per_module) as u32, (number % per_module) as usize)
        };
        Ok(Some(Origin {
            module: ModuleId(module),
            unit,
            readers: origin.get(1)?,
        }))
    }

    /// Gives what a function or class was made from.
    fn unit(&self, origin: &Origin<'js>) -> Option<&'a FunctionUnit> {
        let graph: &'a ModuleGraph = self.graph;
        graph.get(origin.module)?.functions.units.get(origin.unit)
    }
}
