//! What `rig doctor` wants to know of a project.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Engine, apply::require_embedded};
use crate::{
    definition::Definition, diagnostic::Diagnostic, disk::Status, error::EngineError,
    error_cause::with_causes, project::EnvironmentWarning, source::SourceRange,
};

/// Says how a project is doing; nothing in it is an error, for it is asked when things are
/// broken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// The project's directory.
    pub root: PathBuf,
    /// The config.
    pub config: PathBuf,
    /// What is wrong with the definition, and what keeps it from being applied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub definition_problems: Vec<HealthProblem>,
    /// The workflows there are.
    pub workflows: Vec<String>,
    /// How the state is doing.
    pub state: StateHealth,
    /// Where handlers run, where the config loads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<RuntimeKind>,
    /// Where providers keep what belongs to the machine.
    pub host_storage: PathBuf,
}

/// Is something that is wrong, with its remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthProblem {
    /// What is wrong.
    pub message: String,
    /// Where it is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<HealthPosition>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// Is a place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthPosition {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

/// Says how the state is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateHealth {
    /// Its path.
    pub path: PathBuf,
    /// Whether there is one.
    pub exists: bool,
    /// The number that rises with every change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<u64>,
    /// What is wrong with it.
    pub problems: Vec<HealthProblem>,
}

/// Says where handlers run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum RuntimeKind {
    /// In the embedded runtime.
    Embedded,
    /// In Node.js, because something imports one of its modules.
    Node {
        /// The import.
        because: String,
    },
}

impl Engine {
    /// Looks at everything that can be wrong with a project.
    #[must_use]
    pub fn health(&self) -> Health {
        let definition = self.definition();
        Health {
            root: self.options.project.root.clone(),
            config: self.options.project.config_path(),
            workflows: definition.as_ref().map(workflow_names).unwrap_or_default(),
            runtime: definition.as_ref().map(runtime_kind).ok(),
            definition_problems: match &definition {
                Ok(definition) => unmet_need(definition).into_iter().collect(),
                Err(error) => HealthProblem::of_each(error),
            },
            state: self.state_health(),
            host_storage: self.options.host_storage_dir.clone(),
        }
    }

    fn state_health(&self) -> StateHealth {
        let path = self.state_path();
        let linked = self.refuse_linked_data_folder().err();
        let mut health = StateHealth {
            exists: linked.is_none() && Status::at(&path).is_ok(),
            path,
            serial: None,
            problems: Vec::new(),
        };
        health
            .problems
            .extend(linked.as_ref().map(HealthProblem::of));
        match self.read_state() {
            Ok(Some(state)) => {
                health.serial = state.serial().ok();
                match state.integrity_problems() {
                    Ok(found) => {
                        health
                            .problems
                            .extend(found.into_iter().map(|message| HealthProblem {
                                message,
                                position: None,
                                help: Some(
                                    "move the file away; the next apply makes a new one".to_owned(),
                                ),
                            }));
                    }
                    Err(error) => health.problems.push(HealthProblem::of(&error.into())),
                }
            }
            Ok(None) => {}
            Err(error) => health.problems.push(HealthProblem::of(&error)),
        }
        health
    }
}

fn workflow_names(definition: &Definition) -> Vec<String> {
    let workflows = definition.workflows.iter();
    workflows
        .map(|workflow| workflow.name.to_string())
        .collect()
}

fn runtime_kind(definition: &Definition) -> RuntimeKind {
    match definition.graph.node_requirement() {
        Some((because, _)) => RuntimeKind::Node { because },
        None => RuntimeKind::Embedded,
    }
}

/// Says what lets a definition be planned and not applied.
fn unmet_need(definition: &Definition) -> Option<HealthProblem> {
    let error = require_embedded(definition).err()?;
    let problem = HealthProblem::of(&error);
    Some(HealthProblem {
        message: format!("the config plans, but it cannot be applied yet: {error}"),
        ..problem
    })
}

impl HealthProblem {
    /// Describes an error.
    #[must_use]
    pub fn of(error: &EngineError) -> Self {
        Self {
            message: with_causes(&error.to_string(), error.causes()),
            position: error.range().map(HealthPosition::of),
            help: error.help(),
        }
    }

    /// Describes what is wrong with a `.env` file.
    #[must_use]
    pub fn of_environment(warning: &EnvironmentWarning) -> Self {
        Self {
            message: warning.to_string(),
            position: warning.range.as_ref().map(HealthPosition::of),
            help: warning.help.map(str::to_owned),
        }
    }

    /// Describes each problem of a config that is wrong, or the error where it is another.
    fn of_each(error: &EngineError) -> Vec<Self> {
        match error.diagnostics() {
            [] => vec![Self::of(error)],
            diagnostics => diagnostics.iter().map(Self::of_diagnostic).collect(),
        }
    }

    fn of_diagnostic(diagnostic: &Diagnostic) -> Self {
        Self {
            message: with_causes(&diagnostic.message, &diagnostic.causes),
            position: diagnostic.range.as_ref().map(HealthPosition::of),
            help: diagnostic.help.clone(),
        }
    }
}

impl HealthPosition {
    fn of(range: &SourceRange) -> Self {
        Self {
            file: range.file.clone(),
            line: range.start.line,
            column: range.start.column,
        }
    }
}
