//! What counts by its name, and by the version or the files of the module that it is from.

use super::{Fingerprinter, capture::Captured};
use crate::{
    digest::{Digest, hash_parts},
    modules::{BuiltInModule, ModuleId, ModuleOrigin},
};

impl<'js> Fingerprinter<'_, 'js> {
    /// Gives what an export counts with that is not looked into.
    pub(super) fn module_symbol(
        &mut self,
        module: ModuleId,
        specifier: &str,
        export: &str,
    ) -> Captured<'js> {
        let Some(target) = self.graph.module(module).link(specifier) else {
            return Captured::Named {
                label: hash_parts("module", [specifier.as_bytes()]),
                preview: None,
            };
        };
        let is_text = self.graph.module(target).origin == ModuleOrigin::Project;
        if is_text {
            return Captured::Text(self.text_node(&self.graph.module(target).path));
        }
        let (of_module, preview) = self.module_label(target, export);
        let parts = [&of_module.as_bytes()[..], export.as_bytes()];
        Captured::Named {
            label: hash_parts("export", parts),
            preview,
        }
    }

    /// Gives what `import.meta` of a module counts with: where in the project the module is.
    /// Where the project is does not count, here as anywhere.
    pub(super) fn module_place(&self, module: ModuleId) -> Captured<'js> {
        let path = &self.graph.module(module).path;
        let root = self.graph.sources.project_root();
        let path = path
            .strip_prefix(root)
            .unwrap_or(path)
            .display()
            .to_string();
        Captured::Named {
            label: hash_parts("import.meta", [path.as_bytes()]),
            preview: Some(path),
        }
    }

    pub(super) fn module_label(
        &mut self,
        target: ModuleId,
        export: &str,
    ) -> (Digest, Option<String>) {
        let module = self.graph.module(target);
        match &module.origin {
            ModuleOrigin::Package(package) => {
                let preview = format!("{}@{}", package.name, package.version);
                (self.packages.digest(self.graph, target), Some(preview))
            }
            ModuleOrigin::BuiltIn(BuiltInModule::Sdk) if matches!(export, "z" | "*") => {
                match module.link("zod") {
                    Some(zod) => self.module_label(zod, export),
                    None => (hash_parts("built-in", [&b"zod"[..]]), None),
                }
            }
            ModuleOrigin::BuiltIn(built_in) => {
                let name = built_in.specifier().as_bytes();
                (hash_parts("built-in", [name]), None)
            }
            ModuleOrigin::Node(name) => (hash_parts("node", [name.as_bytes()]), None),
            // It counts with its values or its text, for which nobody asks here.
            ModuleOrigin::Project => (hash_parts("project", []), None),
        }
    }
}
