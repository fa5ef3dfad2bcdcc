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
    workflow: &'a Workflow,
    current: HashMap<String, RunSummary>,
    older: OnceCell<Older>,
    unusable: HashMap<RunId, Unusable>,
}

/// Is what the state knows of runs that later ones took the place of.
#[derive(Default)]
struct Older {
    runs: HashMap<String, Vec<RunSummary>>,
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
            workflow,
            current,
            older: OnceCell::new(),
            unusable: HashMap::new(),
        };
        let run_of = |path: &str| records.current(path).map(|run| run.run_id.clone()).into_iter().collect();
        records.unusable = invalid_outputs(state, workflow, run_of)?;
        Ok(records)
    }

    /// Gives the latest run of a task.
    pub(crate) fn current(&self, path: &str) -> Option<&RunSummary> {
        self.current.get(path)
    }

    /// Gives earlier runs of a task that may still be reusable, newest first.
    pub(crate) fn older(&self, path: &str) -> Result<&[RunSummary], EngineError> {
        if self.older.get().is_none() {
            // Nobody else sets it: the cell is not shared between threads.
            let _ = self.older.set(self.read_older()?);
        }
        let runs = self.older.get().and_then(|older| older.runs.get(path));
        Ok(runs.map(Vec::as_slice).unwrap_or_default())
    }

    fn read_older(&self) -> Result<Older, EngineError> {
        let Some(state) = self.state else {
            return Ok(Older::default());
        };
        let runs = state.older_reusable_runs(&self.workflow.name)?;
        let runs_of = |path: &str| runs.get(path).into_iter().flatten().map(|run| run.run_id.clone()).collect();
        let unusable = invalid_outputs(self.state, self.workflow, runs_of)?;
        Ok(Older { runs, unusable })
    }

    /// Says why a run cannot be reused although its identity fits.
    pub(crate) fn unusable(&self, run: &RunSummary) -> Option<&Unusable> {
        let older = || self.older.get()?.unusable.get(&run.run_id);
        self.unusable.get(&run.run_id).or_else(older)
    }

    /// Notes that a run cannot be reused although its identity fits.
    pub(crate) fn mark_unusable(&mut self, run: RunId, why: Unusable) {
        self.unusable.entry(run).or_insert(why);
    }
}

/// Finds the runs of tasks with a JSON Schema whose outputs no longer pass it.
fn invalid_outputs(
    state: Option<&StateReader>,
    workflow: &Workflow,
    runs_of: impl Fn(&str) -> Vec<RunId>,
) -> Result<HashMap<RunId, Unusable>, EngineError> {
    let with_schema: Vec<(&jsonschema::Validator, RunId)> = workflow
        .tasks
        .iter()
        .filter_map(|task| match &task.options.output {
            Some(OutputSchema::JsonSchema { validator, .. }) => Some((&**validator, &task.path)),
            _ => None,
        })
        .flat_map(|(validator, path)| runs_of(path).into_iter().map(move |run| (validator, run)))
        .collect();
    let Some(state) = state.filter(|_| !with_schema.is_empty()) else {
        return Ok(HashMap::new());
    };
    let ids: Vec<RunId> = with_schema.iter().map(|(_, run)| run.clone()).collect();
    let outputs = state.outputs(&ids)?;
    let invalid = with_schema.into_iter().filter_map(|(validator, run)| {
        let output = outputs.get(&run).and_then(|text| serde_json::from_str::<Value>(text).ok());
        let message = match output {
            Some(output) => validator.validate(&output).err()?.to_string(),
            None => "the stored output is not JSON".to_owned(),
        };
        Some((run, Unusable::OutputInvalid { message }))
    });
    Ok(invalid.collect())
}
