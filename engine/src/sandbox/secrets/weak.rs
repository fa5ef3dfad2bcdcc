//! Secrets whose values cannot be told from text, and the warning about them.

use rquickjs::{Ctx, Function, Value};

use super::sought::{FEWEST_CHARACTERS, is_common, trimmed};
use crate::{
    diagnostic::{Diagnostic, DiagnosticCode},
    modules::ModuleGraph,
    sandbox::{Variables, loader::rigkit, thrown::frames},
};

/// The reason why a value cannot be told from text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weakness {
    /// It has too few characters.
    Short,
    /// It is a word that people write.
    CommonWord,
}

impl Weakness {
    /// Returns the reason why a value cannot be told from text, if there is one.
    pub(super) fn of(value: &str) -> Option<Self> {
        let text = trimmed(value);
        if text.chars().count() < FEWEST_CHARACTERS {
            return Some(Self::Short);
        }
        is_common(text).then_some(Self::CommonWord)
    }
}

/// A secret that is masked only where its value stands alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WeakSecret {
    pub(super) name: String,
    pub(super) weakness: Weakness,
    /// The calls that declared it, as the language prints them.
    pub(super) stack: Option<String>,
}

impl WeakSecret {
    /// Returns what a person is told of it, at the place where the definition declares it.
    pub(crate) fn warning(&self, graph: &ModuleGraph) -> Diagnostic {
        let stack = self.stack.as_deref().unwrap_or_default();
        let calls = frames(stack, graph);
        let place = calls.into_iter().find(|call| call.is_project);
        self.warning_without_place()
            .at(place.map(|call| call.range))
    }

    /// Returns what a person is told of it where the definition does not show it.
    pub(crate) fn warning_without_place(&self) -> Diagnostic {
        let name = &self.name;
        let (what, remedy) = match self.weakness {
            Weakness::Short => (
                "is too short to be told from text",
                format!("a value of {FEWEST_CHARACTERS} characters and more is masked everywhere"),
            ),
            Weakness::CommonWord => (
                "is a common word, which cannot be told from text",
                "a value that is no common word is masked everywhere".to_owned(),
            ),
        };
        Diagnostic::error(
            DiagnosticCode::WeakSecret,
            format!(
                "the value of the secret `{name}` {what}: it is masked only where it stands alone"
            ),
        )
        .as_warning()
        .help(remedy)
    }
}

/// Lets `env.secret` note secrets before they are used, and where they are declared.
pub(in crate::sandbox) fn install(ctx: &Ctx<'_>, variables: &Variables) -> rquickjs::Result<()> {
    let noted = variables.clone();
    let note = move |name: String, fallback: Value<'_>| -> bool {
        let fallback = fallback.as_string().and_then(|text| text.to_string().ok());
        // A variable that is not set is missed by whoever uses it.
        let _ = noted.read(&name, fallback.as_deref(), true);
        noted.secrets().is_weak(&name)
    };
    let placed = variables.clone();
    let place = move |name: String, stack: String| placed.secrets().place_weak(&name, stack);
    rigkit(ctx)?.set("noteSecret", Function::new(ctx.clone(), note)?)?;
    rigkit(ctx)?.set("placeSecret", Function::new(ctx.clone(), place)?)
}
