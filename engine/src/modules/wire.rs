//! The form in which a loaded graph goes to a confined evaluation, which has no files.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock},
};

use serde::{Deserialize, Serialize};

use super::{
    call_site::CallSite,
    functions::ModuleFunctions,
    graph::ModuleGraph,
    import::Import,
    module::{Module, ModuleId, ModuleOrigin},
    resolve::{BuiltInModule, PackageIdentity, ResolvedFile, Target},
    sources::GraphSources,
    transpile::ModuleFormat,
};
use crate::{
    sandbox::node_builtins,
    wire::{Malformed, WirePath, checked_index},
};

/// All modules of a graph, in their order.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WireGraph<'a> {
    #[serde(borrow)]
    modules: Vec<WireModule<'a>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireModule<'a> {
    path: WirePath,
    origin: WireOrigin<'a>,
    #[serde(borrow)]
    text: Cow<'a, str>,
    #[serde(borrow)]
    code: Cow<'a, str>,
    call_sites: Cow<'a, [CallSite]>,
    functions: Cow<'a, ModuleFunctions>,
    imports: Cow<'a, [Import]>,
    default_export: Option<std::ops::Range<u32>>,
    format: ModuleFormat,
    links: Vec<(Cow<'a, str>, u32)>,
}

#[derive(Debug, Serialize, Deserialize)]
enum WireOrigin<'a> {
    Project,
    Package(Cow<'a, PackageIdentity>),
    BuiltIn(BuiltInModule),
    Node(Cow<'a, str>),
}

impl<'a> WireGraph<'a> {
    pub(crate) fn of(graph: &'a ModuleGraph) -> Self {
        Self {
            modules: graph
                .modules()
                .map(|(_, module)| WireModule::of(module))
                .collect(),
        }
    }

    /// Returns the graph, which asks `sources` for whatever it does not hold.
    pub(crate) fn decode(self, sources: Arc<dyn GraphSources>) -> Result<ModuleGraph, Malformed> {
        let count = self.modules.len();
        let mut modules = Vec::with_capacity(count);
        for module in self.modules {
            modules.push(module.decode(count)?);
        }
        Ok(ModuleGraph::of_modules(modules, sources))
    }
}

impl<'a> WireModule<'a> {
    fn of(module: &'a Module) -> Self {
        Self {
            path: WirePath::of(&module.path),
            origin: match &module.origin {
                ModuleOrigin::Project => WireOrigin::Project,
                ModuleOrigin::Package(package) => WireOrigin::Package(Cow::Borrowed(package)),
                ModuleOrigin::BuiltIn(module) => WireOrigin::BuiltIn(*module),
                ModuleOrigin::Node(name) => WireOrigin::Node(Cow::Borrowed(name)),
            },
            text: Cow::Borrowed(&module.text),
            code: Cow::Borrowed(&module.code),
            call_sites: Cow::Borrowed(&module.call_sites),
            functions: Cow::Borrowed(&module.functions),
            imports: Cow::Borrowed(&module.imports),
            default_export: module.default_export.clone(),
            format: module.format,
            links: module
                .links
                .iter()
                .map(|(specifier, id)| (Cow::Borrowed(specifier.as_str()), id.0))
                .collect(),
        }
    }

    fn decode(self, count: usize) -> Result<Module, Malformed> {
        let links = self.links.into_iter().map(|(specifier, id)| {
            checked_index(id as usize, count, "module")?;
            Ok((specifier.into_owned(), ModuleId(id)))
        });
        Ok(Module {
            path: self.path.decode(),
            origin: self.origin.decode()?,
            text: Arc::from(self.text),
            code: self.code.into_owned(),
            call_sites: self.call_sites.into_owned(),
            functions: self.functions.into_owned(),
            imports: self.imports.into_owned(),
            default_export: self.default_export,
            format: self.format,
            links: links.collect::<Result<_, Malformed>>()?,
            lines: OnceLock::new(),
        })
    }
}

impl WireOrigin<'_> {
    fn decode(self) -> Result<ModuleOrigin, Malformed> {
        Ok(match self {
            Self::Project => ModuleOrigin::Project,
            Self::Package(package) => ModuleOrigin::Package(package.into_owned()),
            Self::BuiltIn(module) => ModuleOrigin::BuiltIn(module),
            Self::Node(name) => ModuleOrigin::Node(known_node_module(&name)?),
        })
    }
}

impl ModuleGraph {
    /// Puts a graph together from modules that are linked already.
    fn of_modules(modules: Vec<Module>, sources: Arc<dyn GraphSources>) -> Self {
        let ids = || (0..).map(ModuleId);
        let targets = modules.iter().map(target_of).zip(ids());
        let names = modules.iter().map(|module| module.path.clone()).zip(ids());
        Self {
            by_target: targets.collect::<HashMap<_, _>>(),
            by_name: names.collect(),
            node_requires: Mutex::default(),
            file_requires: Mutex::default(),
            modules,
            sources,
        }
    }
}

fn target_of(module: &Module) -> Target {
    match &module.origin {
        ModuleOrigin::BuiltIn(built_in) => Target::BuiltIn(*built_in),
        ModuleOrigin::Node(name) => Target::Node(name),
        ModuleOrigin::Project | ModuleOrigin::Package(_) => Target::File(module.path.clone()),
    }
}

/// Where an import leads.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WireResolved {
    target: WireTarget,
    format: Option<ModuleFormat>,
    package: Option<PackageIdentity>,
}

#[derive(Debug, Serialize, Deserialize)]
enum WireTarget {
    File(WirePath),
    BuiltIn(BuiltInModule),
    Node(String),
}

impl WireResolved {
    pub(crate) fn of(resolved: &ResolvedFile) -> Self {
        Self {
            target: match &resolved.target {
                Target::File(path) => WireTarget::File(WirePath::of(path)),
                Target::BuiltIn(module) => WireTarget::BuiltIn(*module),
                Target::Node(name) => WireTarget::Node((*name).to_owned()),
            },
            format: resolved.format,
            package: resolved.package.clone(),
        }
    }

    pub(crate) fn decode(self) -> Result<ResolvedFile, Malformed> {
        Ok(ResolvedFile {
            target: match self.target {
                WireTarget::File(path) => Target::File(path.decode()),
                WireTarget::BuiltIn(module) => Target::BuiltIn(module),
                WireTarget::Node(name) => Target::Node(known_node_module(&name)?),
            },
            format: self.format,
            package: self.package,
        })
    }
}

fn known_node_module(name: &str) -> Result<&'static str, Malformed> {
    node_builtins::is_node_builtin(&format!("node:{name}")).ok_or(Malformed("module of Node.js"))
}
