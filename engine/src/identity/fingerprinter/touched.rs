//! What the config changes, while it is loaded, of what counts by its name only.

use rquickjs::Function;
use rustc_hash::FxHashMap;

use super::Fingerprinter;
use crate::{
    diagnostic::Diagnostic,
    identity::unseen,
    modules::{ModuleGraph, ModuleId, ModuleOrigin},
    sandbox::loader::rigkit,
};

impl Fingerprinter<'_, '_> {
    /// Lists what the project may change in the package that a module is of.
    pub(super) fn touched_package(&mut self, target: Option<ModuleId>) -> Vec<Diagnostic> {
        let Some(package) = target.and_then(|target| package_name(self.graph, target)) else {
            return Vec::new();
        };
        let touched = &mut self.touched_packages;
        let touched = touched.get_or_insert_with(|| touched_packages(self.graph));
        touched.get(package).cloned().unwrap_or_default()
    }

    /// Lists what the project changes in what the language brings, which any code may use.
    pub(super) fn touched_language(&self) -> rquickjs::Result<Vec<Diagnostic>> {
        let mut warnings = Vec::new();
        for (_, module) in self.graph.modules() {
            let globals = module.functions.touched.iter();
            for touched in globals.filter(|touched| touched.specifier.is_none()) {
                if self.is_of_language(&touched.name)? {
                    let place = module.range(&touched.span);
                    warnings.push(unseen::touched_language(&touched.name, place));
                }
            }
        }
        Ok(warnings)
    }

    /// Says whether a global was there before the config.
    fn is_of_language(&self, name: &str) -> rquickjs::Result<bool> {
        // Its members are globals, which are looked at when they are used.
        if name == "globalThis" {
            return Ok(false);
        }
        let is_own: bool = rigkit(&self.ctx)?
            .get::<_, Function>("isOwnGlobal")?
            .call((name,))?;
        Ok(!is_own)
    }
}

fn package_name(graph: &ModuleGraph, module: ModuleId) -> Option<&str> {
    match &graph.module(module).origin {
        ModuleOrigin::Package(package) => Some(&package.name),
        _ => None,
    }
}

/// Lists the statements of the project that may change a package, by its name.
fn touched_packages(graph: &ModuleGraph) -> FxHashMap<String, Vec<Diagnostic>> {
    let mut found: FxHashMap<String, Vec<Diagnostic>> = FxHashMap::default();
    for (_, module) in graph.modules() {
        for touched in &module.functions.touched {
            let specifier = touched.specifier.as_deref();
            let target = specifier.and_then(|specifier| module.link(specifier));
            let Some(package) = target.and_then(|target| package_name(graph, target)) else {
                continue;
            };
            let warning = unseen::touched_package(&touched.name, module.range(&touched.span));
            found.entry(package.to_owned()).or_default().push(warning);
        }
    }
    found
}
