//! What a handler does, as far as a change of it can be told.
//!
//! This is the one seam through which the rest of the engine learns it. The fingerprint
//! covers the handler's own normalized source and the modules that it can reach: those of
//! the project by content, packages by name and installed version.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};

use rquickjs::{Ctx, Function, Object, function::This};
use serde::{Deserialize, Serialize};

use super::canonical::hash_parts;
use crate::{
    digest::Digest,
    modules::{ModuleFormat, ModuleGraph, ModuleId, ModuleOrigin},
    sandbox::loader::rigkit,
};

/// Is what a handler does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandlerFingerprint {
    /// The whole of it.
    pub hash: Digest,
    /// Its own source, without types, comments and formatting.
    pub body: Digest,
    /// What it depends on beyond its own source.
    pub captures: Arc<Vec<Capture>>,
}

/// Is something that a handler depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// Its name, for people; not part of the identity.
    pub name: String,
    /// What it is.
    pub fingerprint: Digest,
    /// A short text of it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Fingerprints the handlers of one definition; what two of them share is computed once.
pub(crate) struct Fingerprinter<'a> {
    graph: &'a ModuleGraph,
    project_root: &'a Path,
    reachable: HashMap<Option<ModuleId>, Arc<Vec<Capture>>>,
}

impl<'a> Fingerprinter<'a> {
    pub(crate) fn new(graph: &'a ModuleGraph, project_root: &'a Path) -> Self {
        Self {
            graph,
            project_root,
            reachable: HashMap::new(),
        }
    }

    /// Fingerprints a function that was handed to a builder in the module `written_in`.
    ///
    /// That module counts too: it may have given values to a factory that made the function.
    pub(crate) fn function<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        function: &Function<'js>,
        written_in: Option<ModuleId>,
    ) -> rquickjs::Result<HandlerFingerprint> {
        let source = source_of(ctx, function)?;
        let defined_in = function
            .get::<_, String>("fileName")
            .ok()
            .and_then(|name| self.graph.find_by_name(Path::new(&name)));
        let body = hash_parts("handler-body", [source.as_bytes()]);
        let mut modules = self.modules(defined_in).to_vec();
        if written_in != defined_in {
            let others = self.modules(written_in);
            modules.extend(others.iter().filter(|capture| !modules.contains(capture)).cloned().collect::<Vec<_>>());
        }
        Ok(fingerprint(body, Arc::new(modules)))
    }

    /// Fingerprints an object, such as a plugin or a schema: everything that it holds, at any
    /// depth, with its functions.
    pub(crate) fn object<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        object: &Object<'js>,
        written_in: Option<ModuleId>,
    ) -> rquickjs::Result<HandlerFingerprint> {
        let structure: Function = rigkit(ctx)?.get("structure")?;
        let structure: rquickjs::Array = structure.call((object.clone(),))?;
        let texts: Vec<String> = structure.get(0)?;
        let functions: Vec<Function> = structure.get(1)?;
        let mut captures = self.modules(written_in).to_vec();
        let mut parts: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
        for function in functions {
            let one = self.function(ctx, &function, written_in)?;
            let new = one.captures.iter().filter(|capture| !captures.contains(capture)).cloned();
            captures.extend(new.collect::<Vec<_>>());
            parts.push(one.body.as_bytes().to_vec());
        }
        let body = hash_parts("object-body", parts.iter().map(Vec::as_slice));
        Ok(fingerprint(body, Arc::new(captures)))
    }

    fn modules(&mut self, start: Option<ModuleId>) -> Arc<Vec<Capture>> {
        if let Some(known) = self.reachable.get(&start) {
            return Arc::clone(known);
        }
        let found = Arc::new(start.map(|start| self.reach(start)).unwrap_or_default());
        self.reachable.insert(start, Arc::clone(&found));
        found
    }

    fn reach(&self, start: ModuleId) -> Vec<Capture> {
        let mut seen = HashSet::from([start]);
        let mut queue = vec![start];
        let mut captures = Vec::new();
        while let Some(id) = queue.pop() {
            let module = self.graph.module(id);
            captures.push(self.capture(id));
            if module.origin != ModuleOrigin::Project {
                continue;
            }
            let links = module.imports.iter().filter_map(|import| module.link(&import.specifier));
            queue.extend(links.filter(|target| seen.insert(*target)));
        }
        captures.sort_by(|left, right| left.name.cmp(&right.name));
        captures.dedup();
        captures
    }

    fn capture(&self, id: ModuleId) -> Capture {
        let module = self.graph.module(id);
        let (name, fingerprint, value) = match &module.origin {
            ModuleOrigin::Project => {
                let name = module.path.strip_prefix(self.project_root).unwrap_or(&module.path);
                let text = if module.format == ModuleFormat::CommonJs { &*module.text } else { &module.code };
                let fingerprint = hash_parts("module", [text.as_bytes()]);
                (name.to_string_lossy().into_owned(), fingerprint, None)
            }
            ModuleOrigin::Package(package) => {
                let parts = [package.name.as_bytes(), package.version.as_bytes()];
                (package.name.clone(), hash_parts("package", parts), Some(package.version.clone()))
            }
            // What a built-in module does belongs to the format of the identity, not to its text.
            ModuleOrigin::BuiltIn(built_in) => {
                let name = built_in.specifier();
                (name.to_owned(), hash_parts("built-in", [name.as_bytes()]), None)
            }
            ModuleOrigin::Node(name) => (format!("node:{name}"), hash_parts("node", [name.as_bytes()]), None),
        };
        Capture { name, fingerprint, value }
    }
}

fn fingerprint(body: Digest, captures: Arc<Vec<Capture>>) -> HandlerFingerprint {
    // Names are left out: moving or renaming a file changes nothing.
    let mut hashes: Vec<&[u8]> = captures.iter().map(|capture| &capture.fingerprint.as_bytes()[..]).collect();
    hashes.sort_unstable();
    let parts = std::iter::once(&body.as_bytes()[..]).chain(hashes);
    HandlerFingerprint {
        hash: hash_parts("handler", parts),
        body,
        captures,
    }
}

fn source_of<'js>(ctx: &Ctx<'js>, function: &Function<'js>) -> rquickjs::Result<String> {
    let prototype: Object = ctx.globals().get::<_, Object>("Function")?.get("prototype")?;
    prototype.get::<_, Function>("toString")?.call((This(function.clone()),))
}
