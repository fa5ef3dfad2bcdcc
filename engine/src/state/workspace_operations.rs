//! What was done to workspaces, also to those that are gone.

use jiff::Timestamp;
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::columns::{Json, Millis, Word};
use super::{OperationRunId, State, StateError, StateReader, WorkspaceId};
use crate::event::RunOutcome;

/// Is one run of an operation on a workspace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceOperationRun {
    /// Its id.
    pub id: OperationRunId,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The workspace's workflow.
    pub workflow: String,
    /// The operation's id.
    pub operation: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// How it ended.
    pub outcome: RunOutcome,
    /// What it was given, with secrets left out by the caller.
    pub input: Map<String, Value>,
    /// What it gave, if it succeeded.
    pub result: Option<Value>,
}

impl State {
    /// Records an operation that ended.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn record_workspace_operation(
        &mut self,
        run: &WorkspaceOperationRun,
    ) -> Result<(), StateError> {
        self.write(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO workspace_operations (
                       id, workspace, workflow, operation, started_at, finished_at, outcome,
                       input, result
                     ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![
                    run.id,
                    run.workspace,
                    run.workflow,
                    run.operation,
                    Millis(run.started_at),
                    Millis(run.finished_at),
                    Word(run.outcome),
                    Json(&run.input),
                    run.result.as_ref().map(Json),
                ])?;
            Ok(())
        })
    }
}

impl StateReader {
    /// Gives the last operations on a workspace, the newest first.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn workspace_operations(
        &self,
        workspace: &WorkspaceId,
        limit: usize,
    ) -> Result<Vec<WorkspaceOperationRun>, StateError> {
        let sql = "SELECT id, workspace, workflow, operation, started_at, finished_at, outcome,
                    input, result
             FROM workspace_operations WHERE workspace = ?1 ORDER BY ordinal DESC LIMIT ?2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.rows(sql, params![workspace, limit], record)
    }
}

fn record(row: &Row<'_>) -> rusqlite::Result<WorkspaceOperationRun> {
    Ok(WorkspaceOperationRun {
        id: row.get(0)?,
        workspace: row.get(1)?,
        workflow: row.get(2)?,
        operation: row.get(3)?,
        started_at: row.get(4).map(|Millis(time)| time)?,
        finished_at: row.get(5).map(|Millis(time)| time)?,
        outcome: row.get(6).map(|Word(word)| word)?,
        input: row.get(7).map(|Json(input)| input)?,
        result: row.get::<_, Option<Json<_>>>(8)?.map(|Json(result)| result),
    })
}
