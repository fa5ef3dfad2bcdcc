//! What the engine has against a project, in one shape.

use std::fmt;

use rigkit_engine::{
    EngineError,
    diagnostic::{Diagnostic, DiagnosticCode, RelatedPlace, Severity},
    error_cause::ErrorCause,
    project::EnvironmentWarning,
    source::SourceRange,
    trust::ForeignFile,
};

use super::PlanningCode;

/// What to do where something is missing in a project that nobody trusts.
const TRUST: &str = "trust the folder, and its environment is read";

/// Is one thing that is wrong or doubtful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Which rule it breaks.
    pub(crate) code: ProblemCode,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// What is wrong.
    pub(crate) message: String,
    /// Where; the config as a whole where it is left out.
    pub(crate) range: Option<SourceRange>,
    /// Other places that belong to it.
    pub(crate) related: Vec<RelatedPlace>,
    /// What stands behind it.
    pub(crate) causes: Vec<ErrorCause>,
    /// What to do about it.
    pub(crate) help: Option<String>,
}

/// Names the rule that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProblemCode {
    /// One of a definition.
    Definition(DiagnosticCode),
    /// One of planning.
    Planning(PlanningCode),
}

impl ProblemCode {
    /// Gives the code as it is written.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Definition(code) => code.as_str(),
            Self::Planning(code) => code.as_str(),
        }
    }
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl From<&Diagnostic> for Problem {
    fn from(diagnostic: &Diagnostic) -> Self {
        Self {
            code: ProblemCode::Definition(diagnostic.code),
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            range: diagnostic.range.clone(),
            related: diagnostic.related.clone(),
            causes: diagnostic.causes.clone(),
            help: diagnostic.help.clone(),
        }
    }
}

impl From<&EnvironmentWarning> for Problem {
    fn from(warning: &EnvironmentWarning) -> Self {
        Self {
            code: ProblemCode::Planning(PlanningCode::BadEnvFile),
            severity: Severity::Warning,
            message: warning.to_string(),
            range: None,
            related: warning
                .range
                .clone()
                .map(|range| RelatedPlace {
                    message: "this line".to_owned(),
                    range,
                })
                .into_iter()
                .collect(),
            causes: Vec::new(),
            help: warning.help.map(str::to_owned),
        }
    }
}

impl From<&ForeignFile> for Problem {
    fn from(file: &ForeignFile) -> Self {
        Self {
            code: ProblemCode::Planning(PlanningCode::BadEnvFile),
            severity: Severity::Warning,
            message: format!("{file}, so it is not read"),
            range: None,
            related: Vec::new(),
            causes: Vec::new(),
            help: Some(file.help()),
        }
    }
}

impl Problem {
    /// Makes it what a project is told that nobody trusts: something is missing that may well be there.
    pub(super) fn for_want_of_trust(self, message: &str) -> Self {
        Self {
            severity: Severity::Warning,
            message: format!("not planned: {message}"),
            help: Some(TRUST.to_owned()),
            ..self
        }
    }

    /// Says why a variable may be missing in a project that nobody trusts, if that is what is wrong.
    pub(super) fn explain_missing_variable(&mut self) {
        let message = &self.message;
        if message.contains("environment variable") && message.contains("is not set") {
            self.message
                .push_str(", and the environment is not read, for nobody trusts the project");
            self.help = Some(TRUST.to_owned());
        }
    }

    /// Gives the name that was most likely meant, where the engine says so.
    pub(crate) fn nearest_name(&self) -> Option<&str> {
        let help = self.help.as_deref()?;
        let (name, _) = help.strip_prefix("did you mean `")?.split_once("`?")?;
        Some(name)
    }

    /// Lists what an error of the engine says.
    pub(crate) fn of_error(error: &EngineError) -> Vec<Self> {
        let diagnostics = error.diagnostics();
        if !diagnostics.is_empty() {
            return diagnostics.iter().map(Self::from).collect();
        }
        vec![Self {
            code: ProblemCode::Planning(PlanningCode::of(error)),
            severity: Severity::Error,
            message: error.to_string(),
            range: error.range().cloned(),
            related: Vec::new(),
            causes: error.causes().to_vec(),
            help: error.help(),
        }]
    }
}
