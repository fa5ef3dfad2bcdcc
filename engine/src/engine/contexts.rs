//! The contexts between tasks: read from the state where they are needed, and not before.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value};

use crate::{
    definition::{Definition, Point, PointId, TaskIndex, Workflow},
    error::EngineError,
    plan::{NodeStatus, WorkflowPlan},
    state::{RunId, StateReader},
};

/// Is a context that several places share.
pub(super) type Context = Arc<Map<String, Value>>;

/// Knows the outputs of tasks that have a run, and makes contexts of them.
#[derive(Default)]
pub(super) struct Contexts {
    runs: HashMap<TaskIndex, RunId>,
    outputs: HashMap<TaskIndex, Context>,
    joins: HashMap<PointId, Context>,
}

impl Contexts {
    /// Notes that a task has a stored run.
    pub(super) fn stored(&mut self, task: TaskIndex, run: RunId) {
        self.runs.insert(task, run);
    }

    /// Notes the output of a task that has just run.
    pub(super) fn produced(&mut self, task: TaskIndex, output: Context) {
        self.outputs.insert(task, output);
    }

    /// Gives the context at a point, all of whose tasks have runs.
    pub(super) fn at(
        &mut self,
        workflow: &Workflow,
        point: PointId,
        state: &StateReader,
    ) -> Result<Context, EngineError> {
        match &workflow.points[point.0] {
            Point::Start => Ok(Context::default()),
            Point::After(task) => self.output(*task, state),
            Point::Join {
                incoming, branches, ..
            } => {
                if let Some(known) = self.joins.get(&point) {
                    return Ok(Arc::clone(known));
                }
                let mut context = (*self.at(workflow, *incoming, state)?).clone();
                for (name, end) in branches {
                    let branch = self.at(workflow, *end, state)?;
                    context.insert(name.to_string(), Value::Object((*branch).clone()));
                }
                let context = Arc::new(context);
                self.joins.insert(point, Arc::clone(&context));
                Ok(context)
            }
        }
    }

    /// Reads what the context at a point takes, with one query whatever its shape.
    pub(super) fn fetch(
        &mut self,
        workflow: &Workflow,
        point: PointId,
        state: &StateReader,
    ) -> Result<(), EngineError> {
        let tasks = makers(workflow, point);
        let runs: Vec<(TaskIndex, RunId)> = tasks
            .into_iter()
            .filter_map(|task| Some((task, self.runs.get(&task)?.clone())))
            .collect();
        let ids: Vec<RunId> = runs.iter().map(|(_, run)| run.clone()).collect();
        let outputs = state.outputs(&ids)?;
        for (task, run) in runs {
            let output = parsed(state, &run, outputs.get(&run))?;
            self.outputs.insert(task, output);
        }
        Ok(())
    }

    fn output(&mut self, task: TaskIndex, state: &StateReader) -> Result<Context, EngineError> {
        if let Some(known) = self.outputs.get(&task) {
            return Ok(Arc::clone(known));
        }
        let run = self.runs.get(&task).cloned();
        let run = run.ok_or_else(|| {
            EngineError::Runtime("a context was asked for before its task ran".to_owned())
        })?;
        let outputs = state.outputs(std::slice::from_ref(&run))?;
        let output = parsed(state, &run, outputs.get(&run))?;
        self.outputs.insert(task, Arc::clone(&output));
        Ok(output)
    }
}

/// Reads a stored output; one that is gone counts as empty.
///
/// # Errors
/// When it is no context: a task would go on with what no task has left.
fn parsed(
    state: &StateReader,
    run: &RunId,
    output: Option<&String>,
) -> Result<Context, EngineError> {
    let Some(output) = output else {
        return Ok(Context::default());
    };
    let detail = |error| format!("the output of the run {run} cannot be read: {error}");
    let context = serde_json::from_str(output);
    Ok(Arc::new(
        context.map_err(|error| state.damaged(detail(error)))?,
    ))
}

/// Gives the tasks whose outputs the context at a point is made of.
pub(super) fn makers(workflow: &Workflow, point: PointId) -> Vec<TaskIndex> {
    let mut tasks = Vec::new();
    let mut seen = vec![false; workflow.points.len()];
    let mut waiting = vec![point];
    while let Some(point) = waiting.pop() {
        if std::mem::replace(&mut seen[point.0], true) {
            continue;
        }
        match &workflow.points[point.0] {
            Point::Start => {}
            Point::After(task) => tasks.push(*task),
            Point::Join {
                incoming, branches, ..
            } => {
                waiting.push(*incoming);
                waiting.extend(branches.iter().map(|(_, end)| *end));
            }
        }
    }
    tasks
}

/// Finds a branch with the name of a context key, as far as a plan knows the contexts.
///
/// # Errors
/// That, or a state that cannot be read.
pub(super) fn check_branch_names(
    definition: &Definition,
    workflow: &Workflow,
    plan: &WorkflowPlan,
    state: Option<&StateReader>,
) -> Result<(), EngineError> {
    let joins = workflow.points.iter().filter_map(|point| match point {
        Point::Join { incoming, .. } => Some((point, *incoming)),
        _ => None,
    });
    let Some(state) = state else { return Ok(()) };
    let mut contexts = known_contexts(plan);
    for (join, incoming) in joins {
        if is_known(workflow, plan, incoming) {
            let context = contexts.at(workflow, incoming, state)?;
            check_join(definition, join, &context)?;
        }
    }
    Ok(())
}

/// Gives the contexts of the tasks that a plan reuses.
pub(super) fn known_contexts(plan: &WorkflowPlan) -> Contexts {
    let mut contexts = Contexts::default();
    for node in plan
        .nodes
        .iter()
        .filter(|node| node.status == NodeStatus::Cached)
    {
        if let Some(run) = &node.run_id {
            contexts.stored(TaskIndex(node.index), run.clone());
        }
    }
    contexts
}

fn is_known(workflow: &Workflow, plan: &WorkflowPlan, point: PointId) -> bool {
    crate::plan::last_tasks(workflow, point)
        .into_iter()
        .all(|task| plan.nodes[task.0].status == NodeStatus::Cached)
}

/// Refuses a branch that would overwrite a key of the context it starts from.
pub(super) fn check_join(
    definition: &Definition,
    join: &Point,
    incoming: &Context,
) -> Result<(), EngineError> {
    let Point::Join {
        branches, place, ..
    } = join
    else {
        return Ok(());
    };
    let collision = branches
        .iter()
        .find(|(name, _)| incoming.contains_key(&**name));
    match collision {
        Some((name, _)) => Err(EngineError::BranchCollision {
            branch: name.to_string(),
            range: place.property_name(&definition.graph, name),
        }),
        None => Ok(()),
    }
}
