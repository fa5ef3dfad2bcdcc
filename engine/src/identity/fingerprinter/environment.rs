//! The variables of the environment that a function names.

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
            self.add_variable(name, capture, module, reading);
        }
    }

    fn add_variable(
        &self,
        name: &str,
        capture: &CapturedName,
        module: ModuleId,
        reading: &mut UnitReading,
    ) {
        let value = self.variables.all().get(name).cloned();
        let mut label = Label::new("variable");
        label.text(name);
        match &value {
            Some(value) => self.add_text(value, &mut label),
            None => label.bytes(b'0', &[]),
        }
        let plain = label.into_plain();
        reading.label.bytes(b'e', &plain.bytes);
        // A variable may be a secret that nobody has named as one.
        let preview = Some(if value.is_some() { "set" } else { "not set" }.to_owned());
        let value = CaptureValue::Plain(plain);
        reading.add_fact(
            &format!("process.env.{name}"),
            value,
            preview,
            capture,
            module,
        );
    }
}
