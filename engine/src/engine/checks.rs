//! What providers are asked before a plan is trusted: their checks, and their artifacts.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde_json::Value;

use super::{plan::Planning, session::Session};
use crate::{
    definition::{
        Definition, OutputSchema, ProviderIndex, ProviderOrigin, Scope, Task, TaskIndex,
        ValueHandle, Workflow,
    },
    error::EngineError,
    identity::{ComponentName, checks_component},
    plan::{CheckStatus, ProviderCheck, Unusable},
    runtime::{CallOutcome, Work},
    sandbox::Secrets,
    state::{RunId, RunSummary, StateReader, StoredArtifact},
};

/// Is what providers said.
#[derive(Default)]
pub(super) struct Verification {
    /// Every check, by provider.
    pub(super) checks: Vec<ProviderCheck>,
    /// What the checks of each provider found, as it enters identities.
    pub(super) fingerprints: HashMap<Arc<str>, Vec<String>>,
}

/// Asks every provider of a workflow how ready it is.
///
/// # Errors
/// Where a provider fails, or where its readiness is required and missing.
pub(super) async fn ask_providers(
    session: &Session,
    workflow: &Workflow,
    is_required: bool,
) -> Result<Verification, EngineError> {
    let mut verification = Verification::default();
    for (name, provider) in providers_of(&session.definition, workflow) {
        let checks = ask_checks(session, workflow, &name, provider, is_required).await?;
        if !checks.is_empty() {
            let found = checks.iter().map(fingerprint).collect();
            verification.fingerprints.insert(name, found);
        }
        let secrets = session.emitter.secrets();
        verification
            .checks
            .extend(checks.into_iter().map(|check| masked(check, secrets)));
    }
    let missing: Vec<ProviderCheck> = verification
        .checks
        .iter()
        .filter(|check| check.status == CheckStatus::Required)
        .cloned()
        .collect();
    if is_required && !missing.is_empty() {
        return Err(EngineError::ChecksRequired(missing));
    }
    Ok(verification)
}

fn masked(check: ProviderCheck, secrets: &Secrets) -> ProviderCheck {
    let text = |text: Option<String>| text.map(|text| secrets.mask(&text));
    ProviderCheck {
        label: secrets.mask(&check.label),
        value: secrets.mask_json(&check.value),
        message: text(check.message),
        detail: text(check.detail),
        fingerprint: text(check.fingerprint),
        metadata: check.metadata.map(|metadata| secrets.mask_json(&metadata)),
        ..check
    }
}

/// Is a stored run that a walk would reuse, with the task it belongs to.
pub(super) struct Candidate {
    pub(super) task: TaskIndex,
    pub(super) run: RunSummary,
}

/// Says whether stored runs have to be asked about at all.
pub(super) fn has_questions(definition: &Definition, workflow: &Workflow) -> bool {
    // What needs Node.js cannot be asked; it plans all the same, as a plan at rest does.
    if definition.graph.node_requirement().is_some() {
        return false;
    }
    let has_code = |task: &Task| matches!(task.options.output, Some(OutputSchema::Code { .. }));
    !providers_of(definition, workflow).is_empty() || workflow.tasks.iter().any(has_code)
}

/// Finds out which of these runs cannot be reused although their identities fit.
///
/// # Errors
/// Where a provider fails or the state cannot be read.
pub(super) async fn ask_about_runs(
    session: &Session,
    planning: &Planning<'_>,
    candidates: &[Candidate],
) -> Result<Vec<(RunId, Unusable)>, EngineError> {
    let Some(state) = planning.state else {
        return Ok(Vec::new());
    };
    let mut unusable = changed_checks(planning, state, candidates)?;
    unusable.extend(gone_artifacts(session, planning.workflow, state, candidates).await?);
    unusable.extend(refused_outputs(session, planning.workflow, state, candidates).await?);
    Ok(unusable)
}

/// Gives the providers that run code of the project; the built-in one has nothing to ask.
fn providers_of(definition: &Definition, workflow: &Workflow) -> BTreeMap<Arc<str>, ProviderIndex> {
    let used: BTreeMap<Arc<str>, ProviderIndex> = workflow
        .scopes
        .iter()
        .flat_map(|scope| {
            scope
                .providers
                .iter()
                .map(|(name, index)| (Arc::clone(name), *index))
        })
        .collect();
    used.into_iter()
        .filter(|(_, index)| definition.provider(*index).origin == ProviderOrigin::Project)
        .collect()
}

async fn ask_checks(
    session: &Session,
    workflow: &Workflow,
    name: &str,
    provider: ProviderIndex,
    is_required: bool,
) -> Result<Vec<ProviderCheck>, EngineError> {
    let value = session.definition.provider(provider).value;
    let work = Work::Checks {
        provider: value,
        is_required,
    };
    let answer = ask(session, workflow, name, work).await?;
    let mut checks: Vec<ProviderCheck> = serde_json::from_value(answer).map_err(|error| {
        let problem = session.emitter.mask(&error.to_string());
        EngineError::Runtime(format!(
            "the provider `{name}` gave a malformed check: {problem}"
        ))
    })?;
    for check in &mut checks {
        name.clone_into(&mut check.provider);
    }
    Ok(checks)
}

async fn ask(
    session: &Session,
    workflow: &Workflow,
    name: &str,
    work: Work,
) -> Result<Value, EngineError> {
    let node = format!("provider.{name}");
    let answer = session.call(workflow, &node, &Scope::default(), work).await;
    match answer {
        Ok(result) => match result.outcome {
            CallOutcome::Value(value) => Ok(value),
            _ => Ok(Value::Null),
        },
        Err(failure) => Err(session.failure(&node, failure, None).into_error(None)),
    }
}

fn fingerprint(check: &ProviderCheck) -> String {
    let found = check
        .fingerprint
        .clone()
        .unwrap_or_else(|| check.value.to_string());
    format!("{}={found}", check.id)
}

/// Runs that were made when the checks found something else are not reusable.
fn changed_checks(
    planning: &Planning<'_>,
    state: &StateReader,
    candidates: &[Candidate],
) -> Result<Vec<(RunId, Unusable)>, EngineError> {
    let fingerprints = &planning.verification.fingerprints;
    if fingerprints.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<RunId> = candidates
        .iter()
        .map(|candidate| candidate.run.run_id.clone())
        .collect();
    let stored = state.components(&ids)?;
    let changed = candidates.iter().filter_map(|Candidate { task, run }| {
        let scope = planning.workflow.scope(planning.workflow.task(*task).scope);
        let now =
            checks_component(fingerprints, scope, planning.secrets).map(|component| component.hash);
        let before = stored
            .get(&run.run_id)
            .and_then(|components| {
                components
                    .iter()
                    .find(|one| one.name == ComponentName::Checks.as_str())
            })
            .map(|component| component.hash);
        let provider = scope
            .providers
            .keys()
            .find(|name| fingerprints.contains_key(*name))?;
        let why = Unusable::ChecksChanged {
            provider: provider.to_string(),
        };
        (now != before).then(|| (run.run_id.clone(), why))
    });
    Ok(changed.collect())
}

async fn gone_artifacts(
    session: &Session,
    workflow: &Workflow,
    state: &StateReader,
    candidates: &[Candidate],
) -> Result<Vec<(RunId, Unusable)>, EngineError> {
    let with_artifacts: Vec<RunId> = candidates
        .iter()
        .filter(|candidate| candidate.run.has_artifacts)
        .map(|candidate| candidate.run.run_id.clone())
        .collect();
    if with_artifacts.is_empty() {
        return Ok(Vec::new());
    }
    let owners = owners(session, workflow);
    let mut answers: HashMap<String, bool> = HashMap::new();
    let mut gone = Vec::new();
    for (run, artifacts) in state.artifacts(&with_artifacts)? {
        for artifact in artifacts {
            let Some((name, provider)) = owners.get(&artifact.provider_id) else {
                continue;
            };
            if !exists(session, workflow, name, *provider, &artifact, &mut answers).await? {
                let why = Unusable::ArtifactGone {
                    reference: artifact.reference,
                };
                gone.push((run.clone(), why));
            }
        }
    }
    Ok(gone)
}

fn owners(session: &Session, workflow: &Workflow) -> HashMap<String, (Arc<str>, ValueHandle)> {
    providers_of(&session.definition, workflow)
        .into_iter()
        .map(|(name, index)| {
            let provider = session.definition.provider(index);
            (provider.provider_id.clone(), (name, provider.value))
        })
        .collect()
}

async fn exists(
    session: &Session,
    workflow: &Workflow,
    name: &str,
    provider: ValueHandle,
    artifact: &StoredArtifact,
    answers: &mut HashMap<String, bool>,
) -> Result<bool, EngineError> {
    let key = artifact.reference.to_string();
    if let Some(known) = answers.get(&key) {
        return Ok(*known);
    }
    let work = Work::ValidateArtifact {
        provider,
        reference: artifact.reference.clone(),
    };
    let exists = ask(session, workflow, name, work).await? == Value::Bool(true);
    answers.insert(key, exists);
    Ok(exists)
}

/// Asks schemas that are code whether stored outputs still pass them.
async fn refused_outputs(
    session: &Session,
    workflow: &Workflow,
    state: &StateReader,
    candidates: &[Candidate],
) -> Result<Vec<(RunId, Unusable)>, EngineError> {
    let asked: Vec<(&Task, ValueHandle, &RunId)> = candidates
        .iter()
        .filter_map(|Candidate { task, run }| {
            let task = workflow.task(*task);
            match &task.options.output {
                Some(OutputSchema::Code { value, .. }) => Some((task, *value, &run.run_id)),
                _ => None,
            }
        })
        .collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<RunId> = asked.iter().map(|(_, _, run)| (*run).clone()).collect();
    let outputs = state.outputs(&ids)?;
    let mut refused = Vec::new();
    for (task, schema, run) in asked {
        let output = outputs
            .get(run)
            .and_then(|text| serde_json::from_str(text).ok());
        let work = Work::ValidateOutput {
            schema,
            output: output.unwrap_or(Value::Null),
        };
        if let Value::String(message) = ask(session, workflow, &task.path, work).await? {
            refused.push((run.clone(), Unusable::OutputInvalid { message }));
        }
    }
    Ok(refused)
}
