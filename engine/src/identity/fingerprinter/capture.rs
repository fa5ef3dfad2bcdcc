//! What a function captures: where its value is found, and how it enters the fingerprint.

use std::sync::Arc;

use compact_str::CompactString;
use rquickjs::{Function, IntoJs as _, Value};
use smallvec::SmallVec;

use super::{Fingerprinter, origins::Origin, unit::UnitReading};
use crate::{
    digest::Digest,
    identity::{fingerprints::CaptureValue, label::Label, unseen, value_graph::NodeId},
    modules::{
        BuiltInModule, ModuleFormat, ModuleId, ModuleOrigin,
        functions::{CaptureSource, CapturedName, MemberUse, Uses},
    },
    sandbox::loader::rigkit,
};

/// Is what a captured name stands for.
pub(super) enum Captured<'js> {
    /// A value of the language.
    Value(Value<'js>),
    /// Something that is no value here, such as a symbol of a package.
    Named {
        label: Digest,
        preview: Option<String>,
    },
    /// A module of the project that counts with its text.
    Text(NodeId),
    /// Something that only the name of counts.
    Nothing,
}

impl<'a, 'js> Fingerprinter<'a, 'js> {
    pub(super) fn read_capture(
        &mut self,
        capture: &'a CapturedName,
        origin: &Origin<'js>,
        reading: &mut UnitReading,
    ) -> rquickjs::Result<()> {
        let module = origin.module;
        if let Some(span) = &capture.assigned_at {
            let place = self.graph.module(module).range(span);
            reading
                .facts
                .warnings
                .push(unseen::assigned(&capture.name, place));
        }
        let captured = match &capture.source {
            CaptureSource::Local(index) => self.read_local(origin.reader.as_ref(), *index)?,
            CaptureSource::Module(index) => self.module_binding(module, *index)?,
            CaptureSource::Text(text) if capture.uses == Uses::Whole => {
                self.add_constant(text, reading);
                return Ok(());
            }
            CaptureSource::Text(text) => Captured::Value(text.into_js(&self.ctx)?),
            CaptureSource::Number(bits) => {
                let number = f64::from_bits(*bits);
                Captured::Value(Value::new_number(self.ctx.clone(), number))
            }
            CaptureSource::Import { specifier, export } => {
                let target = self.graph.module(module).link(specifier);
                if self.is_env(target, export, &capture.uses) {
                    let place = self.graph.module(module).range(&capture.span);
                    let warning = unseen::computed_variable(place);
                    reading.facts.warnings.push(warning);
                }
                let mut touched = self.touched_package(target);
                reading.facts.warnings.append(&mut touched);
                match target.filter(|target| self.has_values(*target)) {
                    Some(target) => self.exported(module, target, export),
                    None => self.module_symbol(module, specifier, export),
                }
            }
            CaptureSource::Global if &*capture.name == "process" => {
                self.read_environment(capture, module, reading);
                return Ok(());
            }
            CaptureSource::Global => {
                if is_globals(capture) {
                    let place = self.graph.module(module).range(&capture.span);
                    let warning = unseen::passed_on_environment(place);
                    reading.facts.warnings.push(warning);
                }
                self.global(&capture.name)?
            }
            CaptureSource::DynamicImport { specifier } => {
                let target = self.graph.module(module).link(specifier);
                if self.is_env(target, "*", &Uses::Whole) {
                    let place = self.graph.module(module).range(&capture.span);
                    let warning = unseen::computed_variable(place);
                    reading.facts.warnings.push(warning);
                }
                self.module_symbol(module, specifier, "*")
            }
            CaptureSource::Variable { is_secret } => {
                self.read_variable(capture, *is_secret, reading);
                return Ok(());
            }
            CaptureSource::ImportMeta => self.module_place(module),
            CaptureSource::Hidden(hidden) => {
                let place = self.graph.module(module).range(&capture.span);
                reading
                    .facts
                    .warnings
                    .push(unseen::hidden_capture(*hidden, place));
                Captured::Nothing
            }
        };
        self.add_capture(capture, captured, module, reading)
    }

    fn add_capture(
        &mut self,
        capture: &'a CapturedName,
        captured: Captured<'js>,
        module: ModuleId,
        reading: &mut UnitReading,
    ) -> rquickjs::Result<()> {
        match captured {
            Captured::Nothing => reading.label.text("by name"),
            Captured::Named { label, preview } => {
                reading.label.bytes(b'n', label.as_bytes());
                if preview.is_some() {
                    let mut plain = Label::default();
                    plain.bytes(b'n', label.as_bytes());
                    let value = CaptureValue::Plain(plain.take_plain());
                    let preview = preview.map(Arc::from);
                    reading.add_fact(None, value, preview);
                }
            }
            Captured::Text(node) => {
                reading.label.edge(node);
                // Of a CommonJS module all exports come from the one text.
                if let CaptureSource::Import { export, .. } = &capture.source {
                    reading.label.text(export);
                }
                let (value, preview) = (CaptureValue::Node(node), Some("its files".into()));
                reading.add_fact(None, value, preview);
            }
            Captured::Value(value) => match &capture.uses {
                Uses::Whole => self.add_value(None, &value, reading)?,
                Uses::Members(members) => {
                    self.add_members(&value, members, capture, module, reading)?;
                }
            },
        }
        Ok(())
    }

    /// Adds what is used of a captured value; the order in which it is used does not count.
    fn add_members(
        &mut self,
        value: &Value<'js>,
        members: &'a [MemberUse],
        capture: &'a CapturedName,
        module: ModuleId,
        reading: &mut UnitReading,
    ) -> rquickjs::Result<()> {
        let mut used: SmallVec<[(CompactString, Value<'js>); 2]> = SmallVec::new();
        for member in members {
            let (followed, value) = self.follow(value, member, capture, module)?;
            let mut name = capture.name.clone();
            for part in member.path.iter().take(followed) {
                name.push('.');
                name.push_str(part);
            }
            if used.iter().all(|(other, _)| *other != name) {
                used.push((name, value));
            }
        }
        used.sort_by(|left, right| left.0.cmp(&right.0));
        for (name, value) in used {
            let path = name.get(capture.name.len()..).unwrap_or_default();
            reading.label.text(path);
            self.add_value(Some(name), &value, reading)?;
        }
        Ok(())
    }

    fn add_value(
        &mut self,
        shown: Option<CompactString>,
        value: &Value<'js>,
        reading: &mut UnitReading,
    ) -> rquickjs::Result<()> {
        let (value, preview) = if value.is_object() || value.is_function() {
            let node = self.node_of(value);
            reading.label.edge(node);
            // Of a function the code is shown.
            let preview = if value.is_function() {
                None
            } else {
                self.preview_of(node, value)?
            };
            (CaptureValue::Node(node), preview)
        } else {
            let mut plain = Label::default();
            self.add_plain(value, &mut plain)?;
            // A text is written down already.
            let preview = if value.is_string() {
                None
            } else {
                self.preview(value)?
            };
            (reading.add_plain(&mut plain), preview)
        };
        reading.add_fact(shown, value, preview);
        Ok(())
    }

    fn add_constant(&self, text: &str, reading: &mut UnitReading) {
        let mut plain = Label::default();
        self.add_text(text, &mut plain);
        let value = reading.add_plain(&mut plain);
        reading.add_fact(None, value, None);
    }

    /// Says whether what a module exports counts with its values.
    fn has_values(&self, target: ModuleId) -> bool {
        let target = self.graph.module(target);
        target.origin == ModuleOrigin::Project && target.format != ModuleFormat::CommonJs
    }

    /// Says whether an import is the SDK's `env`; where it is given a name, that is a capture of
    /// its own.
    fn is_env(&self, target: Option<ModuleId>, export: &str, uses: &Uses) -> bool {
        let origin = target.map(|target| &self.graph.module(target).origin);
        let is_sdk = origin == Some(&ModuleOrigin::BuiltIn(BuiltInModule::Sdk));
        let is_used = match uses {
            _ if export == "env" => true,
            Uses::Whole => export == "*",
            Uses::Members(members) => members.iter().any(|member| {
                export == "*" && member.path.first().is_some_and(|name| &**name == "env")
            }),
        };
        is_sdk && is_used
    }

    /// Returns a global that the config made; those of the language count by their name.
    fn global(&self, name: &str) -> rquickjs::Result<Captured<'js>> {
        let is_own: bool = rigkit(&self.ctx)?
            .get::<_, Function>("isOwnGlobal")?
            .call((name,))?;
        if !is_own {
            return Ok(Captured::Nothing);
        }
        Ok(Captured::Value(self.ctx.globals().get(name)?))
    }
}

/// Returns whether a function uses the object that holds the globals, `process` among them, as a
/// whole.
fn is_globals(capture: &CapturedName) -> bool {
    capture.name == "globalThis" && capture.uses == Uses::Whole
}
