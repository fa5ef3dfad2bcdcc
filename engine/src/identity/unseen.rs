//! Words for what a handler depends on and no fingerprint can see.

use super::fingerprints::HiddenReason;
use crate::{
    diagnostic::{Diagnostic, DiagnosticCode},
    modules::functions::HiddenCapture,
    source::SourceRange,
};

/// Says that a captured value keeps something to itself.
pub(super) fn hidden_value(
    name: &str,
    reason: HiddenReason,
    place: Option<SourceRange>,
) -> Diagnostic {
    let why = match reason {
        HiddenReason::Proxy => "it is a Proxy, which may answer anything",
        HiddenReason::State => "it holds state that nobody else can read",
        HiddenReason::Environment => "it reads the environment, and any variable of it",
        HiddenReason::Bound => "its code was not written in this project, and it may hold values",
    };
    unseen(
        format!("a change of `{name}` cannot be seen as a whole: {why}"),
        place,
    )
}

/// Says that a function may use what no reading of it shows.
pub(super) fn hidden_capture(hidden: HiddenCapture, place: SourceRange) -> Diagnostic {
    let message = match hidden {
        HiddenCapture::Eval => "what this `eval` uses cannot be seen",
        HiddenCapture::Arguments => "the `arguments` of an enclosing function cannot be seen",
        HiddenCapture::ComputedImport => {
            "what this `import()` leads to cannot be seen, because its module is computed"
        }
    };
    unseen(message.to_owned(), place)
}

/// Says that a function uses the environment as a whole.
pub(super) fn whole_environment(place: SourceRange) -> Diagnostic {
    Diagnostic::error(
        DiagnosticCode::UnseenCapture,
        "a change of the environment cannot be seen where all of `process.env` is used",
    )
    .as_warning()
    .at(place)
    .help("name the variables, as in `process.env.HOME`, or give the task a `version`")
}

/// Says that code passes on what reads the environment, so that any variable may count.
pub(super) fn passed_on_environment(place: SourceRange) -> Diagnostic {
    Diagnostic::error(
        DiagnosticCode::UnseenCapture,
        "a change of the environment cannot be seen where the names of its variables are computed or it is passed on",
    )
    .as_warning()
    .at(place)
    .help("name the variables, as in `process.env.HOME`, or give the task a `version`")
}

/// Says that a function reads variables whose names nobody can tell beforehand.
pub(super) fn computed_variable(place: SourceRange) -> Diagnostic {
    Diagnostic::error(
        DiagnosticCode::UnseenCapture,
        "a change of the environment cannot be seen where the name given to `env` is computed",
    )
    .as_warning()
    .at(place)
    .help("name the variable, as in `env(\"HOME\")`, or give the task a `version`")
}

/// Says that the config changes what the language brings.
pub(super) fn touched_language(name: &str, place: SourceRange) -> Diagnostic {
    unseen(
        format!("what this changes in `{name}` cannot be seen: the language counts by its names"),
        place,
    )
}

/// Says that the config may change a package, whose code does not show it.
pub(super) fn touched_package(name: &str, place: SourceRange) -> Diagnostic {
    unseen(
        format!("what this changes in `{name}` cannot be seen: a package counts by its version"),
        place,
    )
}

/// Says that a function changes what it captures.
pub(super) fn assigned(name: &str, place: SourceRange) -> Diagnostic {
    Diagnostic::error(
        DiagnosticCode::AssignedCapture,
        format!("this changes `{name}`, which lives outside the handler"),
    )
    .as_warning()
    .at(place)
    .help("it counts with the value it has when the config is loaded; return what the task finds in `ctx`")
}

fn unseen(message: String, place: impl Into<Option<SourceRange>>) -> Diagnostic {
    Diagnostic::error(DiagnosticCode::UnseenCapture, message)
        .as_warning()
        .at(place)
        .help("give the task a `version` and change it when that changes")
}
