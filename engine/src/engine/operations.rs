//! Named operations: what there is, and running one.

use std::{sync::Arc, time::Instant};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    ApplyRequest, CreateWorkspaceRequest, Engine, LockBehaviour, PlanRequest,
    RemoveWorkspaceRequest, RunSession,
    apply::{SharedState, elapsed_ms, lock_state, outcome_of, require_embedded},
    input::{ResolvedInput, find_workspace, ready_workspace, resolve},
    operation_list::{
        OperationKind, OperationSource, OperationSummary, core_apply_summary, core_create_summary,
        core_plan_summary, core_remove, list,
    },
    select,
    session::{Session, SessionOptions},
};
use crate::{
    definition::{Definition, Operation, OperationInput, Scope, ValueHandle, Workflow},
    error::{EngineError, NameKind},
    event::Event,
    plan::PlanLevel,
    runtime::{CallOutcome, ResultRule, Work},
    sandbox::Secrets,
    state::{ApplyId, OperationRunId, WorkspaceOperationRun, WorkspaceRecord},
};

/// Asks for an operation of the project to be run.
#[derive(Debug, Clone)]
pub struct OperationRequest {
    /// The workflow; may be left out where one workflow has the operation.
    pub workflow: Option<String>,
    /// The operation's id; `workspace/operation` runs a workspace operation.
    pub operation: String,
    /// Its input, an object.
    pub input: Value,
}

/// Asks for an operation on a workspace to be run.
#[derive(Debug, Clone)]
pub struct WorkspaceOperationRequest {
    /// The workflow; may be left out where one workspace has the name.
    pub workflow: Option<String>,
    /// The workspace's name.
    pub workspace: String,
    /// The operation's id.
    pub operation: String,
    /// Its input, an object.
    pub input: Value,
}

impl Engine {
    /// Lists every operation: those of Rigkit first, then those of the config.
    ///
    /// # Errors
    /// Where the config is wrong.
    pub fn operations(&self) -> Result<Vec<OperationSummary>, EngineError> {
        Ok(list(&self.definition()?))
    }

    /// Runs an operation of the project.
    ///
    /// # Errors
    /// Where there is no such operation, its input is wrong, or its handler fails.
    pub fn run_operation(
        &self,
        request: &OperationRequest,
        run: &RunSession,
    ) -> Result<Value, EngineError> {
        if let Some((workspace, operation)) = request.operation.split_once('/')
            && !self.is_project_operation(request)?
        {
            let request = WorkspaceOperationRequest {
                workflow: request.workflow.clone(),
                workspace: workspace.to_owned(),
                operation: operation.to_owned(),
                input: request.input.clone(),
            };
            return self.run_workspace_operation(&request, run);
        }
        match request.operation.as_str() {
            "plan" => self.core_plan(request, run),
            "apply" => self.core_apply(request, run),
            "create" | "fork" => self.core_create(request, run),
            _ => self.with_operation_session(run, |session, state, id| async move {
                self.project_operation(&session, request, &state, id).await
            }),
        }
    }

    /// Says whether an id with a `/` is a project's own and no address of a workspace operation.
    fn is_project_operation(&self, request: &OperationRequest) -> Result<bool, EngineError> {
        let definition = self.definition()?;
        let candidates = select::workflows(&definition, request.workflow.as_deref())?;
        let mut operations = candidates.iter().flat_map(|workflow| &workflow.operations);
        Ok(operations.any(|operation| *operation.id == *request.operation))
    }

    fn core_plan(
        &self,
        request: &OperationRequest,
        run: &RunSession,
    ) -> Result<Value, EngineError> {
        check_core_input(&core_plan_summary(), &request.operation, &request.input)?;
        let plan = PlanRequest {
            workflow: workflow_of(request),
            level: PlanLevel::Verified,
        };
        Ok(json!({ "workflows": self.plan(&plan, run)? }))
    }

    fn core_apply(
        &self,
        request: &OperationRequest,
        run: &RunSession,
    ) -> Result<Value, EngineError> {
        check_core_input(&core_apply_summary(), &request.operation, &request.input)?;
        let apply = ApplyRequest {
            workflow: workflow_of(request),
            ..ApplyRequest::default()
        };
        Ok(json!(self.apply(&apply, run)?))
    }

    fn core_create(
        &self,
        request: &OperationRequest,
        run: &RunSession,
    ) -> Result<Value, EngineError> {
        check_core_input(&core_create_summary(), &request.operation, &request.input)?;
        let name = request.input.get("name").and_then(Value::as_str);
        let create = CreateWorkspaceRequest {
            workflow: workflow_of(request),
            name: name.unwrap_or_default().to_owned(),
            jobs: None,
            lock: LockBehaviour::Wait,
        };
        Ok(json!(self.create_workspace(&create, run)?))
    }

    /// Runs an operation on a workspace.
    ///
    /// # Errors
    /// Where there is no such workspace or operation, its input is wrong, or its handler fails.
    pub fn run_workspace_operation(
        &self,
        request: &WorkspaceOperationRequest,
        run: &RunSession,
    ) -> Result<Value, EngineError> {
        if request.operation == "remove" {
            let address = format!("{}/remove", request.workspace);
            check_core_input(&core_remove(""), &address, &request.input)?;
            let remove = RemoveWorkspaceRequest {
                workflow: request.workflow.clone(),
                name: request.workspace.clone(),
                force: false,
            };
            return Ok(json!(self.remove_workspace(&remove, run)?));
        }
        self.with_operation_session(run, |session, state, id| async move {
            self.workspace_operation(&session, request, &state, id)
                .await
        })
    }

    fn with_operation_session<F: Future<Output = Result<Value, EngineError>>>(
        &self,
        run: &RunSession,
        work: impl FnOnce(Session, SharedState, ApplyId) -> F,
    ) -> Result<Value, EngineError> {
        self.require_trust()?;
        let id = ApplyId::generate();
        let state = self.open_state()?;
        let options = SessionOptions {
            log: Some(self.prepare_log(&id)?),
            state: Some(Arc::clone(&state)),
        };
        self.with_session(run, options, |session| work(session, state, id))
    }

    async fn project_operation(
        &self,
        session: &Session,
        request: &OperationRequest,
        state: &SharedState,
        id: ApplyId,
    ) -> Result<Value, EngineError> {
        let definition = Arc::clone(&session.definition);
        let (workflow, operation) = find_project_operation(&definition, request)?;
        let input = resolve(
            &request.operation,
            &operation.input,
            request.input.clone(),
            &workflow.name,
            Some(&lock_state(state)),
        )?;
        let call = OperationCall {
            workflow,
            operation,
            address: request.operation.clone(),
            node: format!("operation.{}", operation.id),
            context: None,
            workspace: None,
            input,
        };
        run_call(session, call, id).await
    }

    async fn workspace_operation(
        &self,
        session: &Session,
        request: &WorkspaceOperationRequest,
        state: &SharedState,
        id: ApplyId,
    ) -> Result<Value, EngineError> {
        let definition = Arc::clone(&session.definition);
        let wanted = request.workflow.as_deref();
        let record = find_workspace(Some(&lock_state(state)), wanted, &request.workspace)?;
        let workflow = select::workflow(&definition, Some(&record.workflow))?;
        let mut known = ids(&workflow.workspace_operations);
        known.push("remove".to_owned());
        let operation = select::operation(
            &workflow.workspace_operations,
            &request.operation,
            NameKind::WorkspaceOperation,
            known,
        )?;
        let record = ready_workspace(
            Some(&lock_state(state)),
            Some(&record.workflow),
            &record.name,
        )?;
        let address = format!("{}/{}", record.name, operation.id);
        let input = resolve(
            &address,
            &operation.input,
            request.input.clone(),
            &workflow.name,
            Some(&lock_state(state)),
        )?;
        let call = OperationCall {
            workflow,
            operation,
            address,
            node: format!("workspace.{}.{}", record.name, operation.id),
            context: Some(record.workflow_ctx.clone()),
            workspace: Some(record.clone()),
            input,
        };
        let started_at = Timestamp::now();
        let result = run_call(session, call, id).await;
        let secrets = session.emitter.secrets();
        lock_state(state).record_workspace_operation(&WorkspaceOperationRun {
            id: OperationRunId::generate(),
            workspace: record.id,
            workflow: record.workflow,
            operation: operation.id.to_string(),
            started_at,
            finished_at: Timestamp::now(),
            outcome: outcome_of(&result),
            input: masked_members(secrets, &request.input),
            result: result.as_ref().ok().cloned(),
        })?;
        result
    }
}

fn masked_members(secrets: &Secrets, input: &Value) -> Map<String, Value> {
    match secrets.mask_json(input) {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn workflow_of(request: &OperationRequest) -> Option<String> {
    let named = request.input.get("workflow").and_then(Value::as_str);
    named
        .map(str::to_owned)
        .or_else(|| request.workflow.clone())
}

struct OperationCall<'a> {
    workflow: &'a Workflow,
    operation: &'a Operation,
    address: String,
    node: String,
    context: Option<Map<String, Value>>,
    workspace: Option<WorkspaceRecord>,
    input: ResolvedInput,
}

async fn run_call(
    session: &Session,
    call: OperationCall<'_>,
    id: ApplyId,
) -> Result<Value, EngineError> {
    require_embedded(&session.definition)?;
    let checked_input = checked_input(session, &call).await?;
    let started = Instant::now();
    session.emitter.emit(Event::OperationStarted {
        operation: call.address.clone(),
    });
    let scope = call.workflow.scope(call.operation.scope);
    let work = Work::Hook {
        handler: call.operation.run.function,
        result: ResultRule::OptionalJson,
        context: call.context.map(Arc::new),
        config: scope.config.clone(),
        workspace: call.workspace.map(|record| (record.name, Some(record.ctx))),
        input: Some(call.input.value),
        checked_input,
        workspaces: call.input.workspaces,
    };
    let place = session.definition.range(&call.operation.place);
    let result = match session.call(call.workflow, &call.node, scope, work).await {
        Ok(result) => Ok(match result.outcome {
            CallOutcome::Value(value) => session.emitter.secrets().mask_json(&value),
            _ => Value::Null,
        }),
        Err(failure) => Err(session
            .failure(&call.node, failure, place)
            .into_error(Some(id.to_string()))),
    };
    session.emitter.emit(Event::OperationCompleted {
        operation: call.address,
        outcome: outcome_of(&result),
        duration_ms: elapsed_ms(started),
        result: result.as_ref().ok().cloned(),
    });
    result
}

/// Has the input judged by the schema of the definition, if it is one, before anything runs.
async fn checked_input(
    session: &Session,
    call: &OperationCall<'_>,
) -> Result<Option<ValueHandle>, EngineError> {
    let Some(schema) = call.operation.input.standard else {
        return Ok(None);
    };
    let work = Work::CheckInput {
        schema,
        input: call.input.value.clone(),
    };
    let place = session.definition.range(&call.operation.place);
    let scope = Scope::default();
    let judged = session.call(call.workflow, &call.node, &scope, work).await;
    let judged =
        judged.map_err(|failure| session.failure(&call.node, failure, place).into_error(None))?;
    let answer: InputAnswer = match judged.outcome {
        CallOutcome::Value(value) => serde_json::from_value(value)
            .map_err(|error| EngineError::Runtime(error.to_string()))?,
        _ => InputAnswer::default(),
    };
    if answer.problems.is_empty() {
        return Ok(answer.kept.map(ValueHandle));
    }
    let mask = |problem: &String| session.emitter.mask(problem);
    Err(EngineError::InvalidInput {
        operation: call.address.clone(),
        problems: answer.problems.iter().map(mask).collect(),
    })
}

/// Is what a schema of the definition says of an input.
#[derive(Default, Deserialize)]
struct InputAnswer {
    kept: Option<u32>,
    #[serde(default)]
    problems: Vec<String>,
}

fn find_project_operation<'a>(
    definition: &'a Definition,
    request: &OperationRequest,
) -> Result<(&'a Workflow, &'a Operation), EngineError> {
    let candidates = select::workflows(definition, request.workflow.as_deref())?;
    let holders: Vec<(&Workflow, &Operation)> = candidates
        .iter()
        .filter_map(|workflow| {
            let operation = workflow
                .operations
                .iter()
                .find(|operation| *operation.id == *request.operation)?;
            Some((*workflow, operation))
        })
        .collect();
    match holders.as_slice() {
        [only] => Ok(*only),
        [] => {
            let known = list(definition)
                .into_iter()
                .filter(|summary| is_reachable(summary, request))
                .map(|summary| summary.id)
                .collect();
            Err(select::unknown(
                NameKind::Operation,
                &request.operation,
                known,
            ))
        }
        several => Err(EngineError::WorkflowNeeded {
            known: several
                .iter()
                .map(|(workflow, _)| workflow.name.to_string())
                .collect(),
        }),
    }
}

fn is_reachable(summary: &OperationSummary, request: &OperationRequest) -> bool {
    let is_core = summary.source == OperationSource::Core;
    let is_wanted = |workflow: &String| is_core || *workflow == summary.workflow;
    summary.kind == OperationKind::Command && request.workflow.as_ref().is_none_or(is_wanted)
}

/// Judges the input of an operation of Rigkit as that of any other.
fn check_core_input(
    summary: &OperationSummary,
    address: &str,
    input: &Value,
) -> Result<(), EngineError> {
    let validator = jsonschema::draft202012::new(&summary.input_schema)
        .map_err(|error| EngineError::Runtime(error.to_string()))?;
    let described = OperationInput {
        schema: summary.input_schema.clone(),
        fields: None,
        standard: None,
        validator: Arc::new(validator),
    };
    resolve(address, &described, input.clone(), "", None).map(|_| ())
}

fn ids(operations: &[Operation]) -> Vec<String> {
    operations
        .iter()
        .map(|operation| operation.id.to_string())
        .collect()
}
