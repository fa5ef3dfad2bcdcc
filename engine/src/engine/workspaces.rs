//! How named workspaces come, are listed, and go.

use std::{collections::HashMap, num::NonZeroUsize, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    ApplyRequest, Engine, KeyUse, LockBehaviour, RunSession,
    apply::{Applied, SharedState, lock_state, require_embedded},
    input::find_workspace,
    plan::Planning,
    select,
    session::{CallError, Session, SessionOptions},
};
use crate::{
    definition::{Definition, Workflow, WorkspaceDefinition},
    error::{EngineError, NodeFailure, RESOURCES_MAY_BE_LEFT},
    error_cause::with_causes,
    event::{Event, EventRecord},
    plan::{PointState, Walk},
    runtime::{CallOutcome, ResultRule, Work},
    state::{
        ApplyId, ApplyLock, Attempt, Holder, NewWorkspace, RunId, StateReader, WorkspaceId,
        WorkspaceRecord, WorkspaceState,
    },
};

/// Asks for a workspace.
#[derive(Debug, Clone)]
pub struct CreateWorkspaceRequest {
    /// The workflow; may be left out where there is one.
    pub workflow: Option<String>,
    /// The name.
    pub name: String,
    /// How many tasks may run at once while the workflow is applied.
    pub jobs: Option<NonZeroUsize>,
    /// What to do when another apply of the workflow is running.
    pub lock: LockBehaviour,
}

/// Asks for a workspace to go.
#[derive(Debug, Clone)]
pub struct RemoveWorkspaceRequest {
    /// The workflow; may be left out where one workspace has the name.
    pub workflow: Option<String>,
    /// The name.
    pub name: String,
    /// Whether the record goes even if the `remove` hook fails.
    pub force: bool,
}

/// Is a workspace as people and programs see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceView {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The workflow it was made from.
    pub workflow: String,
    /// Whether it can be used.
    pub state: WorkspaceStatus,
    /// Whether the workflow has moved on since.
    pub freshness: Freshness,
    /// The workflow's context it was made with.
    pub workflow_ctx: Map<String, Value>,
    /// What its `create` hook gave.
    pub ctx: Map<String, Value>,
    /// When it was made.
    #[serde(serialize_with = "crate::iso_time::serialize")]
    pub created_at: Timestamp,
    /// When it changed last.
    #[serde(serialize_with = "crate::iso_time::serialize")]
    pub updated_at: Timestamp,
}

/// Says whether a workspace can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WorkspaceStatus {
    /// It can.
    Ready,
    /// Somebody is making it.
    Creating,
    /// Whoever made it never finished.
    Incomplete,
}

/// Says whether the workflow has moved on since a workspace was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Freshness {
    /// It has not.
    Current,
    /// It has.
    Behind,
    /// The config does not load, or the workflow is gone.
    Unknown,
}

/// Says what a workflow ends with.
enum End {
    /// The config does not say.
    Unknown,
    /// Something has to run first.
    Open,
    /// These runs.
    Runs(Vec<RunId>),
}

impl Freshness {
    fn of(record: &WorkspaceRecord, end: &End) -> Self {
        match end {
            End::Unknown => Self::Unknown,
            End::Runs(runs) if *runs == record.made_from => Self::Current,
            End::Runs(_) | End::Open => Self::Behind,
        }
    }
}

impl WorkspaceView {
    fn new(record: WorkspaceRecord, state: WorkspaceStatus, freshness: Freshness) -> Self {
        Self {
            id: record.id,
            name: record.name,
            workflow: record.workflow,
            state,
            freshness,
            workflow_ctx: record.workflow_ctx,
            ctx: record.ctx,
            created_at: record.created_at,
            updated_at: record.updated_at,
        }
    }
}

impl Engine {
    /// Lists the workspaces of a workflow, or of all, by workflow and name.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub fn workspaces(&self, workflow: Option<&str>) -> Result<Vec<WorkspaceView>, EngineError> {
        let Some(state) = self.read_state()? else {
            return Ok(Vec::new());
        };
        let records = state.list_workspaces(workflow)?;
        if records.is_empty() {
            return Ok(Vec::new());
        }
        // A config that does not load must not hide the workspaces that exist.
        let definition = self.definition_if_right()?;
        self.workspace_views(definition.as_ref(), &state, records)
    }

    /// Lists the workspaces of all workflows beside a definition that is loaded already.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub fn workspaces_beside(
        &self,
        definition: Option<&Definition>,
    ) -> Result<Vec<WorkspaceView>, EngineError> {
        let Some(state) = self.read_state()? else {
            return Ok(Vec::new());
        };
        let records = state.list_workspaces(None)?;
        self.workspace_views(definition, &state, records)
    }

    fn workspace_views(
        &self,
        definition: Option<&Definition>,
        state: &StateReader,
        records: Vec<WorkspaceRecord>,
    ) -> Result<Vec<WorkspaceView>, EngineError> {
        let mut ends: HashMap<String, End> = HashMap::new();
        let views = records.into_iter().map(|record| {
            let end = ends
                .entry(record.workflow.clone())
                .or_insert_with_key(|workflow| self.end(definition, workflow, state));
            let freshness = Freshness::of(&record, end);
            let status = self.status(&record)?;
            Ok(WorkspaceView::new(record, status, freshness))
        });
        views.collect()
    }

    fn status(&self, record: &WorkspaceRecord) -> Result<WorkspaceStatus, EngineError> {
        let key = lock_key(&record.workflow, &record.name);
        Ok(match record.state {
            WorkspaceState::Ready => WorkspaceStatus::Ready,
            WorkspaceState::Creating if self.locks().is_held(&key)? => WorkspaceStatus::Creating,
            WorkspaceState::Creating => WorkspaceStatus::Incomplete,
        })
    }

    fn end(&self, definition: Option<&Definition>, workflow: &str, state: &StateReader) -> End {
        let end = definition.and_then(|definition| {
            let workflow = definition.workflow(workflow)?;
            self.end_runs(definition, workflow, state).ok()
        });
        match end {
            None => End::Unknown,
            Some(None) => End::Open,
            Some(Some(runs)) => End::Runs(runs),
        }
    }

    /// Gives the runs that the workflow ends with, where all of it is cached, or would be if
    /// each cut-off task that is pending repeats its output.
    fn end_runs(
        &self,
        definition: &Definition,
        workflow: &Workflow,
        state: &StateReader,
    ) -> Result<Option<Vec<RunId>>, EngineError> {
        let secrets = self.secret_digests(KeyUse::Read)?;
        let planning = Planning::new(definition, workflow, Some(state), &secrets)?;
        let mut walk = Walk::new(
            workflow,
            &planning.identities,
            &planning.records,
            planning.now,
        );
        walk.judge_all()?;
        Ok(match walk.resolve(workflow.end) {
            PointState::Known(runs) | PointState::Assumed { runs, .. } => Some(runs.to_vec()),
            PointState::Open | PointState::Behind { .. } => None,
        })
    }

    /// Applies a workflow and makes a workspace of the result.
    ///
    /// # Errors
    /// Where the request is wrong, the apply fails, or the `create` hook fails.
    pub fn create_workspace(
        &self,
        request: &CreateWorkspaceRequest,
        run: &RunSession,
    ) -> Result<WorkspaceView, EngineError> {
        self.require_trust()?;
        check_workspace_name(&request.name)?;
        let apply_id = ApplyId::generate();
        let state = self.open_state()?;
        let options = SessionOptions {
            log: Some(self.prepare_log(&apply_id)?),
            state: Some(Arc::clone(&state)),
        };
        self.with_session(run, options, |session| async move {
            self.create_in(&session, request, apply_id, &state).await
        })
    }

    async fn create_in(
        &self,
        session: &Session,
        request: &CreateWorkspaceRequest,
        apply_id: ApplyId,
        state: &SharedState,
    ) -> Result<WorkspaceView, EngineError> {
        let definition = Arc::clone(&session.definition);
        let workflow = select::workflow(&definition, request.workflow.as_deref())?;
        let workspace = workspace_definition(workflow)?;
        let _creating = self.claim_name(workflow, &request.name, state)?;
        let apply = ApplyRequest {
            workflow: Some(workflow.name.to_string()),
            jobs: request.jobs,
            lock: request.lock,
            ..ApplyRequest::default()
        };
        let run = apply_id.to_string();
        let applied = self.apply_in(session, &apply, apply_id, state).await?;
        let record =
            lock_state(state).insert_workspace(new_workspace(workflow, &request.name, &applied))?;
        session.emitter.emit(Event::WorkspaceCreateStarted {
            workspace_id: record.name.clone(),
        });
        match run_create(session, workflow, workspace, &record, &applied).await {
            Ok(ctx) => {
                let now = Timestamp::now();
                let updated_at = lock_state(state).mark_workspace_ready(&record.id, &ctx, now)?;
                session.emitter.emit(Event::WorkspaceReady {
                    workspace_id: record.name.clone(),
                });
                let ready = WorkspaceRecord {
                    state: WorkspaceState::Ready,
                    ctx,
                    updated_at,
                    ..record
                };
                Ok(WorkspaceView::new(
                    ready,
                    WorkspaceStatus::Ready,
                    Freshness::Current,
                ))
            }
            Err(error) => {
                lock_state(state).delete_workspace(&record.id)?;
                Err(resources_may_be_left(
                    error.into_error(Some(run)),
                    &record.name,
                ))
            }
        }
    }

    /// Makes sure that a name is free, and holds it while the workspace is made.
    fn claim_name(
        &self,
        workflow: &Workflow,
        name: &str,
        state: &SharedState,
    ) -> Result<ApplyLock, EngineError> {
        let lock = self.hold_name(&workflow.name, name)?;
        match lock_state(state).workspace(&workflow.name, name)? {
            Some(_) => Err(EngineError::WorkspaceExists {
                name: name.to_owned(),
            }),
            None => Ok(lock),
        }
    }

    /// Holds the name of a workspace, so that nobody else makes or removes it meanwhile.
    fn hold_name(&self, workflow: &str, name: &str) -> Result<ApplyLock, EngineError> {
        let holder = Holder::this_process(&self.options.who);
        let attempt = self
            .locks()
            .try_acquire(&lock_key(workflow, name), &holder)?;
        match attempt {
            Attempt::Acquired(lock) => Ok(lock),
            Attempt::Held(holder) => Err(EngineError::WorkspaceBusy {
                name: name.to_owned(),
                holder: holder
                    .map_or_else(|| "somebody else".to_owned(), |holder| holder.to_string()),
            }),
        }
    }

    /// Removes a workspace; its record goes only when its `remove` hook succeeds, or by force.
    ///
    /// # Errors
    /// Where there is no such workspace, somebody else makes or removes it, or its `remove` hook
    /// fails.
    pub fn remove_workspace(
        &self,
        request: &RemoveWorkspaceRequest,
        run: &RunSession,
    ) -> Result<WorkspaceView, EngineError> {
        self.require_trust()?;
        let state = self.open_state()?;
        let find = || {
            find_workspace(
                Some(&lock_state(&state)),
                request.workflow.as_deref(),
                &request.name,
            )
        };
        let found = find()?;
        let _removing = self.hold_name(&found.workflow, &found.name)?;
        // Whoever held the name until now may have removed it.
        let record = find()?;
        let status = status_of_claimed(&record);
        let run_id = ApplyId::generate();
        let options = SessionOptions {
            log: Some(self.prepare_log(&run_id)?),
            state: Some(Arc::clone(&state)),
        };
        let removing = (record.clone(), Arc::clone(&state));
        let removed = self.with_session(run, options, |session| async move {
            let (record, state) = removing;
            let result = remove_in(&session, &record, run_id.to_string()).await;
            let failure = forgiven(result, request.force)?;
            lock_state(&state).delete_workspace(&record.id)?;
            session.emitter.emit(removed_event(&record, failure));
            Ok(())
        });
        if let Some(failure) = forgiven(removed, request.force)? {
            // The config does not load, so there was no session to say it in.
            lock_state(&state).delete_workspace(&record.id)?;
            let failure = self.variables.secrets().mask(&failure);
            run.events.receive(&EventRecord {
                sequence: 0,
                time: Timestamp::now(),
                event: removed_event(&record, Some(failure)),
            });
        }
        Ok(WorkspaceView::new(record, status, Freshness::Unknown))
    }
}

/// Gives why something failed that may, because it is forced.
fn forgiven(
    result: Result<(), EngineError>,
    is_forced: bool,
) -> Result<Option<String>, EngineError> {
    match result {
        Ok(()) => Ok(None),
        Err(EngineError::Cancelled) => Err(EngineError::Cancelled),
        Err(EngineError::Failed { failures, .. }) if is_forced && !failures.is_empty() => {
            let whole = |one: &NodeFailure| with_causes(&one.message, &one.causes);
            let messages: Vec<String> = failures.iter().map(whole).collect();
            Ok(Some(messages.join("; ")))
        }
        Err(error) if is_forced => Ok(Some(error.to_string())),
        Err(error) => Err(error),
    }
}

fn removed_event(record: &WorkspaceRecord, failure: Option<String>) -> Event {
    Event::WorkspaceRemoved {
        workspace_id: record.name.clone(),
        failure,
    }
}

/// Says whether a workspace can be used whose name nobody else holds.
fn status_of_claimed(record: &WorkspaceRecord) -> WorkspaceStatus {
    match record.state {
        WorkspaceState::Ready => WorkspaceStatus::Ready,
        WorkspaceState::Creating => WorkspaceStatus::Incomplete,
    }
}

async fn remove_in(
    session: &Session,
    record: &WorkspaceRecord,
    run: String,
) -> Result<(), EngineError> {
    let definition = Arc::clone(&session.definition);
    require_embedded(&definition)?;
    let workflow = select::workflow(&definition, Some(&record.workflow))?;
    let workspace = workspace_definition(workflow)?;
    session.emitter.emit(Event::WorkspaceRemoveStarted {
        workspace_id: record.name.clone(),
    });
    let node = format!("workspace.{}.remove", record.name);
    let scope = workflow.scope(workspace.scope);
    let work = Work::Hook {
        handler: workspace.remove.function,
        result: ResultRule::Nothing,
        context: Some(Arc::new(record.workflow_ctx.clone())),
        config: scope.config.clone(),
        workspace: Some((record.name.clone(), Some(record.ctx.clone()))),
        input: None,
        checked_input: None,
        workspaces: Vec::new(),
    };
    let place = definition.range(&workspace.place);
    match session.call(workflow, &node, scope, work).await {
        Ok(_) => Ok(()),
        Err(failure) => Err(keep_record_help(
            session.failure(&node, failure, place).into_error(Some(run)),
        )),
    }
}

async fn run_create(
    session: &Session,
    workflow: &Workflow,
    workspace: &WorkspaceDefinition,
    record: &WorkspaceRecord,
    applied: &Applied,
) -> Result<Map<String, Value>, CallError> {
    let node = format!("workspace.{}.create", record.name);
    let scope = workflow.scope(workspace.scope);
    let work = Work::Hook {
        handler: workspace.create.function,
        result: ResultRule::Object,
        context: Some(Arc::clone(&applied.context)),
        config: scope.config.clone(),
        workspace: Some((record.name.clone(), None)),
        input: None,
        checked_input: None,
        workspaces: Vec::new(),
    };
    let place = session.definition.range(&workspace.place);
    let result = session.call(workflow, &node, scope, work).await;
    let outcome = result
        .map_err(|failure| session.failure(&node, failure, place.clone()))?
        .outcome;
    let ctx = match outcome {
        CallOutcome::Value(Value::Object(ctx)) => ctx,
        _ => Map::new(),
    };
    match session
        .emitter
        .secrets()
        .find_in(&Value::Object(ctx.clone()))
    {
        Some(name) => Err(CallError::Failed(NodeFailure {
            node,
            message: format!("the context contains the secret `{name}`, and contexts are stored"),
            causes: Vec::new(),
            range: place,
            help: None,
            output_tail: Vec::new(),
            exit_code: None,
            apply_id: None,
        })),
        None => Ok(ctx),
    }
}

fn workspace_definition(workflow: &Workflow) -> Result<&WorkspaceDefinition, EngineError> {
    workflow
        .workspace
        .as_ref()
        .ok_or_else(|| EngineError::NoWorkspaceDefinition {
            workflow: workflow.name.to_string(),
        })
}

fn new_workspace(workflow: &Workflow, name: &str, applied: &Applied) -> NewWorkspace {
    NewWorkspace {
        name: name.to_owned(),
        workflow: workflow.name.to_string(),
        workflow_ctx: (*applied.context).clone(),
        made_from: applied.made_from.clone(),
        created_at: Timestamp::now(),
    }
}

fn lock_key(workflow: &str, name: &str) -> String {
    format!("{workflow}/workspace/{name}")
}

/// Makes sure that a name can be the name of a workspace.
///
/// # Errors
/// Where it cannot.
pub fn check_workspace_name(name: &str) -> Result<(), EngineError> {
    let is_allowed =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-');
    let reason = if name.is_empty() {
        "it is empty"
    } else if name.starts_with(['-', '.']) {
        "it starts with `-` or `.`"
    } else if !name.chars().all(is_allowed) {
        "it may have letters, digits, `.`, `_` and `-` only"
    } else {
        return Ok(());
    };
    Err(EngineError::InvalidWorkspaceName {
        name: name.to_owned(),
        reason,
    })
}

/// Returns the name that is proposed for a workspace: the first of `dev`, `dev-2`, `dev-3`, … that is not
/// taken.
#[must_use]
pub fn free_workspace_name(is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number: u32| format!("dev-{number}"));
    let mut names = std::iter::once("dev".to_owned()).chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or_default()
}

fn resources_may_be_left(error: EngineError, name: &str) -> EngineError {
    match error {
        EngineError::Cancelled => EngineError::CreateCancelled {
            name: name.to_owned(),
        },
        other => with_help(other, RESOURCES_MAY_BE_LEFT),
    }
}

fn keep_record_help(error: EngineError) -> EngineError {
    with_help(
        error,
        "the workspace is kept; `--force` removes its record all the same",
    )
}

fn with_help(error: EngineError, help: &str) -> EngineError {
    match error {
        EngineError::Failed { mut failures, run } => {
            for failure in &mut failures {
                failure.help = Some(help.to_owned());
            }
            EngineError::Failed { failures, run }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proposed_name_is_free() {
        let check = |taken: &[&str], expected: &str| {
            assert_eq!(free_workspace_name(|name| taken.contains(&name)), expected);
        };
        check(&[], "dev");
        check(&["web"], "dev");
        check(&["dev", "dev-2", "dev-4"], "dev-3");
    }
}
