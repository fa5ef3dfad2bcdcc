//! Functions and classes of the project: their code, and readers of the variables around them.

use std::sync::Arc;

use rquickjs::{Array, Atom, Filter, Function, Object, Value};

use super::{Fingerprinter, Origin, capture::Captured};
use crate::{
    identity::{
        fingerprints::{
            CaptureFact, CaptureValue, CodeSpan, FunctionFacts, HiddenReason, NodeFacts,
        },
        label::Label,
        value_graph::NodeId,
    },
    modules::{
        ModuleId,
        functions::{CapturedName, FunctionUnit, UnitKind},
    },
    sandbox::loader::rigkit,
};

impl<'js> Fingerprinter<'_, 'js> {
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
        let mut label = Label::new("unit");
        label.bytes(b's', unit.syntax.as_bytes());
        let mut reading = UnitReading {
            label,
            facts: NodeFacts::default(),
            captures: Vec::new(),
        };
        for capture in &unit.captures {
            self.read_capture(capture, origin, &mut reading)?;
        }
        self.read_own_members(function, &mut reading.label)?;
        if matches!(
            unit.kind,
            UnitKind::Class {
                has_private_statics: true,
                ..
            }
        ) {
            reading.facts.hidden = Some(HiddenReason::State);
        }
        reading.facts.function = Some(facts_of(unit, origin, reading.captures));
        self.set(id, reading.label, reading.facts);
        Ok(())
    }

    fn read_own_members(
        &mut self,
        function: &Function<'js>,
        label: &mut Label,
    ) -> rquickjs::Result<()> {
        if !may_have_members(function)? {
            return Ok(());
        }
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
        let bindings = match self.bindings.get(&module) {
            Some(known) => known.clone(),
            None => self.read_bindings(module)?,
        };
        match bindings {
            Some(bindings) => Ok(Captured::Value(bindings.get(index as usize)?)),
            None => Ok(Captured::Text(
                self.text_node(&self.graph.module(module).path),
            )),
        }
    }

    fn read_bindings(&mut self, module: ModuleId) -> rquickjs::Result<Option<Array<'js>>> {
        let read: Function = rigkit(&self.ctx)?.get("moduleBindings")?;
        let bindings = match read.call::<_, Option<Array>>((module.0,)) {
            Ok(bindings) => bindings,
            Err(rquickjs::Error::Exception) => {
                drop(self.ctx.catch());
                None
            }
            Err(error) => return Err(error),
        };
        self.bindings.insert(module, bindings.clone());
        Ok(bindings)
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
}

impl UnitReading {
    pub(super) fn add_fact(
        &mut self,
        name: &str,
        value: CaptureValue,
        preview: Option<Arc<str>>,
        capture: &CapturedName,
        module: ModuleId,
    ) {
        self.captures.push(CaptureFact {
            name: name.to_owned(),
            value,
            preview,
            place: CodeSpan {
                module,
                bytes: capture.span.clone(),
            },
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

/// Says whether more was put on a function than it is made with: `length`, `name` and, unless
/// it is an arrow, a prototype that knows its `constructor`.
fn may_have_members(function: &Function<'_>) -> rquickjs::Result<bool> {
    let Some(object) = function.as_object() else {
        return Ok(false);
    };
    let count = |object: &Object<'_>| {
        let filter = Filter::new().string().symbol();
        object.own_keys::<Atom>(filter).len()
    };
    match count(object) {
        0..=2 => Ok(false),
        3 => {
            let prototype: Value = object.get("prototype")?;
            Ok(prototype.as_object().is_none_or(|holder| count(holder) > 1))
        }
        _ => Ok(true),
    }
}

fn facts_of(unit: &FunctionUnit, origin: &Origin<'_>, captures: Vec<CaptureFact>) -> FunctionFacts {
    FunctionFacts {
        name: unit.name.clone(),
        syntax: unit.syntax,
        place: CodeSpan {
            module: origin.module,
            bytes: unit.span.clone(),
        },
        captures,
    }
}
