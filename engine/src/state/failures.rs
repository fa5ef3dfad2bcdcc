//! The last tries of tasks, where they failed.

use std::collections::HashMap;

use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use super::columns::Millis;
use super::{State, StateError, StateReader};
use crate::plan::LastFailure;

/// A task whose last try failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedTask {
    /// The workflow.
    pub workflow: String,
    /// The task's path.
    pub node_path: String,
    /// How it failed.
    #[serde(flatten)]
    pub failure: LastFailure,
}

impl State {
    /// Records that the last try of a task failed, until a later one is stored.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn record_failure(&mut self, failed: &FailedTask) -> Result<(), StateError> {
        self.write(|connection| {
            let failure = &failed.failure;
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO node_failures
                       (workflow, node_path, apply, failed_at, exit_code, message)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    failed.workflow,
                    failed.node_path,
                    failure.apply_id,
                    Millis(failure.at),
                    failure.exit_code,
                    failure.message
                ])?;
            Ok(())
        })
    }
}

impl StateReader {
    /// Returns how the last tries of tasks of a workflow failed, by node path.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn last_failures(
        &self,
        workflow: &str,
    ) -> Result<HashMap<String, LastFailure>, StateError> {
        let failed: Vec<FailedTask> = self.failed_tasks(Some(workflow))?;
        let by_path = failed
            .into_iter()
            .map(|task| (task.node_path, task.failure));
        Ok(by_path.collect())
    }

    /// Lists the tasks of one workflow, or of all, whose last try failed, the latest first.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn failed_tasks(&self, workflow: Option<&str>) -> Result<Vec<FailedTask>, StateError> {
        let sql = "SELECT workflow, node_path, apply, failed_at, exit_code, message
             FROM node_failures WHERE ?1 IS NULL OR workflow = ?1
             ORDER BY failed_at DESC, workflow, node_path";
        self.rows(sql, [workflow], failed_task)
    }
}

fn failed_task(row: &Row<'_>) -> rusqlite::Result<FailedTask> {
    Ok(FailedTask {
        workflow: row.get(0)?,
        node_path: row.get(1)?,
        failure: LastFailure {
            apply_id: row.get(2)?,
            at: row.get(3).map(|Millis(time)| time)?,
            exit_code: row.get(4)?,
            message: row.get(5)?,
        },
    })
}
