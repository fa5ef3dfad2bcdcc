//! What `rig doctor` wants to know of a project.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Engine;
use crate::error::EngineError;

/// Says how a project is doing; nothing in it is an error, for it is asked when things are
/// broken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// The project's directory.
    pub root: PathBuf,
    /// The config.
    pub config: PathBuf,
    /// What is wrong with the definition, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition_problem: Option<HealthProblem>,
    /// The workflows there are.
    pub workflows: Vec<String>,
    /// How the state is doing.
    pub state: StateHealth,
    /// Where handlers run.
    pub runtime: RuntimeKind,
    /// Where providers keep what belongs to the machine.
    pub host_storage: PathBuf,
}

/// Is something that is wrong, with its remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthProblem {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
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
        let runtime = match definition
            .as_ref()
            .ok()
            .and_then(|definition| definition.graph.node_requirement())
        {
            Some((because, _)) => RuntimeKind::Node { because },
            None => RuntimeKind::Embedded,
        };
        Health {
            root: self.options.project.root.clone(),
            config: self.options.project.config_path(),
            workflows: definition
                .as_ref()
                .map(|definition| {
                    definition
                        .workflows
                        .iter()
                        .map(|workflow| workflow.name.to_string())
                        .collect()
                })
                .unwrap_or_default(),
            definition_problem: definition.err().map(|error| problem(&error)),
            state: self.state_health(),
            runtime,
            host_storage: self.options.host_storage_dir.clone(),
        }
    }

    fn state_health(&self) -> StateHealth {
        let path = self.state_path();
        let mut health = StateHealth {
            exists: path.exists(),
            path,
            serial: None,
            problems: Vec::new(),
        };
        match self.read_state() {
            Ok(Some(state)) => {
                health.serial = state.serial().ok();
                match state.integrity_problems() {
                    Ok(found) => {
                        health
                            .problems
                            .extend(found.into_iter().map(|message| HealthProblem {
                                message,
                                help: Some(
                                    "move the file away; the next apply makes a new one".to_owned(),
                                ),
                            }));
                    }
                    Err(error) => health.problems.push(problem(&error.into())),
                }
            }
            Ok(None) => {}
            Err(error) => health.problems.push(problem(&error)),
        }
        health
    }
}

fn problem(error: &EngineError) -> HealthProblem {
    HealthProblem {
        message: error.to_string(),
        help: error.help(),
    }
}
