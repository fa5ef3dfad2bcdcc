//! Plans that are kept for a later apply: making one, and holding an apply to it.

use super::{
    Engine, KeyUse, RunSession,
    plan::{Planning, definition_digest},
    question::AnswersNeeded,
    session::{Session, SessionOptions},
};
use crate::{
    definition::{Definition, Workflow},
    error::{EngineError, MovedSincePlan},
    identity::SecretDigests,
    plan::{NodeStatus, PlanNode, SavedPlan, WorkflowPlan},
    state::RunId,
};

/// The version of the format of saved plans.
const FORMAT: u32 = 1;

impl Engine {
    /// Makes a plan that a later apply can be held to.
    ///
    /// # Errors
    /// As [`Engine::plan`].
    pub fn save_plan(
        &self,
        workflow: Option<&str>,
        run: &RunSession,
    ) -> Result<SavedPlan, EngineError> {
        if !self.options.trust.is_trusted() {
            let definition = self.definition()?;
            let saved = self.saved(&definition, Vec::new())?;
            let workflows = self.plan_without_asking(&definition, workflow, run)?;
            return Ok(SavedPlan { workflows, ..saved });
        }
        let name = workflow.map(str::to_owned);
        let options = SessionOptions {
            log: None,
            state: None,
        };
        self.with_session(run, options, |session| async {
            let saved = self.saved(&session.definition, Vec::new())?;
            let workflows = self.plan_verified(session, name).await?;
            Ok(SavedPlan { workflows, ..saved })
        })
    }

    /// Makes a saved plan of what is there now; what it depends on is read before anything is
    /// asked, which may take its time.
    fn saved(
        &self,
        definition: &Definition,
        workflows: Vec<WorkflowPlan>,
    ) -> Result<SavedPlan, EngineError> {
        Ok(SavedPlan {
            format: FORMAT,
            config: self.options.project.config.named().map(str::to_owned),
            serial: self.state_serial()?.unwrap_or(0),
            definition: definition_digest(definition, &self.secret_digests(KeyUse::Create)?)?,
            workflows,
        })
    }

    /// Refuses a saved plan of another definition, before anything else is asked of it: what
    /// it names may no longer be there.
    pub(super) fn check_planned_definition(
        &self,
        saved: &SavedPlan,
        definition: &Definition,
        secrets: &SecretDigests,
    ) -> Result<(), EngineError> {
        if saved.config.as_deref() != self.options.project.config.named() {
            return Err(EngineError::StalePlan {
                moved: MovedSincePlan::OtherConfig,
            });
        }
        let is_same =
            saved.format == FORMAT && saved.definition == definition_digest(definition, secrets)?;
        if is_same {
            return Ok(());
        }
        let moved = if self.has_state_moved(saved)? {
            MovedSincePlan::Both
        } else {
            MovedSincePlan::Definition
        };
        Err(EngineError::StalePlan { moved })
    }

    /// Refuses a saved plan that is of other workflows, or that would be another one now.
    ///
    /// The state may have moved for the sake of another workflow, which leaves a plan as it was.
    pub(super) async fn check_saved_plan(
        &self,
        saved: &SavedPlan,
        session: &Session,
        workflow: &Workflow,
        secrets: &SecretDigests,
    ) -> Result<(), EngineError> {
        let planned = planned_workflow(saved, workflow)?;
        let reader = self.read_state()?;
        let mut planning = Planning::new(&session.definition, workflow, reader.as_ref(), secrets)?;
        planning.verify(session, AnswersNeeded::IfInTime).await?;
        let plan = planning.plan()?;
        if steps(planned).eq(steps(&plan)) {
            return Ok(());
        }
        let moved = if self.has_state_moved(saved)? {
            MovedSincePlan::State
        } else {
            MovedSincePlan::Surroundings
        };
        Err(EngineError::StalePlan { moved })
    }

    fn has_state_moved(&self, saved: &SavedPlan) -> Result<bool, EngineError> {
        Ok(saved.serial != self.state_serial()?.unwrap_or(0))
    }
}

/// Gives the workflow that a saved plan is of, if there is only one.
pub(super) fn only_workflow(saved: &SavedPlan) -> Option<&str> {
    match saved.workflows.as_slice() {
        [only] => Some(&only.workflow),
        _ => None,
    }
}

fn planned_workflow<'a>(
    saved: &'a SavedPlan,
    workflow: &Workflow,
) -> Result<&'a WorkflowPlan, EngineError> {
    let mut plans = saved.workflows.iter();
    let planned = plans.find(|plan| *plan.workflow == *workflow.name);
    planned.ok_or_else(|| EngineError::PlanOfOtherWorkflow {
        workflow: workflow.name.to_string(),
        planned: saved
            .workflows
            .iter()
            .map(|plan| plan.workflow.clone())
            .collect(),
    })
}

type Step<'a> = (
    &'a str,
    NodeStatus,
    &'static str,
    Option<&'a RunId>,
    &'a [RunId],
);

/// Gives what a plan says that an apply does: which task runs and why, after and with which
/// runs. How old a run has become meanwhile is no part of it.
fn steps(plan: &WorkflowPlan) -> impl Iterator<Item = Step<'_>> {
    plan.nodes.iter().map(|node: &PlanNode| {
        (
            node.path.as_str(),
            node.status,
            node.reason.code(),
            node.run_id.as_ref(),
            node.upstream_run_ids.as_slice(),
        )
    })
}
