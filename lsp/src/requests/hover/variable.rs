//! What is said of an environment variable: whether it is set, and never its value.

use crate::{
    markdown::{Markdown, code, markdown},
    variables::VariableUse,
    view::ProjectView,
};

/// Is an environment variable as the code names it.
pub(super) struct Variable {
    /// Its name.
    pub(super) name: String,
    /// How it is named.
    pub(super) way: VariableUse,
    /// Whether there is a value for when it is not set.
    pub(super) has_fallback: bool,
}

/// Says whether a variable is set.
pub(super) fn text(view: &ProjectView, variable: &Variable) -> Markdown {
    let kind = match variable.way {
        VariableUse::Secret => "secret environment variable",
        VariableUse::Plain | VariableUse::Process => "environment variable",
    };
    let name = code(&variable.name);
    markdown![kind, " ", name, ": ", standing(view, variable)]
}

fn standing(view: &ProjectView, variable: &Variable) -> &'static str {
    if !view.engine_options.trust.is_trusted() {
        return "not read: the workspace is not trusted";
    }
    let environment = &view.snapshot.environment;
    if environment.unreadable.contains_key(&variable.name) {
        return "not known: the line of `.env` that was to set it cannot be read";
    }
    let variables = &environment.variables;
    if variables.contains_key(&variable.name) {
        return "set";
    }
    match (variable.way, variable.has_fallback) {
        (VariableUse::Process, _) => "not set",
        (_, true) => "not set; the fallback is used",
        (_, false) => "not set, and there is no fallback",
    }
}
