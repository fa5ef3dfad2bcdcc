//! Values that are no code of the project: what they hold, and a short text of them.

use std::{path::Path, sync::Arc};

use rquickjs::{Array, Coerced, Function, Module, Object, Value};

use super::Fingerprinter;
use crate::{
    identity::{
        fingerprints::{HiddenReason, NodeFacts, shortened},
        label::Label,
        value_graph::NodeId,
    },
    modules::{
        ModuleFormat,
        functions::{FunctionUnit, UnitKind},
    },
    sandbox::{check_limits, loader::rigkit},
};

impl<'js> Fingerprinter<'_, 'js> {
    /// Reads an object, or a function that no module of the project made.
    pub(super) fn read_described(
        &mut self,
        id: NodeId,
        value: &Value<'js>,
    ) -> rquickjs::Result<()> {
        let described: Array = self.structure()?.describe.call((value.clone(),))?;
        let mut label = Label::new("value");
        self.add_description(&described, &mut label)?;
        let is_hidden: bool = described.get(1)?;
        let hides = is_hidden
            || self.hides_state(&described)?
            || self.is_made_by_package(value, &described)?;
        let reason = if value.is_function() {
            HiddenReason::Bound
        } else {
            HiddenReason::State
        };
        let is_packaged =
            !value.is_function() && self.structure()?.is_packaged.call((value.clone(),))?;
        let facts = NodeFacts {
            hidden: hides.then_some(reason),
            is_packaged,
            ..NodeFacts::default()
        };
        self.set(id, &mut label, facts);
        Ok(())
    }

    /// Says whether a function of a package is one that the package made for somebody, such as
    /// what a call has given, and not one of those that it exports.
    fn is_made_by_package(
        &self,
        value: &Value<'js>,
        described: &Array<'js>,
    ) -> rquickjs::Result<bool> {
        let files: Vec<String> = described.get(2)?;
        let Some(file) = files.first().filter(|_| value.is_function()) else {
            return Ok(false);
        };
        let Some(exports) = self.exports(file) else {
            return Ok(true);
        };
        let is_exported: bool = self
            .structure()?
            .is_exported
            .call((value.clone(), exports))?;
        Ok(!is_exported)
    }

    /// Gives what a module of a package exports.
    fn exports(&self, file: &str) -> Option<Value<'js>> {
        let module = self.graph.find_by_name(Path::new(file));
        let is_module =
            module.is_some_and(|module| self.graph.module(module).format == ModuleFormat::EsModule);
        if is_module {
            return self.import(Path::new(file)).map(Object::into_value);
        }
        let exports = rigkit(&self.ctx)
            .and_then(|rigkit| rigkit.get::<_, Function>("requireCommonJs"))
            .and_then(|require| require.call((file,)));
        if exports.is_err() {
            // What it threw is nobody's.
            drop(self.ctx.catch());
        }
        exports.ok()
    }

    /// Gives the exports of a module that has been evaluated.
    pub(super) fn import(&self, path: &Path) -> Option<Object<'js>> {
        let name = path.to_string_lossy();
        let exports = Module::import(&self.ctx, &*name).and_then(|promise| promise.finish());
        if exports.is_err() {
            // What it threw is nobody's.
            drop(self.ctx.catch());
        }
        exports.ok()
    }

    /// Says whether a value is an instance of a class of the project with private fields.
    fn hides_state(&mut self, described: &Array<'js>) -> rquickjs::Result<bool> {
        let mut class: Option<Function> = described
            .get::<Value>(3)
            .ok()
            .and_then(Value::into_function);
        let is_instance = described.get::<String>(0)?.starts_with("Object ");
        while let Some(current) = class.filter(|_| is_instance) {
            let Some(origin) = self.origins.find(&current)? else {
                return Ok(false);
            };
            if let Some(FunctionUnit {
                kind:
                    UnitKind::Class {
                        has_private_state: true,
                        ..
                    },
                ..
            }) = self.unit(&origin)
            {
                return Ok(true);
            }
            class = current
                .as_object()
                .and_then(Object::get_prototype)
                .and_then(|parent| parent.into_value().into_function());
        }
        Ok(false)
    }

    pub(super) fn add_description(
        &mut self,
        described: &Array<'js>,
        label: &mut Label,
    ) -> rquickjs::Result<()> {
        let kind: String = described.get(0)?;
        self.add_text(&kind, label);
        let files: Vec<String> = described.get(2)?;
        for file in files {
            self.add_file(Path::new(&file), label);
        }
        for part in described.iter::<Value>().skip(3) {
            self.add_part(&part?, label)?;
        }
        Ok(())
    }

    /// Adds the file that a function is from which nobody can look into.
    fn add_file(&mut self, file: &Path, label: &mut Label) {
        if let Some(version) = self.packages.file_digest(self.graph, file) {
            label.bytes(b'v', version.as_bytes());
        } else {
            let text = self.text_node(file);
            label.edge(text);
        }
    }

    fn add_part(&mut self, value: &Value<'js>, label: &mut Label) -> rquickjs::Result<()> {
        if value.is_object() || value.is_function() {
            let node = self.node_of(value);
            label.edge(node);
            return Ok(());
        }
        self.add_plain(value, label)
    }

    pub(super) fn add_plain(&self, value: &Value<'js>, label: &mut Label) -> rquickjs::Result<()> {
        // A list can name one long text a thousand times.
        check_limits(&self.ctx)?;
        if value.is_string() {
            match value.get::<String>() {
                Ok(text) => self.add_text(&text, label),
                Err(_) => label.bytes(b'h', self.escaped(value)?.as_bytes()),
            }
        } else if let Some(number) = value.as_number() {
            let number = if number.is_nan() { f64::NAN } else { number };
            label.bytes(b'f', &number.to_bits().to_le_bytes());
        } else if let Some(symbol) = value.as_symbol() {
            let description = self.escaped(&symbol.description()?)?;
            label.bytes(b'y', description.as_bytes());
        } else {
            let kind = value.type_name();
            let text: Coerced<String> = value.get()?;
            label.bytes(b'k', kind.as_bytes());
            label.bytes(b'l', text.0.as_bytes());
        }
        Ok(())
    }

    /// Writes a text as JSON, which also has a way to write half a character.
    fn escaped(&self, text: &Value<'js>) -> rquickjs::Result<String> {
        let json = self.ctx.json_stringify(text.clone())?;
        json.map_or_else(|| Ok(String::new()), |json| json.to_string())
    }

    pub(super) fn add_text(&self, text: &str, label: &mut Label) {
        if self.secrets.find(text).is_some() {
            label.secret(&self.secrets.mask(text), text);
        } else {
            label.text(text);
        }
    }

    /// Writes a short text of an object, once.
    pub(super) fn preview_of(
        &mut self,
        node: NodeId,
        value: &Value<'js>,
    ) -> rquickjs::Result<Option<Arc<str>>> {
        if let Some(known) = self.previews.get(&node) {
            return Ok(known.clone());
        }
        let preview = self.preview(value)?;
        self.previews.insert(node, preview.clone());
        Ok(preview)
    }

    pub(super) fn preview(&self, value: &Value<'js>) -> rquickjs::Result<Option<Arc<str>>> {
        if value.is_function() || value.is_proxy() {
            return Ok(None);
        }
        let text: Option<String> = if value.is_string() {
            Some(self.escaped(value)?)
        } else if value.is_object() {
            self.structure()?.preview.call((value.clone(),))?
        } else if value.is_symbol() {
            None
        } else {
            Some(value.get::<Coerced<String>>()?.0)
        };
        Ok(text.map(|text| shortened(&self.secrets.mask(&text)).into()))
    }
}
