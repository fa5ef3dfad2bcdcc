//! The variables of the environment that a function names.

use compact_str::{CompactString, format_compact};

use super::{Fingerprinter, unit::UnitReading};
use crate::{
    identity::{fingerprints::CaptureValue, label::Label, unseen},
    modules::{
        ModuleId,
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
                [env, name, ..] if &**env == "env" => names.push(name),
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
            let shown = format_compact!("process.env.{name}");
            self.add_variable(name, shown, reading);
        }
    }

    /// Reads a variable that a function names in a call of `env` or `env.secret`.
    pub(super) fn read_variable(
        &self,
        capture: &CapturedName,
        is_secret: bool,
        reading: &mut UnitReading,
    ) {
        let name = &capture.name;
        // What is a secret once the function runs must be none in its fingerprint.
        self.variables.read(name, None, is_secret);
        let call = if is_secret { "env.secret" } else { "env" };
        let shown = format_compact!("{call}({name})");
        self.add_variable(name, shown, reading);
    }

    fn add_variable(&self, name: &str, shown: CompactString, reading: &mut UnitReading) {
        let value = self.variables.all().get(name).cloned();
        let mut label = Label::new("variable");
        label.text(name);
        match &value {
            Some(value) => self.add_text(value, &mut label),
            None => label.bytes(b'0', &[]),
        }
        let plain = label.take_plain();
        reading.label.bytes(b'e', &plain.bytes);
        // A variable may be a secret that nobody has named as one.
        let preview = Some(if value.is_some() { "set" } else { "not set" }.into());
        reading.add_fact(Some(shown), CaptureValue::Plain(plain), preview);
    }
}
