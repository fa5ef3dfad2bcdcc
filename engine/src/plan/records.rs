//! The stored runs of one workflow, read with a bounded number of queries.

use std::{cell::OnceCell, collections::HashMap};

use serde_json::Value;

use crate::{
    definition::{OutputSchema, Workflow},
    error::EngineError,
    state::{RunId, RunSummary, StateReader},
};

/// Holds what the state knows of a workflow's tasks.
pub(crate) struct Records<'a> {
    state: Option<&'a StateReader>,
    workflow: &'a str,
    current: HashMap<String, RunSummary>,
    older: OnceCell<HashMap<String, Vec<RunSummary>>>,
    unusable: HashMap<RunId, Unusable>,
}

/// Says why a stored run with the right identity cannot be reused all the same.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Unusable {
    /// Its output no longer passes the schema.
    OutputInvalid { message: String },
    /// An artifact in it is gone.
    ArtifactGone { reference: Value },
    /// The checks of a provider find something else now.
    ChecksChanged { provider: String },
}

impl<'a> Records<'a> {
    /// Reads the current run of each task, and checks the outputs that have a JSON Schema.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub(crate) fn read(state: Option<&'a StateReader>, workflow: &'a Workflow) -> Result<Self, EngineError> {
        let current = match state {
            Some(state) => state.current_runs(&workflow.name)?,
            None => HashMap::new(),
        };
        let mut records = Self {
            state,
            workflow: &workflow.name,
            current,
            older: OnceCell::new(),
            unusable: HashMap::new(),
        };
        records.check_outputs(workflow)?;
        Ok(records)
    }

    /// Gives the latest run of a task.
    pub(crate) fn current(&self, path: &str) -> Option<&RunSummary> {
        self.current.get(path)
    }

    /// Gives every current run.
    pub(crate) fn all_current(&self) -> impl Iterator<Item = (&str, &RunSummary)> {
        self.current.iter().map(|(path, run)| (path.as_str(), run))
    }

    /// Gives earlier runs of a task that may still be reusable, newest first.
    pub(crate) fn older(&self, path: &str) -> Result<&[RunSummary], EngineError> {
        if self.older.get().is_none() {
            let read = match self.state {
                Some(state) => state.older_reusable_runs(self.workflow)?,
                None => HashMap::new(),
            };
            // Nobody else sets it: the cell is not shared between threads.
            let _ = self.older.set(read);
        }
        let runs = self.older.get().and_then(|older| older.get(path));
        Ok(runs.map(Vec::as_slice).unwrap_or_default())
    }

    /// Says why a run cannot be reused although its identity fits.
    pub(crate) fn unusable(&self, run: &RunSummary) -> Option<&Unusable> {
        self.unusable.get(&run.run_id)
    }

    /// Notes that a run cannot be reused although its identity fits.
    pub(crate) fn mark_unusable(&mut self, run: RunId, why: Unusable) {
        self.unusable.entry(run).or_insert(why);
    }

    fn check_outputs(&mut self, workflow: &Workflow) -> Result<(), EngineError> {
        let Some(state) = self.state else { return Ok(()) };
        let with_schema: Vec<(&jsonschema::Validator, RunId)> = workflow
            .tasks
            .iter()
            .filter_map(|task| match &task.options.output {
                Some(OutputSchema::JsonSchema { validator, .. }) => {
                    Some((&**validator, self.current(&task.path)?.run_id.clone()))
                }
                _ => None,
            })
            .collect();
        if with_schema.is_empty() {
            return Ok(());
        }
        let ids: Vec<RunId> = with_schema.iter().map(|(_, run)| run.clone()).collect();
        let outputs = state.outputs(&ids)?;
        for (validator, run) in with_schema {
            let output = outputs.get(&run).and_then(|text| serde_json::from_str::<Value>(text).ok());
            let problem = match output {
                Some(output) => validator.validate(&output).err().map(|error| error.to_string()),
                None => Some("the stored output is not JSON".to_owned()),
            };
            if let Some(message) = problem {
                self.mark_unusable(run, Unusable::OutputInvalid { message });
            }
        }
        Ok(())
    }
}
