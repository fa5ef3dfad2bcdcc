//! What the editor's user can set.

use serde::Deserialize;
use serde_json::Value;

use crate::{requests::prompt::PromptKind, trust::TrustSetting};

/// Holds every setting. Each is read from `initializationOptions`, and from the section `rigkit`
/// of the editor's configuration; what is left out keeps its default, what has the wrong kind too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Whether code of the project may run and its environment be read.
    pub(crate) trusted: TrustSetting,
    /// Which tasks are told as diagnostics.
    pub(crate) plan_diagnostics: PlanDiagnostics,
    /// Which lenses are shown.
    pub(crate) code_lens: LensKinds,
    /// Whether the state of a task is shown at the end of its first line.
    pub(crate) inlay_hints: bool,
    /// Whether run events are sent as notifications.
    pub(crate) events: bool,
    /// Which questions the client asks by itself when it is sent `rigkit/prompt`.
    pub(crate) prompts: Vec<PromptKind>,
}

/// Says which tasks are told as diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PlanDiagnostics {
    /// None.
    Off,
    /// Those that have to run.
    #[default]
    Pending,
    /// All.
    All,
}

/// Says which kinds of lenses are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct LensKinds {
    /// At workflows: apply, plan, graph.
    pub(crate) workflow: bool,
    /// At tasks: their state, invalidate, apply up to here.
    pub(crate) task: bool,
    /// At workspace definitions: create, and each workspace.
    pub(crate) workspace: bool,
    /// At operations: run.
    pub(crate) operation: bool,
}

impl Default for LensKinds {
    fn default() -> Self {
        Self {
            workflow: true,
            task: true,
            workspace: true,
            operation: true,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            trusted: TrustSetting::default(),
            plan_diagnostics: PlanDiagnostics::default(),
            code_lens: LensKinds::default(),
            inlay_hints: true,
            events: false,
            prompts: Vec::new(),
        }
    }
}

impl Settings {
    /// Takes over what a client sent; `null` or nonsense changes nothing.
    pub(crate) fn updated(&self, sent: &Value) -> Self {
        let Value::Object(members) = sent else {
            return self.clone();
        };
        let mut merged = self.clone();
        for (name, value) in members {
            merged.set(name, value);
        }
        merged
    }

    fn set(&mut self, name: &str, value: &Value) {
        match name {
            "trusted" => set(&mut self.trusted, value),
            "planDiagnostics" => set(&mut self.plan_diagnostics, value),
            "codeLens" => self.code_lens.update(value),
            "inlayHints" => set(&mut self.inlay_hints, value),
            "events" => set(&mut self.events, value),
            "prompts" => set(&mut self.prompts, value),
            _ => {}
        }
    }
}

impl LensKinds {
    /// Accepts one switch for all, or one for each kind.
    fn update(&mut self, value: &Value) {
        if let Some(all) = value.as_bool() {
            *self = Self {
                workflow: all,
                task: all,
                workspace: all,
                operation: all,
            };
        }
        let kinds = [
            ("workflow", &mut self.workflow),
            ("task", &mut self.task),
            ("workspace", &mut self.workspace),
            ("operation", &mut self.operation),
        ];
        for (name, kind) in kinds {
            if let Some(value) = value.get(name) {
                set(kind, value);
            }
        }
    }
}

fn set<T: for<'a> Deserialize<'a>>(setting: &mut T, value: &Value) {
    if let Ok(value) = T::deserialize(value) {
        *setting = value;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_left_out_or_wrong_changes_nothing() {
        let settings = Settings::default().updated(&json!({
            "trusted": true,
            "planDiagnostics": "sometimes",
            "codeLens": { "task": false, "workflow": 7 },
            "inlayHints": null,
            "unknown": [],
        }));
        let code_lens = LensKinds {
            task: false,
            ..LensKinds::default()
        };
        let expected = Settings {
            trusted: TrustSetting::Granted,
            code_lens,
            ..Settings::default()
        };
        assert_eq!(settings, expected);
        assert_eq!(settings.updated(&Value::Null), expected);
        let trusted = |sent: Value| settings.updated(&json!({ "trusted": sent })).trusted;
        assert_eq!(trusted(json!("recorded")), TrustSetting::Recorded);
        assert_eq!(trusted(json!(false)), TrustSetting::Refused);
        assert_eq!(trusted(json!("yes")), TrustSetting::Granted);
        assert_eq!(
            settings.updated(&json!({ "codeLens": true })).code_lens,
            LensKinds::default()
        );
    }
}
