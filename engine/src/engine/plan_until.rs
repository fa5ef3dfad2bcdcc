//! The plan of an apply that is to stop after a task.

use super::{Engine, PlanRequest, RunSession, select};
use crate::{
    definition::{PointId, TaskIndex},
    error::EngineError,
    plan::WorkflowPlan,
};

impl Engine {
    /// Plans one task of a workflow, by name or path, and everything before it.
    ///
    /// # Errors
    /// Where there is no such task, the workflow has to be named, or the plan cannot be made.
    pub fn plan_until(
        &self,
        request: &PlanRequest,
        until: &str,
        run: &RunSession,
    ) -> Result<Vec<WorkflowPlan>, EngineError> {
        let definition = self.definition()?;
        let workflow = select::workflow(&definition, request.workflow.as_deref())?;
        let task = workflow.task(select::task(workflow, until)?);
        let earlier = workflow.earlier_tasks(PointId(task.point.0));
        let request = PlanRequest {
            workflow: Some(workflow.name.to_string()),
            level: request.level,
        };
        let mut plans = self.plan(&request, run)?;
        for plan in &mut plans {
            keep_only(plan, &earlier);
            plan.count(workflow);
        }
        Ok(plans)
    }
}

fn keep_only(plan: &mut WorkflowPlan, tasks: &[TaskIndex]) {
    plan.nodes
        .retain(|node| tasks.binary_search(&TaskIndex(node.index)).is_ok());
    plan.final_context = None;
}
