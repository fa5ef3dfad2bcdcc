//! What providers are asked before a plan is trusted: their checks, and their artifacts.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde_json::Value;

use super::session::Session;
use crate::{
    definition::{OutputSchema, ProviderIndex, ProviderOrigin, Scope, ValueHandle, Workflow},
    error::EngineError,
    identity::{ComponentName, checks_component},
    plan::{CheckStatus, ProviderCheck, Records, Unusable},
    runtime::{CallOutcome, Work},
    state::{RunId, StateReader, StoredArtifact},
};

/// Is what providers said.
#[derive(Default)]
pub(super) struct Verification {
    /// Every check, by provider.
    pub(super) checks: Vec<ProviderCheck>,
    /// What the checks of each provider found, as it enters identities.
    pub(super) fingerprints: HashMap<Arc<str>, Vec<String>>,
}

/// Asks every provider of a workflow, and notes in the records which runs it makes unusable.
///
/// # Errors
/// Where a provider fails, or where its readiness is required and missing.
pub(super) async fn verify(
    session: &Session,
    workflow: &Workflow,
    state: Option<&StateReader>,
    records: &mut Records<'_>,
    is_required: bool,
) -> Result<Verification, EngineError> {
    let mut verification = Verification::default();
    for (name, provider) in providers_of(session, workflow) {
        let checks = ask_checks(session, workflow, &name, provider, is_required).await?;
        if !checks.is_empty() {
            let found = checks.iter().map(fingerprint).collect();
            verification.fingerprints.insert(name, found);
        }
        verification.checks.extend(checks);
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
    compare_checks(workflow, state, records, &verification)?;
    ask_artifacts(session, workflow, state, records).await?;
    ask_schemas(session, workflow, state, records).await?;
    Ok(verification)
}

/// Gives the providers that run code of the project; the built-in one has nothing to ask.
fn providers_of(session: &Session, workflow: &Workflow) -> BTreeMap<Arc<str>, ProviderIndex> {
    let used: BTreeMap<Arc<str>, ProviderIndex> = workflow
        .scopes
        .iter()
        .flat_map(|scope| scope.providers.iter().map(|(name, index)| (Arc::clone(name), *index)))
        .collect();
    used.into_iter()
        .filter(|(_, index)| session.definition.provider(*index).origin == ProviderOrigin::Project)
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
    let mut checks: Vec<ProviderCheck> =
        serde_json::from_value(answer).map_err(|error| EngineError::Runtime(format!("the provider `{name}` gave a malformed check: {error}")))?;
    for check in &mut checks {
        name.clone_into(&mut check.provider);
    }
    Ok(checks)
}

async fn ask(session: &Session, workflow: &Workflow, name: &str, work: Work) -> Result<Value, EngineError> {
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
    let found = check.fingerprint.clone().unwrap_or_else(|| check.value.to_string());
    format!("{}={found}", check.id)
}

/// Runs that were made when the checks found something else are not reusable.
fn compare_checks(
    workflow: &Workflow,
    state: Option<&StateReader>,
    records: &mut Records<'_>,
    verification: &Verification,
) -> Result<(), EngineError> {
    let Some(state) = state.filter(|_| !verification.fingerprints.is_empty()) else {
        return Ok(());
    };
    let runs: HashMap<String, RunId> = records
        .all_current()
        .map(|(path, run)| (path.to_owned(), run.run_id.clone()))
        .collect();
    let ids: Vec<RunId> = runs.values().cloned().collect();
    let stored = state.components(&ids)?;
    for task in &workflow.tasks {
        let Some(run) = runs.get(&*task.path) else { continue };
        let scope = workflow.scope(task.scope);
        let now = checks_component(&verification.fingerprints, scope).map(|component| component.hash);
        let before = stored
            .get(run)
            .and_then(|components| components.iter().find(|one| one.name == ComponentName::Checks.as_str()))
            .map(|component| component.hash);
        let provider = scope.providers.keys().find(|name| verification.fingerprints.contains_key(*name));
        if let Some(provider) = provider.filter(|_| now != before) {
            let why = Unusable::ChecksChanged {
                provider: provider.to_string(),
            };
            records.mark_unusable(run.clone(), why);
        }
    }
    Ok(())
}

async fn ask_artifacts(
    session: &Session,
    workflow: &Workflow,
    state: Option<&StateReader>,
    records: &mut Records<'_>,
) -> Result<(), EngineError> {
    let with_artifacts: Vec<RunId> = records
        .all_current()
        .filter(|(_, run)| run.has_artifacts && run.invalidated.is_none())
        .map(|(_, run)| run.run_id.clone())
        .collect();
    let Some(state) = state.filter(|_| !with_artifacts.is_empty()) else {
        return Ok(());
    };
    let owners = owners(session, workflow);
    let mut answers: HashMap<String, bool> = HashMap::new();
    for (run, artifacts) in state.artifacts(&with_artifacts)? {
        for artifact in artifacts {
            let Some((name, provider)) = owners.get(&artifact.provider_id) else {
                continue;
            };
            if !exists(session, workflow, name, *provider, &artifact, &mut answers).await? {
                let why = Unusable::ArtifactGone {
                    reference: artifact.reference,
                };
                records.mark_unusable(run.clone(), why);
            }
        }
    }
    Ok(())
}

fn owners(session: &Session, workflow: &Workflow) -> HashMap<String, (Arc<str>, ValueHandle)> {
    providers_of(session, workflow)
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
async fn ask_schemas(
    session: &Session,
    workflow: &Workflow,
    state: Option<&StateReader>,
    records: &mut Records<'_>,
) -> Result<(), EngineError> {
    let asked: Vec<(String, ValueHandle, RunId)> = workflow
        .tasks
        .iter()
        .filter_map(|task| match &task.options.output {
            Some(OutputSchema::Code { value, .. }) => {
                let run = records.current(&task.path)?;
                Some((task.path.to_string(), *value, run.run_id.clone()))
            }
            _ => None,
        })
        .collect();
    let Some(state) = state.filter(|_| !asked.is_empty()) else {
        return Ok(());
    };
    let ids: Vec<RunId> = asked.iter().map(|(_, _, run)| run.clone()).collect();
    let outputs = state.outputs(&ids)?;
    for (path, schema, run) in asked {
        let output = outputs.get(&run).and_then(|text| serde_json::from_str(text).ok());
        let work = Work::ValidateOutput {
            schema,
            output: output.unwrap_or(Value::Null),
        };
        if let Value::String(message) = ask(session, workflow, &path, work).await? {
            records.mark_unusable(run, Unusable::OutputInvalid { message });
        }
    }
    Ok(())
}
