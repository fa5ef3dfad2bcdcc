//! The workspaces that were made from workflows.

use jiff::Timestamp;
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::columns::{Json, Millis, Word, whole_milliseconds};
use super::{RunId, State, StateError, StateReader, WorkspaceId};

/// Says how far a workspace has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WorkspaceState {
    /// Its `create` hook began; if nobody runs it any more, the workspace is incomplete.
    Creating,
    /// It can be used.
    Ready,
}

/// Is a workspace whose `create` hook is about to begin.
#[derive(Debug, Clone, PartialEq)]
pub struct NewWorkspace {
    /// Its name.
    pub name: String,
    /// The workflow it is made from.
    pub workflow: String,
    /// The workflow's final context.
    pub workflow_ctx: Map<String, Value>,
    /// The lineages of the runs that the final context comes from.
    pub made_from: Vec<RunId>,
    /// When it is made.
    pub created_at: Timestamp,
}

/// Is a workspace as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceRecord {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name, which no other workspace of the workflow has.
    pub name: String,
    /// The workflow it was made from.
    pub workflow: String,
    /// How far it has come.
    pub state: WorkspaceState,
    /// The workflow's context it was made with.
    pub workflow_ctx: Map<String, Value>,
    /// What its `create` hook gave; empty until then.
    pub ctx: Map<String, Value>,
    /// The lineages of the runs it was made from.
    pub made_from: Vec<RunId>,
    /// When it was made.
    #[serde(serialize_with = "crate::iso_time::serialize")]
    pub created_at: Timestamp,
    /// When its record changed last.
    #[serde(serialize_with = "crate::iso_time::serialize")]
    pub updated_at: Timestamp,
}

impl State {
    /// Records a workspace that is being made.
    ///
    /// # Errors
    /// [`StateError::WorkspaceExists`] when the workflow has one of that name; otherwise when
    /// the state cannot be written.
    pub fn insert_workspace(&mut self, new: NewWorkspace) -> Result<WorkspaceRecord, StateError> {
        let workspace = WorkspaceRecord::creating(new);
        let inserted = self.write(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO workspaces (
                       id, workflow, name, state, created_at, updated_at, made_from, workflow_ctx, ctx
                     ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                     ON CONFLICT (workflow, name) DO NOTHING",
                )?
                .execute(params![
                    workspace.id,
                    workspace.workflow,
                    workspace.name,
                    Word(workspace.state),
                    Millis(workspace.created_at),
                    Millis(workspace.updated_at),
                    Json(&workspace.made_from),
                    Json(&workspace.workflow_ctx),
                    Json(&workspace.ctx),
                ])
        })?;
        if inserted == 0 {
            return Err(StateError::WorkspaceExists {
                workflow: workspace.workflow,
                name: workspace.name,
            });
        }
        Ok(workspace)
    }

    /// Stores the context that a workspace's `create` hook gave, and lets it be used. Gives the
    /// time as it is stored.
    ///
    /// # Errors
    /// [`StateError::Gone`] when the record was removed meanwhile; otherwise when the state
    /// cannot be written.
    pub fn mark_workspace_ready(
        &mut self,
        id: &WorkspaceId,
        ctx: &Map<String, Value>,
        at: Timestamp,
    ) -> Result<Timestamp, StateError> {
        let changed = self.write(|connection| {
            connection
                .prepare_cached(
                    "UPDATE workspaces SET state = ?2, ctx = ?3, updated_at = ?4 WHERE id = ?1",
                )?
                .execute(params![
                    id,
                    Word(WorkspaceState::Ready),
                    Json(ctx),
                    Millis(at)
                ])
        })?;
        if changed == 0 {
            return Err(StateError::Gone {
                what: "workspace",
                id: id.to_string(),
            });
        }
        Ok(whole_milliseconds(at))
    }

    /// Deletes a workspace's record, and says whether there was one.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn delete_workspace(&mut self, id: &WorkspaceId) -> Result<bool, StateError> {
        let deleted = self.write(|connection| {
            connection
                .prepare_cached("DELETE FROM workspaces WHERE id = ?1")?
                .execute([id])
        })?;
        Ok(deleted > 0)
    }
}

impl StateReader {
    /// Gives a workspace by its name.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn workspace(
        &self,
        workflow: &str,
        name: &str,
    ) -> Result<Option<WorkspaceRecord>, StateError> {
        let sql = workspaces("workflow = ?1 AND name = ?2");
        self.row(&sql, [workflow, name], record)
    }

    /// Gives the workspaces of a workflow, or of all: by workflow and name.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn list_workspaces(
        &self,
        workflow: Option<&str>,
    ) -> Result<Vec<WorkspaceRecord>, StateError> {
        match workflow {
            Some(workflow) => {
                let sql = workspaces("workflow = ?1 ORDER BY name");
                self.rows(&sql, [workflow], record)
            }
            None => self.rows(&workspaces("TRUE ORDER BY workflow, name"), (), record),
        }
    }
}

impl WorkspaceRecord {
    fn creating(new: NewWorkspace) -> Self {
        let now = whole_milliseconds(new.created_at);
        Self {
            id: WorkspaceId::generate(),
            name: new.name,
            workflow: new.workflow,
            state: WorkspaceState::Creating,
            workflow_ctx: new.workflow_ctx,
            ctx: Map::new(),
            made_from: new.made_from,
            created_at: now,
            updated_at: now,
        }
    }
}

fn workspaces(condition: &str) -> String {
    format!(
        "SELECT id, workflow, name, state, created_at, updated_at, made_from, workflow_ctx, ctx
         FROM workspaces WHERE {condition}"
    )
}

fn record(row: &Row<'_>) -> rusqlite::Result<WorkspaceRecord> {
    Ok(WorkspaceRecord {
        id: row.get(0)?,
        workflow: row.get(1)?,
        name: row.get(2)?,
        state: row.get(3).map(|Word(word)| word)?,
        created_at: row.get(4).map(|Millis(time)| time)?,
        updated_at: row.get(5).map(|Millis(time)| time)?,
        made_from: row.get(6).map(|Json(runs)| runs)?,
        workflow_ctx: row.get(7).map(|Json(context)| context)?,
        ctx: row.get(8).map(|Json(context)| context)?,
    })
}
