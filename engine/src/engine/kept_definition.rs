//! Requests for programs that keep a loaded definition, such as an editor's server: they ask
//! again and again, and nothing is evaluated for it.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::{Map, Value};

use super::{
    Engine, OperationSummary,
    contexts::{Contexts, makers},
    operation_list,
};
use crate::{
    definition::{Definition, PointId, TaskIndex, Workflow},
    error::EngineError,
    project::{LoadOptions, load},
    source::Footprint,
    state::{RunId, RunSummary, StateReader},
};

/// Is what the latest run of a task left.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedOutput {
    /// The task.
    pub task: TaskIndex,
    /// The context it left.
    pub output: Map<String, Value>,
}

impl Engine {
    /// Loads the definition, unless somebody sets `interrupt` before it is there. What it looks at is noted
    /// in the footprint, also where the config is wrong.
    ///
    /// # Errors
    /// Where the config is wrong.
    pub fn evaluate(
        &self,
        interrupt: &Arc<AtomicBool>,
        footprint: &Footprint,
    ) -> Result<Option<Definition>, EngineError> {
        let options = LoadOptions {
            interrupt: Arc::clone(interrupt),
            footprint: footprint.clone(),
            ..self.reading_options()
        };
        let loaded = load(&options);
        if interrupt.load(Ordering::Relaxed) {
            return Ok(None);
        }
        Ok(Some(loaded?))
    }

    /// Lists every operation of a definition: those of Rigkit first, then those of the config.
    #[must_use]
    pub fn operations_of(&self, definition: &Definition) -> Vec<OperationSummary> {
        operation_list::list(definition)
    }

    /// Gives the context at a point as the latest runs left it; what never ran adds nothing.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub fn recorded_context(
        &self,
        workflow: &Workflow,
        point: PointId,
    ) -> Result<Map<String, Value>, EngineError> {
        let Some(state) = self.read_state()? else {
            return Ok(Map::new());
        };
        let mut contexts = Contexts::default();
        let mut latest = state.current_runs(&workflow.name)?;
        for task in makers(workflow, point) {
            match latest.remove(&*workflow.task(task).path) {
                Some(run) => contexts.stored(task, run.run_id),
                None => contexts.produced(task, Arc::default()),
            }
        }
        let context = contexts.at(workflow, point, &state)?;
        Ok(self.masked_members((*context).clone()))
    }

    /// Gives what the latest run of each of some tasks left, for those that have one.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub fn recorded_outputs(
        &self,
        workflow: &Workflow,
        tasks: &[TaskIndex],
    ) -> Result<Vec<RecordedOutput>, EngineError> {
        let Some(state) = self.read_state()? else {
            return Ok(Vec::new());
        };
        let runs = latest_runs(&state, workflow, tasks)?;
        let ids: Vec<RunId> = runs.iter().map(|(_, run)| run.clone()).collect();
        let mut outputs = state.outputs(&ids)?;
        let recorded = runs.into_iter().filter_map(|(task, run)| {
            let members = serde_json::from_str(&outputs.remove(&run)?).ok()?;
            let output = self.masked_members(members);
            Some(RecordedOutput { task, output })
        });
        Ok(recorded.collect())
    }

    /// What was no secret when it was stored may be one now.
    fn masked_members(&self, members: Map<String, Value>) -> Map<String, Value> {
        match self.variables.secrets().mask_json(&Value::Object(members)) {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }
}

fn latest_runs(
    state: &StateReader,
    workflow: &Workflow,
    tasks: &[TaskIndex],
) -> Result<Vec<(TaskIndex, RunId)>, EngineError> {
    let latest: HashMap<String, RunSummary> = state.current_runs(&workflow.name)?;
    let runs = tasks.iter().filter_map(|task| {
        let run = latest.get(&*workflow.task(*task).path)?;
        Some((*task, run.run_id.clone()))
    });
    Ok(runs.collect())
}
