//! Requests for plans: at rest, verified, and saved for a later apply.

use std::{collections::HashSet, sync::Arc};

use jiff::Timestamp;
use serde_json::Value;

use super::{
    Engine, KeyUse, PlanRequest, RunSession,
    checks::{Candidate, Verification, ask_about_runs, ask_providers, has_questions},
    contexts::check_branch_names,
    select,
    session::{Session, SessionOptions},
};
use crate::{
    definition::{Definition, Workflow},
    digest::Digest,
    error::EngineError,
    identity::{Identities, SecretDigests, hash_json, hash_parts},
    plan::{PlanInputs, PlanLevel, Records, SavedPlan, Verdict, Walk, WorkflowPlan, make_plan},
    state::StateReader,
};

/// The version of the format of saved plans.
pub(super) const SAVED_PLAN_FORMAT: u32 = 1;

impl Engine {
    /// Says what is still valid and, exactly, why the rest is not.
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
            PlanLevel::Verified => {
                let options = SessionOptions {
                    log: None,
                    state: None,
                };
                // The state is opened while the definition loads.
                let (loaded, state) = self.load_session(run, options, || self.read_state())?;
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
                self.plan_with_state(&definition, name, state?.as_ref())
            }
        }
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
        let state = self.read_state()?;
        self.plan_with_state(definition, workflow, state.as_ref())
    }

    fn plan_with_state(
        &self,
        definition: &Definition,
        workflow: Option<&str>,
        state: Option<&StateReader>,
    ) -> Result<Vec<WorkflowPlan>, EngineError> {
        let secrets = self.secret_digests(KeyUse::Read)?;
        select::workflows(definition, workflow)?
            .into_iter()
            .map(|workflow| {
                let planning = Planning::new(definition, workflow, state, &secrets)?;
                planning.plan()
            })
            .collect()
    }

    async fn plan_verified(
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
            planning.verify(&session, false).await?;
            plans.push(planning.plan()?);
        }
        Ok(plans)
    }

    /// Makes a plan that a later apply can be held to.
    ///
    /// # Errors
    /// As [`Engine::plan`].
    pub fn save_plan(
        &self,
        workflow: Option<&str>,
        run: &RunSession,
    ) -> Result<SavedPlan, EngineError> {
        let name = workflow.map(str::to_owned);
        let options = SessionOptions {
            log: None,
            state: None,
        };
        self.with_session(run, options, |session| async {
            let serial = self.state_serial()?.unwrap_or(0);
            let definition =
                definition_digest(&session.definition, &self.secret_digests(KeyUse::Create)?);
            let workflows = self.plan_verified(session, name).await?;
            Ok(SavedPlan {
                format: SAVED_PLAN_FORMAT,
                definition,
                serial,
                workflows,
            })
        })
    }
}

/// Is the planning of one workflow: what the definition, the state and providers say of it.
pub(super) struct Planning<'a> {
    pub(super) definition: &'a Definition,
    pub(super) workflow: &'a Workflow,
    pub(super) identities: Identities<'a>,
    pub(super) records: Records<'a>,
    pub(super) state: Option<&'a StateReader>,
    pub(super) verification: Verification,
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
        Ok(Self {
            identities: Identities::new(definition, workflow, secrets)?,
            records: Records::read(state, workflow)?,
            verification: Verification::default(),
            now: Timestamp::now(),
            definition,
            workflow,
            state,
            secrets,
        })
    }

    /// Asks providers what they find, and whether artifacts still exist.
    pub(super) async fn verify(
        &mut self,
        session: &Session,
        is_required: bool,
    ) -> Result<(), EngineError> {
        if !has_questions(self.definition, self.workflow) {
            return Ok(());
        }
        self.verification = ask_providers(session, self.workflow, is_required).await?;
        // A run that cannot be reused may leave an earlier one in its place.
        let mut asked = HashSet::new();
        loop {
            let mut candidates = self.candidates()?;
            candidates.retain(|candidate| asked.insert(candidate.run.run_id.clone()));
            if candidates.is_empty() {
                return Ok(());
            }
            for (run, why) in ask_about_runs(session, self, &candidates).await? {
                self.records.mark_unusable(run, why);
            }
        }
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
            now: self.now,
        })?;
        check_branch_names(self.definition, self.workflow, &plan, self.state)?;
        plan.checks.clone_from(&self.verification.checks);
        Ok(plan)
    }
}

/// Hashes everything of a definition that an apply depends on.
pub(super) fn definition_digest(definition: &Definition, secrets: &SecretDigests) -> Digest {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for text in definition.graph.project_texts().values() {
        parts.push(text.as_bytes().to_vec());
    }
    for (_, module) in definition.graph.modules() {
        parts.push(format!("{:?}", module.origin).into_bytes());
    }
    for provider in &definition.providers {
        // One that cannot be resolved is an error before any plan is made.
        let config = provider
            .config
            .as_ref()
            .map(|config| secrets.digest(config))
            .unwrap_or_default();
        parts.push(hash_json("provider-config", &config).as_bytes().to_vec());
    }
    for workflow in &definition.workflows {
        for scope in &workflow.scopes {
            let config = secrets.digest(&Value::Object(scope.config.clone()));
            parts.push(hash_json("config", &config).as_bytes().to_vec());
        }
        for task in &workflow.tasks {
            let version = task
                .options
                .version
                .as_deref()
                .map(|version| secrets.digest_text(version));
            let options = format!("{} {:?} {version:?}", task.path, task.options.cache_ttl);
            parts.push(options.into_bytes());
            parts.push(task.handler.fingerprint.hash.as_bytes().to_vec());
        }
    }
    hash_parts("definition", parts.iter().map(Vec::as_slice))
}
