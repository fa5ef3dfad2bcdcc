//! What providers and schemas that are code said of a project, for a program that asks them now and then
//! and plans in between.

use std::{collections::HashMap, sync::Arc};

use super::{
    Engine, KeyUse, RunSession,
    checks::{Verification, has_questions},
    plan::Planning,
    question::AnswersNeeded,
    session::{Session, SessionOptions},
};
use crate::{definition::Definition, error::EngineError, plan::WorkflowPlan};

/// What the providers of each workflow said of themselves, and of what is stored.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    workflows: HashMap<Arc<str>, Verification>,
}

impl Answers {
    /// Returns what was said in one workflow.
    pub(super) fn of(&self, workflow: &str) -> Option<&Verification> {
        self.workflows.get(workflow)
    }
}

impl Engine {
    /// Asks providers for their checks, whether their artifacts still exist, and schemas that are code
    /// whether what is stored passes them. Those that take too long are left out.
    ///
    /// # Errors
    /// Where nobody trusts the project, the config is wrong, or a provider fails.
    pub fn ask(&self, run: &RunSession) -> Result<Answers, EngineError> {
        let options = SessionOptions {
            log: None,
            state: None,
        };
        self.with_session(run, options, |session| self.ask_in(session))
    }

    async fn ask_in(&self, session: Session) -> Result<Answers, EngineError> {
        let state = self.read_state()?;
        let secrets = self.secret_digests(KeyUse::Read)?;
        let definition = &session.definition;
        let mut answers = Answers::default();
        for workflow in &definition.workflows {
            let mut planning = Planning::new(definition, workflow, state.as_ref(), &secrets)?;
            planning.verify(&session, AnswersNeeded::IfInTime).await?;
            let name = Arc::clone(&workflow.name);
            answers.workflows.insert(name, planning.verification);
        }
        Ok(answers)
    }

    /// Returns whether a definition has anybody to ask.
    #[must_use]
    pub fn has_questions(&self, definition: &Definition) -> bool {
        let mut workflows = definition.workflows.iter();
        workflows.any(|workflow| has_questions(definition, workflow))
    }

    /// Plans a definition that is loaded already, with what was said when it was asked.
    ///
    /// # Errors
    /// Where the state cannot be read or a provider's configuration cannot be resolved.
    pub fn plan_with_answers(
        &self,
        definition: &Definition,
        answers: &Answers,
    ) -> Result<Vec<WorkflowPlan>, EngineError> {
        let state = self.read_state()?;
        let secrets = self.secret_digests(KeyUse::Read)?;
        let plans = definition.workflows.iter().map(|workflow| {
            let mut planning = Planning::new(definition, workflow, state.as_ref(), &secrets)?;
            planning.take_answers(answers);
            planning.plan()
        });
        plans.collect()
    }
}
