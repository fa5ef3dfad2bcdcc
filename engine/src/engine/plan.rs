//! Requests for plans: at rest, verified, and saved for a later apply.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    Answers, Engine, KeyUse, PlanRequest, RunSession,
    checks::{Candidate, Verification, ask_about_runs, ask_providers, has_questions},
    contexts::{check_branch_names, known_contexts},
    question::{AnswersNeeded, Questioner},
    select,
    session::{Session, SessionOptions, emit_definition},
};
use crate::{
    definition::{Definition, Point, ProviderIndex, ScopeId, TaskIndex, Workflow},
    digest::{Digest, hash_parts},
    error::EngineError,
    event::Event,
    identity::{Identities, SecretDigests, hash_json},
    plan::{
        ChecksAsked, PlanInputs, PlanLevel, Records, StoredTasks, Verdict, Walk, WorkflowPlan,
        make_plan,
    },
    run::Emitter,
    state::StateReader,
};

impl Engine {
    /// Says what is still valid and, exactly, why the rest is not. Nothing of a project that
    /// nobody trusts is asked, whatever the level.
    ///
    /// # Errors
    /// Where the config is wrong, the state cannot be read, or a provider's configuration or
    /// check fails.
    pub fn plan(
        &self,
        request: &PlanRequest,
        run: &RunSession,
    ) -> Result<Vec<WorkflowPlan>, EngineError> {
        let name = request.workflow.as_deref();
        match request.level {
            PlanLevel::AtRest => {
                let definition = self.definition()?;
                self.plan_definition(&definition, name)
            }
            PlanLevel::Verified if !self.options.trust.is_trusted() => {
                let definition = self.definition()?;
                self.plan_without_asking(&definition, name, run)
            }
            PlanLevel::Verified => {
                let options = SessionOptions {
                    log: None,
                    state: None,
                };
                let (loaded, early) = self.load_session(run, options, || self.read_early(name))?;
                let definition = Arc::clone(&loaded.session.definition);
                let workflows = select::workflows(&definition, name)?;
                // Most projects have nobody to ask, and need nothing that asking needs.
                if workflows
                    .iter()
                    .any(|workflow| has_questions(&definition, workflow))
                {
                    return loaded
                        .run(|session| self.plan_verified(session, name.map(str::to_owned)));
                }
                self.plan_with_state(&definition, name, early?)
            }
        }
    }

    /// Reads what a plan needs of the state, for the time in which the definition loads.
    fn read_early(&self, workflow: Option<&str>) -> Result<Option<EarlyState>, EngineError> {
        let Some(reader) = self.read_state()? else {
            return Ok(None);
        };
        let tasks = match workflow {
            Some(name) => HashMap::from([(name.to_owned(), StoredTasks::read(&reader, name)?)]),
            None => StoredTasks::read_all(&reader)?,
        };
        Ok(Some(EarlyState { reader, tasks }))
    }

    /// Plans a definition that is loaded already, at rest.
    ///
    /// # Errors
    /// Where the state cannot be read or a provider's configuration cannot be resolved.
    pub fn plan_definition(
        &self,
        definition: &Definition,
        workflow: Option<&str>,
    ) -> Result<Vec<WorkflowPlan>, EngineError> {
        let early = self.read_early(workflow)?;
        self.plan_with_state(definition, workflow, early)
    }

    /// Plans a definition of a project that nobody trusts; events tell what was not asked.
    pub(super) fn plan_without_asking(
        &self,
        definition: &Definition,
        workflow: Option<&str>,
        run: &RunSession,
    ) -> Result<Vec<WorkflowPlan>, EngineError> {
        let secrets = self.variables.secrets().clone();
        let emitter = Emitter::new(Arc::clone(&run.events), secrets, None);
        emit_definition(&emitter, definition);
        let plans = self.plan_definition(definition, workflow)?;
        let unasked = plans
            .iter()
            .filter(|plan| plan.checks_asked == ChecksAsked::NotAsked);
        for plan in unasked {
            emitter.emit(Event::ChecksSkipped {
                workflow: plan.workflow.clone(),
            });
        }
        Ok(plans)
    }

    fn plan_with_state(
        &self,
        definition: &Definition,
        workflow: Option<&str>,
        state: Option<EarlyState>,
    ) -> Result<Vec<WorkflowPlan>, EngineError> {
        let secrets = self.secret_digests(KeyUse::Read)?;
        let (reader, mut tasks) = state.map(|early| (early.reader, early.tasks)).unzip();
        let mut stored = |workflow: &Workflow| {
            let tasks = tasks.as_mut();
            let stored = tasks.and_then(|tasks| tasks.remove(&*workflow.name));
            stored.unwrap_or_default()
        };
        select::workflows(definition, workflow)?
            .into_iter()
            .map(|workflow| {
                let state = reader.as_ref();
                let records = Records::of_stored(state, workflow, stored(workflow))?;
                Planning::with_records(definition, workflow, records, state, &secrets)?.plan()
            })
            .collect()
    }

    pub(super) async fn plan_verified(
        &self,
        session: Session,
        name: Option<String>,
    ) -> Result<Vec<WorkflowPlan>, EngineError> {
        let state = self.read_state()?;
        let secrets = self.secret_digests(KeyUse::Read)?;
        let mut plans = Vec::new();
        for workflow in select::workflows(&session.definition, name.as_deref())? {
            let mut planning =
                Planning::new(&session.definition, workflow, state.as_ref(), &secrets)?;
            planning.verify(&session, AnswersNeeded::IfInTime).await?;
            plans.push(planning.plan()?);
        }
        Ok(plans)
    }
}

/// The state with the stored tasks of workflows, by their names.
struct EarlyState {
    reader: StateReader,
    tasks: HashMap<String, StoredTasks>,
}

/// Is the planning of one workflow: what the definition, the state and providers say of it.
pub(super) struct Planning<'a> {
    pub(super) definition: &'a Definition,
    pub(super) workflow: &'a Workflow,
    pub(super) identities: Identities<'a>,
    pub(super) records: Records<'a>,
    pub(super) state: Option<&'a StateReader>,
    pub(super) verification: Verification,
    pub(super) checks_asked: ChecksAsked,
    pub(super) secrets: &'a SecretDigests,
    pub(super) now: Timestamp,
}

impl<'a> Planning<'a> {
    pub(super) fn new(
        definition: &'a Definition,
        workflow: &'a Workflow,
        state: Option<&'a StateReader>,
        secrets: &'a SecretDigests,
    ) -> Result<Self, EngineError> {
        let records = Records::read(state, workflow)?;
        Self::with_records(definition, workflow, records, state, secrets)
    }

    fn with_records(
        definition: &'a Definition,
        workflow: &'a Workflow,
        records: Records<'a>,
        state: Option<&'a StateReader>,
        secrets: &'a SecretDigests,
    ) -> Result<Self, EngineError> {
        Ok(Self {
            identities: Identities::new(definition, workflow, secrets)?,
            records,
            verification: Verification::default(),
            checks_asked: if has_questions(definition, workflow) {
                ChecksAsked::NotAsked
            } else {
                ChecksAsked::Nothing
            },
            now: Timestamp::now(),
            definition,
            workflow,
            state,
            secrets,
        })
    }

    /// Begins a walk: asks providers what they find, and whether artifacts still exist.
    pub(super) async fn verify(
        &mut self,
        session: &Session,
        needed: AnswersNeeded,
    ) -> Result<(), EngineError> {
        session.client.begin_walk();
        if self.checks_asked == ChecksAsked::Nothing {
            return Ok(());
        }
        let questioner = Questioner {
            session,
            workflow: self.workflow,
            needed,
        };
        self.checks_asked = ChecksAsked::Asked;
        self.verification = ask_providers(&questioner).await?;
        // A run that cannot be reused may leave an earlier one in its place.
        let mut asked = HashSet::new();
        loop {
            let mut candidates = self.candidates()?;
            candidates.retain(|candidate| asked.insert(candidate.run.run_id.clone()));
            if candidates.is_empty() {
                return Ok(());
            }
            let found = ask_about_runs(&questioner, self, &candidates).await?;
            for (run, why) in &found {
                self.records.mark_unusable(run.clone(), why.clone());
            }
            self.verification.unusable.extend(found);
        }
    }

    /// Takes up what was said when it was asked before; what was made since is as good as its identity.
    pub(super) fn take_answers(&mut self, answers: &Answers) {
        if self.checks_asked == ChecksAsked::Nothing {
            return;
        }
        let Some(verification) = answers.of(&self.workflow.name) else {
            return;
        };
        for (run, why) in &verification.unusable {
            self.records.mark_unusable(run.clone(), why.clone());
        }
        self.verification = verification.clone();
        self.checks_asked = ChecksAsked::Asked;
    }

    /// Gives the stored runs that the walk would reuse, as far as is known.
    fn candidates(&self) -> Result<Vec<Candidate>, EngineError> {
        let mut walk = Walk::new(self.workflow, &self.identities, &self.records, self.now);
        let verdicts = walk.judge_all()?.into_iter();
        let candidates = verdicts.filter_map(|(task, verdict)| match verdict {
            Verdict::Reusable(run) | Verdict::Conditional { run, .. } => {
                Some(Candidate { task, run })
            }
            Verdict::Stale(_) => None,
        });
        Ok(candidates.collect())
    }

    pub(super) fn plan(&self) -> Result<WorkflowPlan, EngineError> {
        let mut plan = make_plan(&PlanInputs {
            workflow: self.workflow,
            identities: &self.identities,
            records: &self.records,
            state: self.state,
            provider_fingerprint: self.provider_fingerprint(),
            now: self.now,
        })?;
        check_branch_names(self.definition, self.workflow, &plan, self.state)?;
        plan.final_context = self.final_context(&plan)?;
        plan.checks.clone_from(&self.verification.checks);
        plan.checks_asked = self.checks_asked;
        plan.provisional
            .clone_from(&self.definition.missed_variables);
        let unanswered = self.verification.unanswered().values();
        plan.unanswered_providers = unanswered.map(ToString::to_string).collect();
        Ok(plan)
    }

    /// Gives the context after everything, where all of it is known.
    fn final_context(
        &self,
        plan: &WorkflowPlan,
    ) -> Result<Option<Map<String, Value>>, EngineError> {
        let Some(state) = self.state.filter(|_| plan.is_settled()) else {
            return Ok(None);
        };
        let end = self.workflow.end;
        let mut contexts = known_contexts(plan);
        contexts.fetch(self.workflow, end, state)?;
        let context = contexts.at(self.workflow, end, state)?;
        // What was no secret when it was stored may be one now.
        match self.secrets.mask(&Value::Object((*context).clone())) {
            Value::Object(context) => Ok(Some(context)),
            _ => Ok(None),
        }
    }

    fn provider_fingerprint(&self) -> Digest {
        let scopes: BTreeSet<ScopeId> = self.workflow.tasks.iter().map(|task| task.scope).collect();
        let providers: BTreeSet<(&Arc<str>, ProviderIndex)> = scopes
            .iter()
            .flat_map(|scope| &self.workflow.scope(*scope).providers)
            .map(|(name, index)| (name, *index))
            .collect();
        let parts: Vec<Digest> = providers
            .into_iter()
            .map(|(name, index)| self.one_provider(name, index))
            .collect();
        hash_parts(
            "plan-providers",
            parts.iter().map(|part| &part.as_bytes()[..]),
        )
    }

    fn one_provider(&self, name: &str, index: ProviderIndex) -> Digest {
        let provider = self.definition.provider(index);
        // One that cannot be resolved is an error before any plan is made.
        let config = provider
            .config
            .as_ref()
            .map(|config| self.secrets.digest(config));
        let found = json!(self.verification.found(index));
        let described = json!([
            name,
            provider.provider_id,
            config.unwrap_or_default(),
            self.definition.fingerprints.hash(provider.plugin),
            self.secrets.digest(&found),
        ]);
        hash_json("plan-provider", &described)
    }
}

/// Hashes everything of a definition that an apply depends on, and nothing else: a comment
/// leaves a saved plan as good as it was.
///
/// # Errors
/// Where the configuration of a provider cannot be resolved.
pub(super) fn definition_digest(
    definition: &Definition,
    secrets: &SecretDigests,
) -> Result<Digest, EngineError> {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for workflow in &definition.workflows {
        parts.push(workflow.name.as_bytes().to_vec());
        parts.extend(
            workflow
                .points
                .iter()
                .map(|point| describe(point).into_bytes()),
        );
        let identities = Identities::new(definition, workflow, secrets)?;
        for (index, task) in workflow.tasks.iter().enumerate() {
            let fixed = identities.identity(TaskIndex(index), &[]);
            parts.push(fixed.as_bytes().to_vec());
            let options = &task.options;
            let order = format!(
                "{:?} {:?} {}",
                task.after, options.cache_ttl, options.cutoff
            );
            parts.push(order.into_bytes());
        }
    }
    let digest = hash_parts("definition", parts.iter().map(Vec::as_slice));
    Ok(digest)
}

/// Writes what a point is, wherever it was written.
fn describe(point: &Point) -> String {
    match point {
        Point::Join {
            incoming, branches, ..
        } => format!("join {incoming:?} {branches:?}"),
        Point::Start => "start".to_owned(),
        Point::After(task) => format!("after {task:?}"),
    }
}
