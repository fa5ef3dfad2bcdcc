//! Named operations: what there is, and running one.

use std::{sync::Arc, time::Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    ApplyRequest, CreateWorkspaceRequest, Engine, LockBehaviour, PlanRequest,
    RemoveWorkspaceRequest, RunSession,
    apply::{SharedState, elapsed_ms, lock_state, outcome_of, require_embedded},
    input::{ResolvedInput, find_workspace, ready_workspace, resolve},
    select,
    session::{Session, SessionOptions},
};
use crate::{
    definition::{Definition, InputField, Operation, Workflow},
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

/// Describes an operation for menus, flags and help.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OperationSummary {
    /// The workflow it belongs to; empty for one that takes the workflow as an input.
    pub workflow: String,
    /// Its id.
    pub id: String,
    /// Other ids it answers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Who defines it.
    pub source: OperationSource,
    /// What it works on.
    pub kind: OperationKind,
    /// A title for menus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it makes a workspace.
    #[serde(default)]
    pub creates_workspace: bool,
    /// A JSON Schema of its input.
    pub input_schema: Value,
    /// Its input as fields, where it was written so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_fields: Option<Vec<InputField>>,
    /// How its input looks on a command line.
    pub cli: OperationCli,
}

/// Says who defines an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperationSource {
    /// Rigkit.
    Core,
    /// The config.
    Config,
}

/// Says what an operation works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperationKind {
    /// The project.
    Command,
    /// One workspace.
    WorkspaceAction,
}

/// Says how an operation's input looks on a command line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationCli {
    /// The inputs that are given by their place.
    #[serde(default)]
    pub positionals: Vec<OperationPositional>,
    /// The inputs that are given by a flag.
    #[serde(default)]
    pub options: Vec<OperationFlag>,
}

/// Is an input that is given by its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationPositional {
    /// The input's name.
    pub name: String,
    /// Its place, from 0.
    pub index: usize,
}

/// Is an input that is given by a flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationFlag {
    /// The input's name.
    pub name: String,
    /// The flag with its dashes.
    pub flag: String,
    /// Other flags for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Whether it must be given.
    #[serde(default)]
    pub required: bool,
    /// What it takes, as a JSON Schema `type`.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub value_type: Option<String>,
    /// Whether it reaches the engine; a flag that does not belongs to the host.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub runtime: bool,
}

fn yes() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_true(value: &bool) -> bool {
    *value
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
        if let Some((workspace, operation)) = request.operation.split_once('/') {
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

    fn core_plan(
        &self,
        request: &OperationRequest,
        run: &RunSession,
    ) -> Result<Value, EngineError> {
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
        let id = ApplyId::generate();
        let state = self.open_state()?;
        let options = SessionOptions {
            log: Some(self.begin_log(&id)?),
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
            result: result.as_ref().ok().map(|result| secrets.mask_json(result)),
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
        input_schema: call.operation.input.standard,
        workspaces: call.input.workspaces,
    };
    let place = session.definition.range(&call.operation.place);
    let result = match session.call(call.workflow, &call.node, scope, work).await {
        Ok(result) => Ok(match result.outcome {
            CallOutcome::Value(value) => value,
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
    });
    result
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
            let known = candidates
                .iter()
                .flat_map(|workflow| ids(&workflow.operations))
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

fn ids(operations: &[Operation]) -> Vec<String> {
    operations
        .iter()
        .map(|operation| operation.id.to_string())
        .collect()
}

fn list(definition: &Definition) -> Vec<OperationSummary> {
    let mut all = core_operations(definition);
    for workflow in &definition.workflows {
        let project = workflow
            .operations
            .iter()
            .map(|operation| (operation, OperationKind::Command));
        let workspace = workflow
            .workspace_operations
            .iter()
            .map(|operation| (operation, OperationKind::WorkspaceAction));
        all.extend(
            project
                .chain(workspace)
                .map(|(operation, kind)| config_operation(workflow, operation, kind)),
        );
    }
    all
}

fn core_operations(definition: &Definition) -> Vec<OperationSummary> {
    let creators: Vec<&Workflow> = definition
        .workflows
        .iter()
        .filter(|workflow| workflow.workspace.is_some())
        .collect();
    let mut operations = vec![
        core_command(
            "plan",
            "Plan",
            "Show what is cached, what is pending, and why",
            false,
        ),
        core_command("apply", "Apply", "Run what is pending", false),
    ];
    if !creators.is_empty() {
        let mut create = core_command("create", "Create", "Create a workspace", true);
        create.aliases = vec!["fork".to_owned()];
        operations.push(create);
    }
    operations.extend(creators.into_iter().map(core_remove));
    operations
}

fn core_command(
    id: &str,
    title: &str,
    description: &str,
    names_workspace: bool,
) -> OperationSummary {
    let mut properties = json!({ "workflow": { "type": "string", "description": "the workflow" } });
    let mut required: Vec<&str> = Vec::new();
    let mut positionals = Vec::new();
    if names_workspace {
        properties["name"] = json!({ "type": "string", "description": "the workspace's name" });
        required.push("name");
        positionals.push(OperationPositional {
            name: "name".to_owned(),
            index: 0,
        });
    }
    OperationSummary {
        workflow: String::new(),
        id: id.to_owned(),
        aliases: Vec::new(),
        source: OperationSource::Core,
        kind: OperationKind::Command,
        title: Some(title.to_owned()),
        description: Some(description.to_owned()),
        creates_workspace: names_workspace,
        input_schema: json!({
            "type": "object", "properties": properties, "required": required, "additionalProperties": false
        }),
        input_fields: None,
        cli: OperationCli {
            positionals,
            options: vec![flag("workflow", "string", false)],
        },
    }
}

fn core_remove(workflow: &Workflow) -> OperationSummary {
    let yes = OperationFlag {
        aliases: vec!["-y".to_owned()],
        runtime: false,
        ..flag("yes", "boolean", false)
    };
    OperationSummary {
        workflow: workflow.name.to_string(),
        id: "remove".to_owned(),
        aliases: Vec::new(),
        source: OperationSource::Core,
        kind: OperationKind::WorkspaceAction,
        title: Some("Remove".to_owned()),
        description: Some("Remove a workspace".to_owned()),
        creates_workspace: false,
        input_schema: json!({ "type": "object", "properties": {}, "additionalProperties": false }),
        input_fields: None,
        cli: OperationCli {
            positionals: Vec::new(),
            options: vec![yes],
        },
    }
}

fn flag(name: &str, value_type: &str, required: bool) -> OperationFlag {
    OperationFlag {
        name: name.to_owned(),
        flag: format!("--{}", flag_name(name)),
        aliases: Vec::new(),
        required,
        value_type: Some(value_type.to_owned()),
        runtime: true,
    }
}

/// Writes a name as flags are written: `workspaceName` as `workspace-name`.
fn flag_name(name: &str) -> String {
    let mut flag = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !flag.is_empty() && !flag.ends_with('-') {
            flag.push('-');
        }
        flag.extend(character.to_lowercase());
    }
    flag.replace('_', "-")
}

fn config_operation(
    workflow: &Workflow,
    operation: &Operation,
    kind: OperationKind,
) -> OperationSummary {
    OperationSummary {
        workflow: workflow.name.to_string(),
        id: operation.id.to_string(),
        aliases: Vec::new(),
        source: OperationSource::Config,
        kind,
        title: operation.title.clone(),
        description: operation.description.clone(),
        creates_workspace: false,
        input_schema: operation.input.schema.clone(),
        input_fields: operation.input.fields.clone(),
        cli: cli_of(operation),
    }
}

fn cli_of(operation: &Operation) -> OperationCli {
    let schema = &operation.input.schema;
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let positionals: Vec<OperationPositional> = operation
        .input
        .fields
        .iter()
        .flatten()
        .filter_map(|field| {
            Some(OperationPositional {
                name: field.name.clone(),
                index: field.position?,
            })
        })
        .collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    let options = properties
        .into_iter()
        .flatten()
        .filter(|(name, _)| {
            positionals
                .iter()
                .all(|positional| positional.name != **name)
        })
        .map(|(name, property)| {
            let value_type = property
                .get("type")
                .and_then(Value::as_str)
                .unwrap_or("string");
            flag(name, value_type, required.contains(&name.as_str()))
        })
        .collect();
    OperationCli {
        positionals,
        options,
    }
}
