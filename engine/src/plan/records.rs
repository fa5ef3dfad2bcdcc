//! The stored runs of one workflow: the current ones read at once, earlier ones when they are
//! looked for.

use std::{cell::RefCell, collections::HashMap};

use serde_json::Value;

use super::{LastFailure, StoredTasks};
use crate::{
    definition::{OutputSchema, TaskIndex, Workflow},
    digest::Digest,
    error::EngineError,
    state::{RunId, RunSummary, StateReader, StoredOutput},
};

/// Holds what the state knows of a workflow's tasks.
pub(crate) struct Records<'a> {
    state: Option<&'a StateReader>,
    workflow: &'a Workflow,
    current: HashMap<String, RunSummary>,
    failures: HashMap<String, LastFailure>,
    older: RefCell<Older>,
    unusable: HashMap<RunId, Unusable>,
}

/// Is what was found of runs that later ones took the place of.
#[derive(Default)]
struct Older {
    runs: HashMap<(TaskIndex, Digest), Option<RunSummary>>,
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
    /// A provider gave no answer in time.
    CheckUnanswered { provider: String },
}

impl<'a> Records<'a> {
    /// Reads the current run of each task, and checks the outputs that have a JSON Schema.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub(crate) fn read(
        state: Option<&'a StateReader>,
        workflow: &'a Workflow,
    ) -> Result<Self, EngineError> {
        let stored = state.map(|state| StoredTasks::read(state, &workflow.name));
        Self::of_stored(state, workflow, stored.transpose()?.unwrap_or_default())
    }

    /// Checks the outputs that have a JSON Schema of current runs that are read already.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub(crate) fn of_stored(
        state: Option<&'a StateReader>,
        workflow: &'a Workflow,
        stored: StoredTasks,
    ) -> Result<Self, EngineError> {
        let mut records = Self {
            state,
            workflow,
            current: stored.current,
            failures: stored.failures,
            older: RefCell::default(),
            unusable: HashMap::new(),
        };
        let run_of = |path: &str| {
            records
                .current(path)
                .map(|run| run.run_id.clone())
                .into_iter()
                .collect()
        };
        records.unusable = invalid_outputs(state, workflow, run_of)?;
        let broken = records.current.values().filter_map(broken_output);
        records.unusable.extend(broken);
        Ok(records)
    }

    /// Gives the latest run of a task.
    pub(crate) fn current(&self, path: &str) -> Option<&RunSummary> {
        self.current.get(path)
    }

    /// Returns how the last try of a task failed, where it did.
    pub(crate) fn last_failure(&self, path: &str) -> Option<&LastFailure> {
        self.failures.get(path)
    }

    /// Gives the run of a task with an identity that a later run took the place of, if it may
    /// still be reusable.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub(crate) fn older(
        &self,
        task: TaskIndex,
        identity: Digest,
    ) -> Result<Option<RunSummary>, EngineError> {
        let key = (task, identity);
        let known = self.older.borrow().runs.get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let found = self.read_older(task, &identity)?;
        self.older.borrow_mut().runs.insert(key, found.clone());
        Ok(found)
    }

    fn read_older(
        &self,
        task: TaskIndex,
        identity: &Digest,
    ) -> Result<Option<RunSummary>, EngineError> {
        let Some(state) = self.state else {
            return Ok(None);
        };
        let task = self.workflow.task(task);
        let newest = state.newest_run(&self.workflow.name, &task.path, identity)?;
        let Some(run) = newest.filter(|run| run.invalidated.is_none()) else {
            return Ok(None);
        };
        self.older.borrow_mut().unusable.extend(broken_output(&run));
        if let Some(OutputSchema::JsonSchema { validator, .. }) = &task.options.output {
            let outputs = state.outputs(std::slice::from_ref(&run.run_id))?;
            if let Some(why) = refused(validator, outputs.get(&run.run_id)) {
                let unusable = &mut self.older.borrow_mut().unusable;
                unusable.insert(run.run_id.clone(), why);
            }
        }
        Ok(Some(run))
    }

    /// Says why a run cannot be reused although its identity fits.
    pub(crate) fn unusable(&self, run: &RunSummary) -> Option<Unusable> {
        let known = self.unusable.get(&run.run_id).cloned();
        known.or_else(|| self.older.borrow().unusable.get(&run.run_id).cloned())
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
        let why = refused(validator, outputs.get(&run))?;
        Some((run, why))
    });
    Ok(invalid.collect())
}

/// Returns why a run cannot be reused whose output cannot be read back.
fn broken_output(run: &RunSummary) -> Option<(RunId, Unusable)> {
    let message = || "the stored output is no JSON object".to_owned();
    let why = || Unusable::OutputInvalid { message: message() };
    (run.output == StoredOutput::Broken).then(|| (run.run_id.clone(), why()))
}

/// Says what a schema has against a stored output.
fn refused(validator: &jsonschema::Validator, output: Option<&String>) -> Option<Unusable> {
    let output = output.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let message = match output {
        Some(output) => validator.validate(&output).err()?.to_string(),
        None => "the stored output is not JSON".to_owned(),
    };
    Some(Unusable::OutputInvalid { message })
}
