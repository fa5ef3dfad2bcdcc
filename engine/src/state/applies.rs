//! The history of applies: who applied what, when, and how it ended.

use jiff::Timestamp;
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use super::columns::{Count, Millis, Word};
use super::{ApplyId, State, StateError, StateReader};
use crate::event::RunOutcome;

/// Is an apply that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApply {
    /// Its id.
    pub id: ApplyId,
    /// The workflow.
    pub workflow: String,
    /// When it began.
    pub started_at: Timestamp,
    /// Who applies.
    pub who: String,
}

/// Counts the tasks of an apply by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyCounts {
    /// Those whose stored run was used.
    pub cached: u64,
    /// Those that ran to the end.
    pub ran: u64,
    /// Those that failed.
    pub failed: u64,
}

/// Says how an apply ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedApply {
    /// When.
    pub at: Timestamp,
    /// With what.
    pub outcome: RunOutcome,
    /// What became of the tasks.
    pub counts: ApplyCounts,
    /// What went wrong, or anything else worth a line.
    pub message: Option<String>,
}

/// Is an apply as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplyRecord {
    /// Its id.
    pub id: ApplyId,
    /// The workflow.
    pub workflow: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended. Without an end it still runs if its workflow's lock is held, else its
    /// process died.
    pub finished_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<RunOutcome>,
    /// Who applied.
    pub who: String,
    /// What became of the tasks; all 0 until it ended.
    pub counts: ApplyCounts,
    /// What went wrong, or anything else worth a line.
    pub message: Option<String>,
}

/// Says which applies a shortened id stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplyMatch {
    /// None.
    None,
    /// Exactly one.
    One(Box<ApplyRecord>),
    /// Several, the newest first.
    Several(Vec<ApplyRecord>),
}

impl State {
    /// Records that an apply begins.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn begin_apply(&mut self, apply: &NewApply) -> Result<(), StateError> {
        self.write(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO applies (id, workflow, started_at, who) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    apply.id,
                    apply.workflow,
                    Millis(apply.started_at),
                    apply.who
                ])?;
            Ok(())
        })
    }

    /// Records how an apply ended.
    ///
    /// # Errors
    /// When there is no such apply or the state cannot be written.
    pub fn finish_apply(&mut self, id: &ApplyId, end: &FinishedApply) -> Result<(), StateError> {
        let changed = self.write(|connection| {
            connection
                .prepare_cached(
                    "UPDATE applies SET finished_at = ?2, outcome = ?3, cached = ?4, ran = ?5,
                            failed = ?6, message = ?7
                     WHERE id = ?1",
                )?
                .execute(params![
                    id,
                    Millis(end.at),
                    Word(end.outcome),
                    Count(end.counts.cached),
                    Count(end.counts.ran),
                    Count(end.counts.failed),
                    end.message
                ])
        })?;
        if changed == 0 {
            return Err(StateError::Gone {
                what: "apply",
                id: id.to_string(),
            });
        }
        Ok(())
    }
}

impl StateReader {
    /// Gives the last applies of all workflows, the newest first.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn list_applies(&self, limit: usize) -> Result<Vec<ApplyRecord>, StateError> {
        let sql = applies("TRUE ORDER BY ordinal DESC LIMIT ?1");
        self.rows(&sql, [sql_limit(limit)], record)
    }

    /// Gives the last applies of one workflow, the newest first.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn list_applies_of(
        &self,
        workflow: &str,
        limit: usize,
    ) -> Result<Vec<ApplyRecord>, StateError> {
        let sql = applies("workflow = ?1 ORDER BY ordinal DESC LIMIT ?2");
        self.rows(&sql, params![workflow, sql_limit(limit)], record)
    }

    /// Says whether a workflow was ever applied, or has workspaces.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn has_workflow(&self, name: &str) -> Result<bool, StateError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM applies WHERE workflow = ?1)
                       OR EXISTS (SELECT 1 FROM workspaces WHERE workflow = ?1)";
        Ok(self.row(sql, [name], |row| row.get(0))?.unwrap_or(false))
    }

    /// Finds the apply whose id begins or ends with a text; where there is none, the one that stored the run of a
    /// task whose id does.
    ///
    /// Ids made in the same minute begin alike, so the end tells them apart better. An empty
    /// text finds none.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn find_apply(&self, part: &str) -> Result<ApplyMatch, StateError> {
        if part.is_empty() {
            return Ok(ApplyMatch::None);
        }
        let is_meant = "(substr(id, 1, length(?1)) = ?1 OR substr(id, -length(?1)) = ?1)";
        let sql = applies(&format!("{is_meant} ORDER BY ordinal DESC"));
        let mut found: Vec<ApplyRecord> = self.rows(&sql, [part], record)?;
        if found.is_empty() {
            let of_run = format!("id IN (SELECT apply FROM node_runs WHERE {is_meant})");
            let sql = applies(&format!("{of_run} ORDER BY ordinal DESC"));
            found = self.rows(&sql, [part], record)?;
        }
        Ok(match found.len() {
            0 | 1 => found
                .pop()
                .map_or(ApplyMatch::None, |one| ApplyMatch::One(Box::new(one))),
            _ => ApplyMatch::Several(found),
        })
    }
}

fn sql_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn applies(condition: &str) -> String {
    format!(
        "SELECT id, workflow, started_at, finished_at, outcome, who, cached, ran, failed, message
         FROM applies WHERE {condition}"
    )
}

fn record(row: &Row<'_>) -> rusqlite::Result<ApplyRecord> {
    let count = |index| row.get(index).map(|Count(count)| count);
    Ok(ApplyRecord {
        id: row.get(0)?,
        workflow: row.get(1)?,
        started_at: row.get(2).map(|Millis(time)| time)?,
        finished_at: row.get::<_, Option<Millis>>(3)?.map(|Millis(time)| time),
        outcome: row.get::<_, Option<Word<_>>>(4)?.map(|Word(word)| word),
        who: row.get(5)?,
        counts: ApplyCounts {
            cached: count(6)?,
            ran: count(7)?,
            failed: count(8)?,
        },
        message: row.get(9)?,
    })
}
