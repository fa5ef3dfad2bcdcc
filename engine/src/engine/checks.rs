//! What providers are asked before a plan is trusted: their checks, and their artifacts.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use serde_json::Value;

use super::{plan::Planning, session::Session};
use crate::{
    definition::{
        Definition, OutputSchema, ProviderIndex, ProviderOrigin, Scope, ScopeId, Task, TaskIndex,
        ValueHandle, Workflow,
    },
    error::EngineError,
    identity::{ComponentName, checks_component},
    plan::{CheckStatus, ProviderCheck, Unusable, last_tasks},
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
    fingerprints: HashMap<ProviderIndex, Vec<String>>,
}

impl Verification {
    /// Gives what the checks of a provider found, where it was asked and has any.
    pub(super) fn found(&self, provider: ProviderIndex) -> Option<&[String]> {
        self.fingerprints.get(&provider).map(Vec::as_slice)
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
    session: &Session,
    workflow: &Workflow,
    is_required: bool,
) -> Result<Verification, EngineError> {
    let mut verification = Verification::default();
    for (name, provider) in providers_of(&session.definition, workflow) {
        let checks = ask_checks(session, workflow, &name, provider, is_required).await?;
        if !checks.is_empty() {
            let found = checks.iter().map(fingerprint).collect();
            verification.fingerprints.insert(provider, found);
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

/// Gives each provider that an apply or a new workspace uses and that runs code of the
/// project, with the first name it has; the built-in one has nothing to ask.
///
/// Two providers may have one name, one of them where the other is not in scope.
fn providers_of(definition: &Definition, workflow: &Workflow) -> Vec<(Arc<str>, ProviderIndex)> {
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

async fn gone_artifacts(
    session: &Session,
    workflow: &Workflow,
    state: &StateReader,
    candidates: &[Candidate],
) -> Result<Vec<(RunId, Unusable)>, EngineError> {
    let with_artifacts: Vec<&Candidate> = candidates
        .iter()
        .filter(|candidate| candidate.run.has_artifacts)
        .collect();
    if with_artifacts.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<RunId> = with_artifacts
        .iter()
        .map(|candidate| candidate.run.run_id.clone())
        .collect();
    let mut artifacts = state.artifacts(&ids)?;
    let mut questions = ArtifactQuestions::new(session, workflow);
    let mut gone = Vec::new();
    for Candidate { task, run } in with_artifacts {
        for artifact in artifacts.remove(&run.run_id).unwrap_or_default() {
            if !questions.exists(*task, &artifact).await? {
                let why = Unusable::ArtifactGone {
                    reference: artifact.reference,
                };
                gone.push((run.run_id.clone(), why));
            }
        }
    }
    Ok(gone)
}

type Owners = Arc<[(Arc<str>, ProviderIndex)]>;

/// Asks providers whether artifacts still exist, each question once, task by task in walk
/// order.
struct ArtifactQuestions<'a> {
    session: &'a Session,
    workflow: &'a Workflow,
    providers: Vec<(Arc<str>, ProviderIndex)>,
    owners: HashMap<(TaskIndex, String), Owners>,
    answers: HashMap<(ProviderIndex, String), bool>,
}

impl<'a> ArtifactQuestions<'a> {
    fn new(session: &'a Session, workflow: &'a Workflow) -> Self {
        Self {
            session,
            workflow,
            providers: providers_of(&session.definition, workflow),
            owners: HashMap::new(),
            answers: HashMap::new(),
        }
    }

    /// An artifact is gone when none of the providers it may belong to knows it.
    async fn exists(
        &mut self,
        task: TaskIndex,
        artifact: &StoredArtifact,
    ) -> Result<bool, EngineError> {
        let key = artifact.reference.to_string();
        let owners = self
            .inherited_owners(task, &key)
            .unwrap_or_else(|| self.owners_in_scope(task, &artifact.provider_id));
        self.owners.insert((task, key), Arc::clone(&owners));
        for (name, provider) in owners.iter() {
            if self.knows(name, *provider, artifact).await? {
                return Ok(true);
            }
        }
        Ok(owners.is_empty())
    }

    /// An artifact that a task has only handed on belongs to whom it belonged before.
    fn inherited_owners(&self, task: TaskIndex, artifact: &str) -> Option<Owners> {
        let after = self.workflow.task(task).after;
        let before = last_tasks(self.workflow, after);
        let owners_at = |task| self.owners.get(&(task, artifact.to_owned())).cloned();
        before.into_iter().find_map(owners_at)
    }

    /// Gives the providers with an id that a task sees; where it sees none, those of the
    /// workflow.
    fn owners_in_scope(&self, task: TaskIndex, provider_id: &str) -> Owners {
        let definition = &self.session.definition;
        let scope = self.workflow.scope(self.workflow.task(task).scope);
        let with_id = self
            .providers
            .iter()
            .filter(|(_, index)| definition.provider(*index).provider_id == provider_id);
        let (in_scope, elsewhere): (Vec<_>, Vec<_>) = with_id
            .cloned()
            .partition(|(_, index)| scope.providers.values().any(|visible| visible == index));
        if in_scope.is_empty() {
            elsewhere.into()
        } else {
            in_scope.into()
        }
    }

    async fn knows(
        &mut self,
        name: &str,
        provider: ProviderIndex,
        artifact: &StoredArtifact,
    ) -> Result<bool, EngineError> {
        let key = (provider, artifact.reference.to_string());
        if let Some(known) = self.answers.get(&key) {
            return Ok(*known);
        }
        let work = Work::ValidateArtifact {
            provider: self.session.definition.provider(provider).value,
            reference: artifact.reference.clone(),
        };
        let answer = ask(self.session, self.workflow, name, work).await?;
        let knows = answer == Value::Bool(true);
        self.answers.insert(key, knows);
        Ok(knows)
    }
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
