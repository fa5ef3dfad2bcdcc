//! Functions and classes of the project: their code, and readers of the variables around them.

use std::{mem, sync::Arc};

use compact_str::CompactString;
use rquickjs::{Array, Atom, Filter, Function, Object, Value};

use super::{Fingerprinter, capture::Captured, origins::Origin};
use crate::{
    identity::{
        fingerprints::{CaptureFact, CaptureValue, FunctionFacts, HiddenReason, NodeFacts},
        label::Label,
        value_graph::NodeId,
    },
    modules::{
        ModuleGraph, ModuleId,
        functions::{FunctionUnit, UnitKind},
    },
    sandbox::loader::rigkit,
};

impl<'a, 'js> Fingerprinter<'a, 'js> {
    /// Reads a function or class of the project: its code, and what it captures.
    pub(super) fn read_unit(
        &mut self,
        id: NodeId,
        function: &Function<'js>,
        origin: &Origin<'js>,
    ) -> rquickjs::Result<()> {
        let Some(unit) = self.unit(origin) else {
            return self.read_described(id, function.as_value());
        };
        let graph: &'a ModuleGraph = self.graph;
        let captures = graph.module(origin.module).functions.captures(unit);
        let mut reading = UnitReading {
            label: Label::new("unit"),
            facts: NodeFacts::default(),
            captures: mem::take(&mut self.captured),
            capture: 0,
        };
        let first = reading.captures.len();
        reading.label.bytes(b's', unit.syntax.as_bytes());
        for (index, capture) in captures.iter().enumerate() {
            reading.capture = index;
            self.read_capture(capture, origin, &mut reading)?;
        }
        if self.may_have_members(function, unit) {
            self.read_own_members(function, &mut reading.label)?;
        }
        if matches!(
            unit.kind,
            UnitKind::Class {
                has_private_statics: true,
                ..
            }
        ) {
            reading.facts.hidden = Some(HiddenReason::State);
        }
        reading.facts.function = Some(FunctionFacts {
            module: origin.module,
            unit: origin.unit,
            captures: first..reading.captures.len(),
        });
        self.captured = reading.captures;
        self.set(id, &mut reading.label, reading.facts);
        Ok(())
    }

    /// Says whether more was put on a function than it is made with: `length`, `name` and, unless
    /// it is an arrow, a prototype. That of a plain function is made when it is asked for.
    fn may_have_members(&mut self, function: &Function<'js>, unit: &FunctionUnit) -> bool {
        let Some(object) = function.as_object() else {
            return false;
        };
        let mut keys = object.own_keys::<Atom>(Filter::new().string().symbol());
        match keys.len() {
            0..=2 => false,
            3 if matches!(unit.kind, UnitKind::Function { .. }) && !self.names_prototypes() => {
                let is_prototype =
                    |key: rquickjs::Result<Atom>| key.is_ok_and(|key| is_named(&key, "prototype"));
                !keys.any(is_prototype)
            }
            _ => true,
        }
    }

    /// Says whether the project may put something on the prototype of a function.
    fn names_prototypes(&mut self) -> bool {
        let graph = self.graph;
        *self.names_prototypes.get_or_insert_with(|| {
            let mut modules = graph.modules();
            modules.any(|(_, module)| module.functions.names_prototypes)
        })
    }

    fn read_own_members(
        &mut self,
        function: &Function<'js>,
        label: &mut Label,
    ) -> rquickjs::Result<()> {
        let described: Option<Array> = self
            .structure()?
            .describe_own_members
            .call((function.clone(),))?;
        match described {
            Some(described) => self.add_description(&described, label),
            None => Ok(()),
        }
    }

    /// Gives the value of a binding of a module.
    ///
    /// Where one of them has no value, for the module has stopped half way, all of it counts.
    pub(super) fn module_binding(
        &mut self,
        module: ModuleId,
        index: u32,
    ) -> rquickjs::Result<Captured<'js>> {
        if !self.bindings.contains_key(&module) {
            self.read_bindings(module)?;
        }
        match self.bindings.get(&module).and_then(Option::as_ref) {
            Some(bindings) => Ok(Captured::Value(bindings.get(index as usize)?)),
            None => Ok(Captured::Text(
                self.text_node(&self.graph.module(module).path),
            )),
        }
    }

    fn read_bindings(&mut self, module: ModuleId) -> rquickjs::Result<()> {
        let read: Function = rigkit(&self.ctx)?.get("moduleBindings")?;
        let bindings = match read.call::<_, Option<Array>>((module.0,)) {
            Ok(bindings) => bindings,
            Err(rquickjs::Error::Exception) => {
                drop(self.ctx.catch());
                None
            }
            Err(error) => return Err(error),
        };
        self.bindings.insert(module, bindings);
        Ok(())
    }

    /// Gives what a module imports from another one.
    ///
    /// Where that has no value, for a module has stopped half way, all of the importer counts.
    pub(super) fn exported(
        &mut self,
        importer: ModuleId,
        target: ModuleId,
        export: &str,
    ) -> Captured<'js> {
        let namespace = self.namespace(target);
        let value = match namespace {
            Some(namespace) if export == "*" => Some(namespace.into_value()),
            Some(namespace) => namespace.get(export).ok(),
            None => None,
        };
        value.map_or_else(
            || {
                // What it threw is nobody's.
                drop(self.ctx.catch());
                Captured::Text(self.text_node(&self.graph.module(importer).path))
            },
            Captured::Value,
        )
    }

    fn namespace(&mut self, module: ModuleId) -> Option<Object<'js>> {
        if let Some(known) = self.namespaces.get(&module) {
            return known.clone();
        }
        let namespace = self.import(&self.graph.module(module).path);
        self.namespaces.insert(module, namespace.clone());
        namespace
    }

    /// Reads a variable; one that has no value yet, and may never have, is as good as none.
    pub(super) fn read_local(
        &self,
        reader: Option<&Function<'js>>,
        index: u32,
    ) -> rquickjs::Result<Captured<'js>> {
        let Some(reader) = reader else {
            return Ok(Captured::Nothing);
        };
        match reader.call::<_, Value>((index,)) {
            Ok(value) => Ok(Captured::Value(value)),
            Err(rquickjs::Error::Exception) => {
                drop(self.ctx.catch());
                Ok(Captured::Nothing)
            }
            Err(error) => Err(error),
        }
    }
}

/// Is what was read of a function so far.
pub(super) struct UnitReading {
    pub(super) label: Label,
    pub(super) facts: NodeFacts,
    captures: Vec<CaptureFact>,
    /// Which capture is being read.
    capture: usize,
}

impl UnitReading {
    /// Adds a value that holds no other.
    pub(super) fn add_plain(&mut self, plain: &mut Label) -> CaptureValue {
        self.label.bytes(b'p', &plain.bytes);
        CaptureValue::Plain(plain.take_plain())
    }

    /// Adds what the capture that is being read stands for, and what it is called where that is
    /// not its name alone.
    pub(super) fn add_fact(
        &mut self,
        shown: Option<CompactString>,
        value: CaptureValue,
        preview: Option<Arc<str>>,
    ) {
        self.captures.push(CaptureFact {
            capture: self.capture,
            shown,
            value,
            preview,
        });
    }
}

impl NodeFacts {
    pub(super) fn hidden(reason: HiddenReason) -> Self {
        Self {
            hidden: Some(reason),
            ..Self::default()
        }
    }
}

fn is_named(key: &Atom<'_>, name: &str) -> bool {
    key.to_string().is_ok_and(|key| key == name)
}
