//! The variables of the environment that a function or a module names.

use compact_str::{CompactString, format_compact};

use super::{Fingerprinter, unit::UnitReading};
use crate::{
    identity::{
        fingerprints::{CaptureValue, VariableFact},
        label::Label,
        unseen,
    },
    modules::{
        ModuleId, VariableWay,
        functions::{CapturedName, MemberUse, Uses},
    },
};

impl Fingerprinter<'_, '_> {
    /// Reads the variables of the environment that a function names.
    pub(super) fn read_environment(
        &self,
        capture: &CapturedName,
        module: ModuleId,
        reading: &mut UnitReading,
    ) {
        let members: &[MemberUse] = match &capture.uses {
            Uses::Members(members) => members,
            Uses::Whole => &[],
        };
        let mut names: Vec<&str> = Vec::new();
        let mut is_whole = members.is_empty();
        for member in members {
            match member.path.as_slice() {
                [env, name, rest @ ..] if &**env == "env" => {
                    // A variable is a text: what is called is something that all objects have.
                    if rest.is_empty() && member.is_called {
                        is_whole = true;
                    } else {
                        names.push(name);
                    }
                }
                [env] if &**env == "env" => is_whole = true,
                _ => {}
            }
        }
        if is_whole {
            let place = self.graph.module(module).range(&capture.span);
            reading
                .facts
                .warnings
                .push(unseen::whole_environment(place));
        }
        names.sort_unstable();
        names.dedup();
        for name in names {
            self.add_variable(name, VariableWay::Process, reading);
        }
    }

    /// Reads a variable that a function names in a call of `env` or `env.secret`.
    pub(super) fn read_variable(
        &self,
        capture: &CapturedName,
        is_secret: bool,
        reading: &mut UnitReading,
    ) {
        let way = if is_secret {
            VariableWay::Secret
        } else {
            VariableWay::Env
        };
        self.add_variable(&capture.name, way, reading);
    }

    fn add_variable(&self, name: &str, way: VariableWay, reading: &mut UnitReading) {
        let fact = self.variable(name, way);
        reading.label.bytes(b'e', &fact.value.bytes);
        let preview = Some(fact.preview().into());
        reading.add_fact(Some(fact.shown), CaptureValue::Plain(fact.value), preview);
    }

    /// Reads a variable as it is now.
    pub(super) fn variable(&self, name: &str, way: VariableWay) -> VariableFact {
        if way == VariableWay::Secret {
            // What is a secret once the function runs must be none in its fingerprint. One that is
            // set nowhere is the error of whoever uses it.
            let _ = self.variables.read(name, None, true);
        }
        let value = self.variables.known_value(name);
        let mut label = Label::new("variable");
        label.text(name);
        match value {
            Some(value) => self.add_text(value, &mut label),
            None => label.bytes(b'0', &[]),
        }
        VariableFact {
            shown: shown(name, way),
            value: label.take_plain(),
            is_set: value.is_some(),
        }
    }
}

fn shown(name: &str, way: VariableWay) -> CompactString {
    match way {
        VariableWay::Process => format_compact!("process.env.{name}"),
        VariableWay::Env => format_compact!("env({name})"),
        VariableWay::Secret => format_compact!("env.secret({name})"),
    }
}
