//! Looking at stored runs, explaining a task, invalidating and clearing.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Engine, KeyUse, apply::lock_state, plan::Planning, select};
use crate::{
    definition::{Definition, Workflow},
    digest::Digest,
    error::EngineError,
    identity::ComponentName,
    plan::{PlanNode, Walk, WorkflowPlan, causes_of},
    sandbox::Secrets,
    state::{
        ApplyId, FailedTask, InvalidatedRun, Invalidation, InvalidationCause, RunId, RunRecord,
        StateReader, StoredArtifact, StoredComponent,
    },
};

/// Is a stored run as people and programs see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CachedRun {
    /// Its id.
    pub id: RunId,
    /// The apply it ran in.
    pub apply_id: ApplyId,
    /// The workflow.
    pub workflow: String,
    /// The task's path.
    pub node_path: String,
    /// The task's name.
    pub node_name: String,
    /// What kind of node it is a run of.
    pub node_kind: NodeKind,
    /// The identity that the task had.
    pub node_key: Digest,
    /// Stands for the providers that the task saw.
    pub provider_fingerprint: Digest,
    /// The runs directly before it.
    pub upstream_run_ids: Vec<RunId>,
    /// The context it left.
    pub output: Map<String, Value>,
    /// What it made outside the context.
    pub artifacts: Vec<StoredArtifact>,
    /// Whether it is reused.
    pub status: CachedRunStatus,
    /// Who or what made it unusable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalidated: Option<Invalidation>,
    /// When it ran.
    #[serde(serialize_with = "crate::iso_time::serialize")]
    pub created_at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Whether it is the latest of its task.
    pub current: bool,
    /// What was noted about it.
    pub metadata: Map<String, Value>,
}

/// Says what a stored run is a run of; only tasks run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeKind {
    /// A task.
    Task,
}

/// Says whether a stored run is reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CachedRunStatus {
    /// The plan reuses it.
    Valid,
    /// The plan runs the task again.
    Stale,
    /// Somebody invalidated it.
    Invalidated,
    /// A later run took its place.
    Superseded,
    /// The config has no such task.
    Orphaned,
}

/// Says all that is known of why a task is cached or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskExplanation {
    /// The workflow.
    pub workflow: String,
    /// How the task stands.
    pub node: PlanNode,
    /// The first of `causes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<PlanNode>,
    /// The tasks it waits for, each pending for a reason of its own; none where it has one itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<ExplainedCause>,
    /// The parts of its identity, against those of its latest run.
    pub components: Vec<ComponentChange>,
    /// Its latest runs, newest first.
    pub history: Vec<CachedRun>,
}

/// A task that others wait for, and how many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedCause {
    /// How the task stands.
    #[serde(flatten)]
    pub node: PlanNode,
    /// How many tasks have to run because this one does.
    pub pending_after: usize,
    /// How many tasks have to run if an output between this one and them changes.
    pub conditional_after: usize,
}

/// Is one part of an identity, as it was and as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentChange {
    /// The part.
    pub name: String,
    /// Whether it changed.
    pub status: ComponentStatus,
    /// What it was, where that can be printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What it is, where that can be printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// Says whether a part of an identity changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ComponentStatus {
    /// It is the same.
    Same,
    /// It is another.
    Changed,
    /// There is no run to compare with.
    New,
    /// It depends on runs that are not known yet.
    Unknown,
}

/// How many runs of a task an explanation shows.
const HISTORY: usize = 5;

impl Engine {
    /// Lists stored runs; changes nothing.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub fn cached_runs(&self, workflow: Option<&str>) -> Result<Vec<CachedRun>, EngineError> {
        let Some(state) = self.read_state()? else {
            return Ok(Vec::new());
        };
        let reused = self.reused_runs(workflow)?;
        let records = state.list_runs(workflow)?;
        cached_runs(&state, records, reused.as_ref(), self.variables.secrets())
    }

    /// Lists the tasks of one workflow, or of all, whose last try failed, the latest first.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub fn failed_tasks(&self, workflow: Option<&str>) -> Result<Vec<FailedTask>, EngineError> {
        match self.read_state()? {
            Some(state) => Ok(state.failed_tasks(workflow)?),
            None => Ok(Vec::new()),
        }
    }

    /// Gives how each task of the plan stands, where the config loads.
    fn reused_runs(&self, workflow: Option<&str>) -> Result<Option<PlanNodes>, EngineError> {
        let Some(definition) = self.definition_if_right()? else {
            return Ok(None);
        };
        let Ok(plans) = self.plan_definition(&definition, workflow) else {
            return Ok(None);
        };
        let nodes = plans.into_iter().flat_map(|plan| {
            let workflow = plan.workflow;
            plan.nodes
                .into_iter()
                .map(move |node| ((workflow.clone(), node.path.clone()), node))
        });
        Ok(Some(nodes.collect()))
    }

    /// Explains one task, or every task.
    ///
    /// # Errors
    /// Where the config is wrong, the state cannot be read, or there is no such task.
    pub fn explain(
        &self,
        workflow: Option<&str>,
        task: Option<&str>,
    ) -> Result<Vec<TaskExplanation>, EngineError> {
        self.explain_definition(&self.definition()?, workflow, task)
    }

    /// Explains tasks of a definition that is loaded already.
    ///
    /// # Errors
    /// Where the state cannot be read, or there is no such task.
    pub fn explain_definition(
        &self,
        definition: &Definition,
        workflow: Option<&str>,
        task: Option<&str>,
    ) -> Result<Vec<TaskExplanation>, EngineError> {
        let state = self.read_state()?;
        let secrets = self.secret_digests(KeyUse::Read)?;
        let mut explanations = Vec::new();
        for workflow in explained_workflows(definition, workflow, task)? {
            let planning = Planning::new(definition, workflow, state.as_ref(), &secrets)?;
            let wanted = task
                .map(|target| select::task(workflow, target))
                .transpose()?;
            let plan = planning.plan()?;
            for node in &plan.nodes {
                if wanted.is_none_or(|index| node.index == index.0) {
                    let secrets = self.variables.secrets();
                    explanations.push(explain_node(&planning, &plan, node, secrets)?);
                }
            }
        }
        Ok(explanations)
    }

    /// Marks runs of tasks, and of all that descends from them, as no longer usable.
    ///
    /// # Errors
    /// Where there is no such task, or the state cannot be written.
    pub fn invalidate(
        &self,
        workflow: Option<&str>,
        targets: &[String],
    ) -> Result<Vec<InvalidatedRun>, EngineError> {
        let definition = self.definition()?;
        let mut paths: HashMap<String, Vec<String>> = HashMap::new();
        for target in targets {
            for workflow in explained_workflows(&definition, workflow, Some(target))? {
                let task = workflow.task(select::task(workflow, target)?);
                paths
                    .entry(workflow.name.to_string())
                    .or_default()
                    .push(task.path.to_string());
            }
        }
        self.invalidate_paths(paths)
    }

    /// Marks every run of a workflow, or of all, as no longer usable.
    ///
    /// # Errors
    /// Where the state cannot be written.
    pub fn invalidate_all(
        &self,
        workflow: Option<&str>,
    ) -> Result<Vec<InvalidatedRun>, EngineError> {
        let Some(state) = self.read_state()? else {
            return Ok(Vec::new());
        };
        let mut paths: HashMap<String, Vec<String>> = HashMap::new();
        for record in state.list_runs(workflow)? {
            paths
                .entry(record.workflow)
                .or_default()
                .push(record.node_path);
        }
        drop(state);
        self.invalidate_paths(paths)
    }

    fn invalidate_paths(
        &self,
        paths: HashMap<String, Vec<String>>,
    ) -> Result<Vec<InvalidatedRun>, EngineError> {
        if self.read_state()?.is_none() {
            return Ok(Vec::new());
        }
        let state = self.open_state()?;
        let cause = InvalidationCause::Person {
            name: self.options.who.clone(),
        };
        let mut invalidated = Vec::new();
        for (workflow, paths) in paths {
            invalidated.extend(lock_state(&state).invalidate(
                &workflow,
                &paths,
                &cause,
                Timestamp::now(),
            )?);
        }
        Ok(invalidated)
    }

    /// Deletes stored runs; workspaces stay.
    ///
    /// # Errors
    /// Where the state cannot be written.
    pub fn clear_cache(&self, workflow: Option<&str>) -> Result<usize, EngineError> {
        if self.read_state()?.is_none() {
            return Ok(0);
        }
        let state = self.open_state()?;
        let cleared = lock_state(&state).clear(workflow)?;
        Ok(cleared)
    }
}

/// Finds the workflow that a task is to be looked up in: the named one, or the one that has it.
fn explained_workflows<'a>(
    definition: &'a Definition,
    workflow: Option<&str>,
    task: Option<&str>,
) -> Result<Vec<&'a Workflow>, EngineError> {
    let candidates = select::workflows(definition, workflow)?;
    let Some(target) = task else {
        return Ok(candidates);
    };
    let holders: Vec<&Workflow> = candidates
        .iter()
        .filter(|workflow| workflow.find_tasks(target).next().is_some())
        .copied()
        .collect();
    match holders.len() {
        0 => {
            let known = candidates
                .iter()
                .flat_map(|workflow| workflow.tasks.iter().map(|task| task.path.to_string()));
            Err(select::unknown(
                crate::error::NameKind::Task,
                target,
                known.collect(),
            ))
        }
        1 => Ok(holders),
        _ => Err(EngineError::WorkflowNeeded {
            known: holders
                .iter()
                .map(|workflow| workflow.name.to_string())
                .collect(),
        }),
    }
}

/// How each task of the plan stands, by workflow and path.
type PlanNodes = HashMap<(String, String), PlanNode>;

/// Completes stored runs with what a plan does not need of them.
fn cached_runs(
    state: &StateReader,
    records: Vec<RunRecord>,
    reused: Option<&PlanNodes>,
    secrets: &Secrets,
) -> Result<Vec<CachedRun>, EngineError> {
    let ids: Vec<RunId> = records
        .iter()
        .map(|record| record.summary.run_id.clone())
        .collect();
    let mut details = RunDetails {
        outputs: state.outputs(&ids)?,
        artifacts: state.artifacts(&ids)?,
        providers: state.component_hashes(&ids, ComponentName::Providers.as_str())?,
        secrets,
    };
    let views = records.into_iter().map(|record| {
        let status = run_status(&record, reused);
        details.view(record, status)
    });
    Ok(views.collect())
}

struct RunDetails<'a> {
    outputs: HashMap<RunId, String>,
    artifacts: HashMap<RunId, Vec<StoredArtifact>>,
    providers: HashMap<RunId, Digest>,
    secrets: &'a Secrets,
}

impl RunDetails<'_> {
    fn view(&mut self, record: RunRecord, status: CachedRunStatus) -> CachedRun {
        let run = record.summary;
        let output = self.outputs.remove(&run.run_id).unwrap_or_default();
        let output = serde_json::from_str(&output).unwrap_or_default();
        let artifacts = self.artifacts.remove(&run.run_id).unwrap_or_default();
        CachedRun {
            node_kind: NodeKind::Task,
            node_key: run.identity,
            provider_fingerprint: self.providers.remove(&run.run_id).unwrap_or_default(),
            upstream_run_ids: run.upstream,
            output: self.masked(output),
            artifacts: artifacts
                .into_iter()
                .map(|artifact| self.masked_artifact(&artifact))
                .collect(),
            id: run.run_id,
            apply_id: record.apply_id,
            workflow: record.workflow,
            node_path: record.node_path,
            node_name: record.node_name,
            status,
            invalidated: run.invalidated,
            created_at: run.created_at,
            duration_ms: run.duration_ms,
            current: record.current,
            metadata: self.masked(record.metadata),
        }
    }

    fn masked_artifact(&self, artifact: &StoredArtifact) -> StoredArtifact {
        StoredArtifact {
            provider_id: self.secrets.mask(&artifact.provider_id),
            kind: self.secrets.mask(&artifact.kind),
            reference: self.secrets.mask_json(&artifact.reference),
        }
    }

    /// What was no secret when it was stored may be one now.
    fn masked(&self, members: Map<String, Value>) -> Map<String, Value> {
        match self.secrets.mask_json(&Value::Object(members)) {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }
}

fn run_status(record: &RunRecord, reused: Option<&PlanNodes>) -> CachedRunStatus {
    let key = (record.workflow.clone(), record.node_path.clone());
    let node = reused.map(|nodes| nodes.get(&key));
    match node {
        _ if record.summary.invalidated.is_some() => CachedRunStatus::Invalidated,
        Some(None) => CachedRunStatus::Orphaned,
        Some(Some(node)) if node.run_id.as_ref() == Some(&record.summary.run_id) => {
            CachedRunStatus::Valid
        }
        _ if !record.current => CachedRunStatus::Superseded,
        _ => CachedRunStatus::Stale,
    }
}

fn explain_node(
    planning: &Planning<'_>,
    plan: &WorkflowPlan,
    node: &PlanNode,
    secrets: &Secrets,
) -> Result<TaskExplanation, EngineError> {
    let reused = PlanNodes::from([(
        (planning.workflow.name.to_string(), node.path.clone()),
        node.clone(),
    )]);
    let history = match planning.state {
        Some(state) => {
            let records = state.runs_of(&planning.workflow.name, &node.path, HISTORY)?;
            cached_runs(state, records, Some(&reused), secrets)?
        }
        None => Vec::new(),
    };
    let causes = explained_causes(planning.workflow, plan, node);
    Ok(TaskExplanation {
        workflow: planning.workflow.name.to_string(),
        components: component_changes(planning, node)?,
        node: node.clone(),
        cause: causes.first().map(|cause| cause.node.clone()),
        causes,
        history,
    })
}

fn explained_causes(
    workflow: &Workflow,
    plan: &WorkflowPlan,
    node: &PlanNode,
) -> Vec<ExplainedCause> {
    let explained = causes_of(workflow, &plan.nodes, node).into_iter();
    let explained = explained.map(|node| {
        let counts = plan
            .causes
            .binary_search_by_key(&node.index, |cause| cause.index)
            .map(|position| &plan.causes[position]);
        ExplainedCause {
            node: node.clone(),
            pending_after: counts.map_or(0, |cause| cause.pending_after),
            conditional_after: counts.map_or(0, |cause| cause.conditional_after),
        }
    });
    explained.collect()
}

fn component_changes(
    planning: &Planning<'_>,
    node: &PlanNode,
) -> Result<Vec<ComponentChange>, EngineError> {
    let mut walk = Walk::new(
        planning.workflow,
        &planning.identities,
        &planning.records,
        planning.now,
    );
    walk.judge_all()?;
    let index = crate::definition::TaskIndex(node.index);
    let after = planning.workflow.task(index).after;
    let runs = walk.runs_at(after);
    let paths = walk.upstream_values(after);
    let is_known = !matches!(walk.resolve(after), crate::plan::PointState::Behind { .. });
    let new = planning.identities.components(index, &runs, &paths);
    let old = stored_components(
        planning.state,
        planning.records.current(&node.path).map(|run| &run.run_id),
    )?;
    Ok(new
        .into_iter()
        .map(|component| compare(component, old.as_deref(), is_known))
        .collect())
}

fn stored_components(
    state: Option<&StateReader>,
    run: Option<&RunId>,
) -> Result<Option<Vec<StoredComponent>>, EngineError> {
    let (Some(state), Some(run)) = (state, run) else {
        return Ok(None);
    };
    Ok(state.components(std::slice::from_ref(run))?.remove(run))
}

fn compare(
    new: StoredComponent,
    old: Option<&[StoredComponent]>,
    is_upstream_known: bool,
) -> ComponentChange {
    let old = old.and_then(|components| {
        components
            .iter()
            .find(|component| component.name == new.name)
    });
    let status = match old {
        None => ComponentStatus::New,
        Some(_) if new.name == "upstream" && !is_upstream_known => ComponentStatus::Unknown,
        Some(old) if old.hash == new.hash => ComponentStatus::Same,
        Some(_) => ComponentStatus::Changed,
    };
    ComponentChange {
        name: new.name,
        status,
        old: old.and_then(|component| component.value.clone()),
        new: new.value,
    }
}
