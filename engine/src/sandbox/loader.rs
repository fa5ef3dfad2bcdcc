//! Hands the modules of a graph to the language runtime.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rquickjs::{
    Ctx, Error, Function, Module, Object, Result,
    loader::{ImportAttributes, Loader, Resolver},
    module::Declared,
};

use super::{compiled, globals::host_object};
use crate::modules::{ModuleFormat, ModuleGraph, ModuleId};

/// Answers imports from the links that the graph has found.
pub(crate) struct GraphResolver(pub(crate) Arc<ModuleGraph>);

impl Resolver for GraphResolver {
    fn resolve<'js>(
        &mut self,
        _: &Ctx<'js>,
        base: &str,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        if base.is_empty() || base == ENTRY_REFERRER || compiled::is_importable(name) {
            return Ok(name.to_owned());
        }
        let found = find(&self.0, base).and_then(|id| self.0.module(id).link(name));
        match found {
            Some(id) => Ok(module_name(&self.0, id)),
            None => Err(Error::new_resolving(base, name)),
        }
    }
}

/// The referrer of the imports that the engine itself asks for.
pub(crate) const ENTRY_REFERRER: &str = "rigkit:engine";

/// Gives the name under which the runtime knows a module.
pub(crate) fn module_name(graph: &ModuleGraph, id: ModuleId) -> String {
    graph.module(id).path.to_string_lossy().into_owned()
}

/// Finds a module by the name under which the runtime knows it.
pub(crate) fn find(graph: &ModuleGraph, name: &str) -> Option<ModuleId> {
    graph.find_by_name(Path::new(name))
}

/// Evaluates modules of the graph, and CommonJS modules as soon as they are imported.
pub(crate) struct GraphLoader(pub(crate) Arc<ModuleGraph>);

impl Loader for GraphLoader {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        if compiled::is_importable(name) {
            return compiled::declare(ctx, name);
        }
        let id = find(&self.0, name).ok_or_else(|| Error::new_loading(name))?;
        let graph = Arc::clone(&self.0);
        declare(ctx, &graph, id)
    }
}

/// Compiles a module and gives it its `import.meta`.
pub(crate) fn declare<'js>(
    ctx: &Ctx<'js>,
    graph: &ModuleGraph,
    id: ModuleId,
) -> Result<Module<'js, Declared>> {
    let module = graph.module(id);
    let name = module_name(graph, id);
    let declared = if module.format == ModuleFormat::CommonJs {
        Module::declare(ctx.clone(), name, common_js_bridge(ctx, &module.path)?)?
    } else {
        Module::declare(ctx.clone(), name, module.code.as_str())?
    };
    describe(ctx, &declared.meta()?, &module.path, id)?;
    Ok(declared)
}

fn describe<'js>(ctx: &Ctx<'js>, meta: &Object<'js>, path: &Path, id: ModuleId) -> Result<()> {
    let describe: Function = rigkit(ctx)?.get("describeModule")?;
    describe.call::<_, ()>((meta.clone(), id.0))?;
    if path.is_absolute() {
        let url = url::Url::from_file_path(path)
            .map(String::from)
            .unwrap_or_default();
        meta.set("url", url)?;
        meta.set("filename", path.to_string_lossy().into_owned())?;
        let directory: PathBuf = path.parent().map(Path::to_path_buf).unwrap_or_default();
        meta.set("dirname", directory.to_string_lossy().into_owned())?;
    }
    Ok(())
}

/// Gives the object through which built-in modules and the engine talk.
pub(crate) fn rigkit<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    host_object(ctx)
}

/// Writes an ES module that exports what a CommonJS module exports.
///
/// The module is evaluated now, so its exports are known, where Node would guess them from
/// the text.
fn common_js_bridge(ctx: &Ctx<'_>, path: &Path) -> Result<String> {
    let require: Function = rigkit(ctx)?.get("requireCommonJs")?;
    let name = path.to_string_lossy();
    let names: Vec<String> = rigkit(ctx)?
        .get::<_, Function>("exportNames")?
        .call((require.call::<_, rquickjs::Value>((&*name,))?,))?;
    let key = serde_json::Value::from(&*name).to_string();
    let mut source = format!(
        "const exported = globalThis.__rigkit.requireCommonJs({key});\nexport default exported;\n"
    );
    for (index, name) in names.iter().enumerate() {
        let name = serde_json::Value::from(name.as_str()).to_string();
        source.push_str(&format!(
            "const name{index} = exported[{name}];\nexport {{ name{index} as {name} }};\n"
        ));
    }
    Ok(source)
}
