//! What providers are asked before a plan is trusted: their checks, and their artifacts.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use serde_json::Value;

use super::{
    artifacts::gone_artifacts,
    plan::Planning,
    question::{AnswersNeeded, Questioner, provider_node},
};
use crate::{
    definition::{
        Definition, OutputSchema, ProviderIndex, ProviderOrigin, Scope, ScopeId, Task, TaskIndex,
        ValueHandle, Workflow,
    },
    error::EngineError,
    identity::{ComponentName, checks_component},
    plan::{CheckStatus, ProviderCheck, Unusable},
    runtime::Work,
    sandbox::Secrets,
    state::{RunId, RunSummary, StateReader},
};

/// Is what providers said.
#[derive(Debug, Clone, Default)]
pub(super) struct Verification {
    /// Every check, by provider.
    pub(super) checks: Vec<ProviderCheck>,
    /// What the checks of each provider found, as it enters identities.
    fingerprints: HashMap<ProviderIndex, Vec<String>>,
    /// The providers whose checks gave no answer in time, with the first name each has.
    unanswered: BTreeMap<ProviderIndex, Arc<str>>,
    /// The stored runs that cannot be reused although their identities fit.
    pub(super) unusable: Vec<(RunId, Unusable)>,
}

impl Verification {
    /// Gives what the checks of a provider found, where it was asked and has any.
    pub(super) fn found(&self, provider: ProviderIndex) -> Option<&[String]> {
        self.fingerprints.get(&provider).map(Vec::as_slice)
    }

    /// Returns the providers whose checks gave no answer in time.
    pub(super) fn unanswered(&self) -> &BTreeMap<ProviderIndex, Arc<str>> {
        &self.unanswered
    }

    /// Gives what the checks of the providers in a scope found, by the names they have there.
    pub(super) fn in_scope(&self, scope: &Scope) -> HashMap<Arc<str>, Vec<String>> {
        let providers = scope.providers.iter();
        let found = providers.filter_map(|(name, provider)| {
            let found = self.found(*provider)?;
            Some((Arc::clone(name), found.to_vec()))
        });
        found.collect()
    }
}

/// Asks every provider of a workflow how ready it is.
///
/// # Errors
/// Where a provider fails, or where its readiness is required and missing.
pub(super) async fn ask_providers(
    questioner: &Questioner<'_>,
) -> Result<Verification, EngineError> {
    let session = questioner.session;
    let secrets = session.emitter.secrets();
    let mut verification = Verification::default();
    for (name, provider) in providers_of(&session.definition, questioner.workflow) {
        let Some(checks) = ask_checks(questioner, &name, provider).await? else {
            verification.unanswered.insert(provider, name);
            continue;
        };
        if !checks.is_empty() {
            let found = checks.iter().map(fingerprint).collect();
            verification.fingerprints.insert(provider, found);
        }
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
    if questioner.needed == AnswersNeeded::All && !missing.is_empty() {
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
    questioner: &Questioner<'_>,
    planning: &Planning<'_>,
    candidates: &[Candidate],
) -> Result<Vec<(RunId, Unusable)>, EngineError> {
    let Some(state) = planning.state else {
        return Ok(Vec::new());
    };
    let mut unusable = unanswered_checks(planning, candidates);
    unusable.extend(changed_checks(planning, state, candidates)?);
    unusable.extend(gone_artifacts(questioner, planning, state, candidates).await?);
    unusable.extend(refused_outputs(questioner, state, candidates).await?);
    Ok(unusable)
}

/// Lists the runs of tasks that see a provider which gave no answer.
fn unanswered_checks(planning: &Planning<'_>, candidates: &[Candidate]) -> Vec<(RunId, Unusable)> {
    let unanswered = planning.verification.unanswered();
    let silent = |task: TaskIndex| {
        let scope = planning.workflow.scope(planning.workflow.task(task).scope);
        let mut seen = scope.providers.iter();
        let (name, _) = seen.find(|(_, provider)| unanswered.contains_key(provider))?;
        Some(Unusable::CheckUnanswered {
            provider: name.to_string(),
        })
    };
    candidates
        .iter()
        .filter_map(|Candidate { task, run }| Some((run.run_id.clone(), silent(*task)?)))
        .collect()
}

/// Gives each provider that an apply or a new workspace uses and that runs code of the
/// project, with the first name it has; the built-in one has nothing to ask.
///
/// Two providers may have one name, one of them where the other is not in scope.
pub(super) fn providers_of(
    definition: &Definition,
    workflow: &Workflow,
) -> Vec<(Arc<str>, ProviderIndex)> {
    let hooks = workflow.workspace.iter().map(|workspace| workspace.scope);
    let tasks = workflow.tasks.iter().map(|task| task.scope);
    let scopes: BTreeSet<ScopeId> = tasks.chain(hooks).collect();
    let mut seen = HashSet::new();
    let used = scopes
        .iter()
        .flat_map(|scope| &workflow.scope(*scope).providers);
    used.filter(|(_, index)| definition.provider(**index).origin == ProviderOrigin::Project)
        .filter(|(_, index)| seen.insert(**index))
        .map(|(name, index)| (Arc::clone(name), *index))
        .collect()
}

async fn ask_checks(
    questioner: &Questioner<'_>,
    name: &str,
    provider: ProviderIndex,
) -> Result<Option<Vec<ProviderCheck>>, EngineError> {
    let session = questioner.session;
    let work = Work::Checks {
        provider: session.definition.provider(provider).value,
        is_required: questioner.needed == AnswersNeeded::All,
    };
    let Some(answer) = questioner.ask(&provider_node(name), work).await? else {
        return Ok(None);
    };
    let mut checks: Vec<ProviderCheck> = serde_json::from_value(answer).map_err(|error| {
        let problem = session.emitter.mask(&error.to_string());
        EngineError::Runtime(format!(
            "the provider `{name}` gave a malformed check: {problem}"
        ))
    })?;
    for check in &mut checks {
        name.clone_into(&mut check.provider);
    }
    Ok(Some(checks))
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
    let verification = &planning.verification;
    if verification.fingerprints.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<RunId> = candidates
        .iter()
        .map(|candidate| candidate.run.run_id.clone())
        .collect();
    let stored = state.components(&ids)?;
    let changed = candidates.iter().filter_map(|Candidate { task, run }| {
        let scope = planning.workflow.scope(planning.workflow.task(*task).scope);
        let fingerprints = verification.in_scope(scope);
        let now = checks_component(&fingerprints, scope, planning.secrets)
            .map(|component| component.hash);
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

/// Asks schemas that are code whether stored outputs still pass them.
async fn refused_outputs(
    questioner: &Questioner<'_>,
    state: &StateReader,
    candidates: &[Candidate],
) -> Result<Vec<(RunId, Unusable)>, EngineError> {
    let asked: Vec<(&Task, ValueHandle, &RunId)> = candidates
        .iter()
        .filter_map(|Candidate { task, run }| {
            let task = questioner.workflow.task(*task);
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
    let mut silent = HashSet::new();
    let mut refused = Vec::new();
    for (task, schema, run) in asked {
        let output = outputs
            .get(run)
            .and_then(|text| serde_json::from_str(text).ok());
        let work = Work::ValidateOutput {
            schema,
            output: output.unwrap_or(Value::Null),
        };
        // A schema that several tasks share is not waited for again and again.
        let answer = if silent.contains(&schema) {
            None
        } else {
            questioner.ask(&task.path, work).await?
        };
        let message = match answer {
            Some(Value::String(message)) => message,
            Some(_) => continue,
            None => {
                silent.insert(schema);
                "the schema gave no answer in time".to_owned()
            }
        };
        refused.push((run.clone(), Unusable::OutputInvalid { message }));
    }
    Ok(refused)
}
