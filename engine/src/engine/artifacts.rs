//! What providers are asked of the artifacts that stored runs made: whether they still exist.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use serde_json::Value;

use super::{
    checks::{Candidate, providers_of},
    plan::Planning,
    question::{Questioner, provider_node},
};
use crate::{
    definition::{ProviderIndex, TaskIndex},
    error::EngineError,
    plan::{Unusable, last_tasks},
    runtime::Work,
    state::{RunId, StateReader, StoredArtifact},
};

/// Lists the runs that made something which is gone, or of which nobody says whether it is.
///
/// # Errors
/// Where a provider fails or the state cannot be read.
pub(super) async fn gone_artifacts(
    questioner: &Questioner<'_>,
    planning: &Planning<'_>,
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
    let mut questions = ArtifactQuestions::new(questioner, planning);
    let mut gone = Vec::new();
    for Candidate { task, run } in with_artifacts {
        for artifact in artifacts.remove(&run.run_id).unwrap_or_default() {
            let why = match questions.fate(*task, &artifact).await? {
                Fate::Exists => continue,
                Fate::Gone => Unusable::ArtifactGone {
                    reference: artifact.reference,
                },
                Fate::Unknown { provider } => Unusable::CheckUnanswered {
                    provider: provider.to_string(),
                },
            };
            gone.push((run.run_id.clone(), why));
        }
    }
    Ok(gone)
}

type Owners = Arc<[(Arc<str>, ProviderIndex)]>;

/// What is known of an artifact.
enum Fate {
    Exists,
    Gone,
    /// The provider gave no answer in time.
    Unknown {
        provider: Arc<str>,
    },
}

/// What a provider says of an artifact.
#[derive(Clone, Copy)]
enum Answer {
    Known,
    NotKnown,
    None,
}

/// Asks providers whether artifacts still exist, each question once, task by task in walk
/// order.
struct ArtifactQuestions<'a> {
    questioner: &'a Questioner<'a>,
    providers: Vec<(Arc<str>, ProviderIndex)>,
    owners: HashMap<(TaskIndex, String), Owners>,
    answers: HashMap<(ProviderIndex, String), Answer>,
    /// The providers that gave no answer in time, and are asked nothing more.
    silent: BTreeSet<ProviderIndex>,
}

impl<'a> ArtifactQuestions<'a> {
    fn new(questioner: &'a Questioner<'a>, planning: &Planning<'_>) -> Self {
        let silent = planning.verification.unanswered();
        Self {
            questioner,
            providers: providers_of(planning.definition, planning.workflow),
            owners: HashMap::new(),
            answers: HashMap::new(),
            silent: silent.keys().copied().collect(),
        }
    }

    /// An artifact is gone when none of the providers it may belong to knows it.
    async fn fate(
        &mut self,
        task: TaskIndex,
        artifact: &StoredArtifact,
    ) -> Result<Fate, EngineError> {
        let key = artifact.reference.to_string();
        let owners = self
            .inherited_owners(task, &key)
            .unwrap_or_else(|| self.owners_in_scope(task, &artifact.provider_id));
        self.owners.insert((task, key), Arc::clone(&owners));
        let mut silent = None;
        for (name, provider) in owners.iter() {
            match self.ask(name, *provider, artifact).await? {
                Answer::Known => return Ok(Fate::Exists),
                Answer::NotKnown => {}
                Answer::None => silent = silent.or(Some(Arc::clone(name))),
            }
        }
        Ok(match silent {
            Some(provider) => Fate::Unknown { provider },
            None if owners.is_empty() => Fate::Exists,
            None => Fate::Gone,
        })
    }

    /// An artifact that a task has only handed on belongs to whom it belonged before.
    fn inherited_owners(&self, task: TaskIndex, artifact: &str) -> Option<Owners> {
        let workflow = self.questioner.workflow;
        let after = workflow.task(task).after;
        let before = last_tasks(workflow, after);
        let owners_at = |task| self.owners.get(&(task, artifact.to_owned())).cloned();
        before.into_iter().find_map(owners_at)
    }

    /// Gives the providers with an id that a task sees; where it sees none, those of the
    /// workflow.
    fn owners_in_scope(&self, task: TaskIndex, provider_id: &str) -> Owners {
        let Questioner {
            session, workflow, ..
        } = self.questioner;
        let definition = &session.definition;
        let scope = workflow.scope(workflow.task(task).scope);
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

    async fn ask(
        &mut self,
        name: &str,
        provider: ProviderIndex,
        artifact: &StoredArtifact,
    ) -> Result<Answer, EngineError> {
        let key = (provider, artifact.reference.to_string());
        if let Some(answer) = self.answers.get(&key) {
            return Ok(*answer);
        }
        if self.silent.contains(&provider) {
            return Ok(Answer::None);
        }
        let definition = &self.questioner.session.definition;
        let work = Work::ValidateArtifact {
            provider: definition.provider(provider).value,
            reference: artifact.reference.clone(),
        };
        let answer = match self.questioner.ask(&provider_node(name), work).await? {
            Some(Value::Bool(true)) => Answer::Known,
            Some(_) => Answer::NotKnown,
            None => Answer::None,
        };
        if matches!(answer, Answer::None) {
            self.silent.insert(provider);
        }
        self.answers.insert(key, answer);
        Ok(answer)
    }
}
