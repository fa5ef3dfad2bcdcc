//! Reads functions and values in the sandbox, and everything that they capture and hold, into a
//! graph from which fingerprints are made. Every value is read once.

mod capture;
mod environment;
mod member;
mod origins;
mod symbol;
mod text;
mod touched;
mod unit;
mod value;

use std::{cell::OnceCell, path::PathBuf, sync::Arc};

use rquickjs::{Array, Ctx, Function, Object, Value};
use rustc_hash::{FxBuildHasher, FxHashMap};

use self::{
    member::{FollowedPath, Members},
    origins::{Origin, Origins},
};
use super::{
    fingerprints::{CaptureFact, FingerprintId, Fingerprints, HiddenReason, NodeFacts},
    label::Label,
    package_versions::PackageVersions,
    value_graph::{NodeId, ValueGraph},
};
use crate::{
    diagnostic::Diagnostic,
    modules::{IdentityUse, ModuleGraph, ModuleId, functions::FunctionUnit},
    project::LoadOptions,
    sandbox::{
        Secrets, Variables, check_limits,
        globals::{environment_values, library_function},
    },
};

/// Reads what is to have a fingerprint.
pub(crate) struct Fingerprinter<'a, 'js> {
    graph: &'a Arc<ModuleGraph>,
    variables: &'a Variables,
    secrets: Secrets,
    identity: IdentityUse,
    ctx: Ctx<'js>,
    origins: Origins<'js>,
    /// The values by which code reaches the environment.
    environment_values: Vec<Value<'js>>,
    structure: OnceCell<Structure<'js>>,
    members: OnceCell<Members<'js>>,
    values: ValueGraph,
    facts: Vec<NodeFacts>,
    /// What functions capture, that of one beside each other.
    captured: Vec<CaptureFact>,
    known: FxHashMap<Value<'js>, NodeId>,
    followed: FxHashMap<FollowedPath<'a>, (usize, Value<'js>)>,
    unread: Vec<(NodeId, Value<'js>)>,
    previews: FxHashMap<NodeId, Option<Arc<str>>>,
    /// The values of the bindings of each module, where all of them have one.
    bindings: FxHashMap<ModuleId, Option<Array<'js>>>,
    /// What each module exports, unless it has stopped half way.
    namespaces: FxHashMap<ModuleId, Option<Object<'js>>>,
    packages: PackageVersions,
    texts: FxHashMap<PathBuf, NodeId>,
    /// Whether the project may put something on the prototype of a function.
    names_prototypes: Option<bool>,
    /// What the project may change in packages, by their names.
    touched_packages: Option<FxHashMap<String, Vec<Diagnostic>>>,
}

/// Is what describes values in the sandbox; see `js/structure.js`.
struct Structure<'js> {
    describe: Function<'js>,
    describe_own_members: Function<'js>,
    is_exported: Function<'js>,
    is_packaged: Function<'js>,
    preview: Function<'js>,
}

impl<'a, 'js> Fingerprinter<'a, 'js> {
    pub(crate) fn new(
        ctx: &Ctx<'js>,
        graph: &'a Arc<ModuleGraph>,
        options: &'a LoadOptions,
    ) -> rquickjs::Result<Self> {
        let origins = Origins::new(ctx)?;
        let environment_values = environment_values(ctx)?.iter().collect::<Result<_, _>>()?;
        // Most of them are captured by something that has a fingerprint.
        let functions = match options.identity {
            IdentityUse::Full => origins.len(),
            IdentityUse::None => 0,
        };
        Ok(Self {
            origins,
            environment_values,
            structure: OnceCell::new(),
            members: OnceCell::new(),
            secrets: options.variables.secrets().clone(),
            identity: options.identity,
            ctx: ctx.clone(),
            graph,
            variables: &options.variables,
            values: ValueGraph::with_capacity(functions),
            facts: Vec::with_capacity(functions),
            captured: Vec::with_capacity(functions),
            known: FxHashMap::with_capacity_and_hasher(functions, FxBuildHasher),
            followed: FxHashMap::default(),
            unread: Vec::new(),
            previews: FxHashMap::default(),
            bindings: FxHashMap::default(),
            namespaces: FxHashMap::default(),
            packages: PackageVersions::default(),
            texts: FxHashMap::default(),
            names_prototypes: None,
            touched_packages: None,
        })
    }

    /// Reads a function or an object, such as a handler, a plugin or a schema.
    pub(crate) fn read(&mut self, value: &Value<'js>) -> rquickjs::Result<FingerprintId> {
        if self.identity == IdentityUse::None {
            return Ok(FingerprintId(self.nothing()));
        }
        let id = self.node_of(value);
        while let Some((node, value)) = self.unread.pop() {
            check_limits(&self.ctx)?;
            self.read_value(node, &value)?;
        }
        Ok(FingerprintId(id))
    }

    /// Gives the one node that stands for all where nobody wants to tell them apart.
    fn nothing(&mut self) -> NodeId {
        if self.facts.is_empty() {
            self.facts.push(NodeFacts::default());
            return self.values.reserve();
        }
        NodeId::FIRST
    }

    /// Makes the fingerprints of everything that was read.
    pub(crate) fn finish(self) -> rquickjs::Result<Fingerprints> {
        let of_language = self.touched_language()?;
        let graph = Arc::clone(self.graph);
        Ok(Fingerprints::new(
            graph,
            self.values,
            self.facts,
            self.captured,
            of_language,
        ))
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
        let hidden = if self.environment_values.contains(value) {
            Some(("environment", HiddenReason::Environment))
        } else {
            value.is_proxy().then_some(("proxy", HiddenReason::Proxy))
        };
        if let Some((kind, reason)) = hidden {
            self.set(id, &mut Label::new(kind), NodeFacts::hidden(reason));
            return Ok(());
        }
        match value.as_function() {
            Some(function) => match self.origins.find(function)? {
                Some(origin) => self.read_unit(id, function, &origin),
                None => self.read_described(id, value),
            },
            None => self.read_described(id, value),
        }
    }

    fn set(&mut self, id: NodeId, label: &mut Label, mut facts: NodeFacts) {
        facts.secrets.append(&mut label.secrets);
        self.values.set(id, &label.bytes, &label.edges);
        self.facts[id.index()] = facts;
    }

    /// Gives what a function or class was made from.
    fn unit(&self, origin: &Origin<'js>) -> Option<&'a FunctionUnit> {
        let graph: &'a ModuleGraph = self.graph;
        graph.get(origin.module)?.functions.units.get(origin.unit)
    }

    fn structure(&self) -> rquickjs::Result<&Structure<'js>> {
        if let Some(known) = self.structure.get() {
            return Ok(known);
        }
        let find = |name| library_function(&self.ctx, "structure", name);
        let structure = Structure {
            describe: find("describe")?,
            describe_own_members: find("describeOwnMembers")?,
            is_exported: find("isExported")?,
            is_packaged: find("isPackaged")?,
            preview: find("preview")?,
        };
        Ok(self.structure.get_or_init(|| structure))
    }
}
