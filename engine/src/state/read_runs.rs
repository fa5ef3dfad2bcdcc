//! Reading stored runs, each time with one query whatever the number of tasks.

use std::collections::{HashMap, HashSet};

use rusqlite::{Row, params};

use super::columns::{Count, Json, Millis};
use super::{
    Invalidation, RunId, RunRecord, RunSummary, StateError, StateReader, StoredArtifact,
    StoredComponent, StoredOutput,
};
use crate::digest::Digest;

/// The columns that [`summary`] reads, of `node_runs AS r`.
const SUMMARY: &str = "r.id, r.lineage, r.identity, r.upstream, r.created_at, r.duration_ms,
     r.has_artifacts, r.invalidated_at, r.invalidated_by, r.invalidated_root";

/// How many columns [`SUMMARY`] has.
const SUMMARY_COLUMNS: usize = 10;

impl StateReader {
    /// Returns the current run of each task of a workflow that has one, by node path.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn current_runs(&self, workflow: &str) -> Result<HashMap<String, RunSummary>, StateError> {
        let sql = current_runs_where("c.workflow = ?1");
        self.rows(&sql, [workflow], path_and_summary)
    }

    /// Returns the current run of each task that has one, by workflow and node path.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn all_current_runs(
        &self,
    ) -> Result<HashMap<String, HashMap<String, RunSummary>>, StateError> {
        let rows: Vec<(String, (String, RunSummary))> =
            self.rows(&current_runs_where("TRUE"), (), |row| {
                Ok((row.get(SUMMARY_COLUMNS + 2)?, path_and_summary(row)?))
            })?;
        let mut runs: HashMap<String, HashMap<String, RunSummary>> = HashMap::new();
        for (workflow, (path, run)) in rows {
            runs.entry(workflow).or_default().insert(path, run);
        }
        Ok(runs)
    }

    /// Gives the newest run of a task with an identity.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn newest_run(
        &self,
        workflow: &str,
        node_path: &str,
        identity: &Digest,
    ) -> Result<Option<RunSummary>, StateError> {
        let params = (workflow, node_path, identity);
        self.row(&newest_run_sql(), params, usable_summary)
    }

    /// Gives the outputs of runs, as JSON text; of those that are gone, none.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn outputs(&self, runs: &[RunId]) -> Result<HashMap<RunId, String>, StateError> {
        let sql = "SELECT r.id, r.output
             FROM json_each(?1) AS wanted JOIN node_runs AS r ON r.id = wanted.value";
        self.rows(sql, [Json(runs)], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Gives what the identities of runs were made of, each run's components sorted by name.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn components(
        &self,
        runs: &[RunId],
    ) -> Result<HashMap<RunId, Vec<StoredComponent>>, StateError> {
        let sql = "SELECT r.id, c.name, c.hash, c.value
             FROM json_each(?1) AS wanted
             JOIN node_runs AS r ON r.id = wanted.value
             JOIN identity_components AS c ON c.run = r.ordinal
             ORDER BY r.ordinal, c.name";
        let rows: Vec<(RunId, StoredComponent)> =
            self.rows(sql, [Json(distinct(runs))], |row| {
                let component = StoredComponent {
                    name: row.get(1)?,
                    hash: row.get(2)?,
                    value: row.get(3)?,
                };
                Ok((row.get(0)?, component))
            })?;
        Ok(grouped(rows))
    }

    /// Gives the hash of one component of the identities of runs.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn component_hashes(
        &self,
        runs: &[RunId],
        name: &str,
    ) -> Result<HashMap<RunId, Digest>, StateError> {
        let sql = "SELECT r.id, c.hash
             FROM json_each(?1) AS wanted
             JOIN node_runs AS r ON r.id = wanted.value
             JOIN identity_components AS c ON c.run = r.ordinal AND c.name = ?2";
        self.rows(sql, params![Json(distinct(runs)), name], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    /// Gives the artifacts of runs, in the order they were recorded.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn artifacts(
        &self,
        runs: &[RunId],
    ) -> Result<HashMap<RunId, Vec<StoredArtifact>>, StateError> {
        let sql = "SELECT r.id, a.provider_id, a.kind, a.reference
             FROM json_each(?1) AS wanted
             JOIN node_runs AS r ON r.id = wanted.value
             JOIN artifacts AS a ON a.run = r.ordinal
             ORDER BY r.ordinal, a.position";
        let rows: Vec<(RunId, StoredArtifact)> = self.rows(sql, [Json(distinct(runs))], |row| {
            let artifact = StoredArtifact {
                provider_id: row.get(1)?,
                kind: row.get(2)?,
                reference: row.get(3).map(|Json(reference)| reference)?,
            };
            Ok((row.get(0)?, artifact))
        })?;
        Ok(grouped(rows))
    }

    /// Gives the last runs of one task, the newest first.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn runs_of(
        &self,
        workflow: &str,
        node_path: &str,
        limit: usize,
    ) -> Result<Vec<RunRecord>, StateError> {
        let sql = records_where(
            "r.workflow = ?1 AND r.node_path = ?2",
            "r.ordinal DESC LIMIT ?3",
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.rows(&sql, params![workflow, node_path, limit], record)
    }

    /// Gives all stored runs of a workflow, or of all: by workflow and path, the newest first.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn list_runs(&self, workflow: Option<&str>) -> Result<Vec<RunRecord>, StateError> {
        let order = "r.workflow, r.node_path, r.ordinal DESC";
        match workflow {
            Some(workflow) => {
                self.rows(&records_where("r.workflow = ?1", order), [workflow], record)
            }
            None => self.rows(&records_where("TRUE", order), (), record),
        }
    }
}

fn current_runs_where(condition: &str) -> String {
    format!(
        "SELECT {SUMMARY}, r.output, c.node_path, c.workflow
         FROM current_runs AS c JOIN node_runs AS r ON r.ordinal = c.run
         WHERE {condition}"
    )
}

fn path_and_summary(row: &Row<'_>) -> rusqlite::Result<(String, RunSummary)> {
    Ok((row.get(SUMMARY_COLUMNS + 1)?, usable_summary(row)?))
}

/// Finds the newest run of a task with an identity in an index, whatever the history.
pub(super) fn newest_run_sql() -> String {
    format!(
        "SELECT {SUMMARY}, r.output FROM node_runs AS r
         WHERE r.workflow = ?1 AND r.node_path = ?2 AND r.identity = ?3
         ORDER BY r.ordinal DESC LIMIT 1"
    )
}

fn records_where(condition: &str, order: &str) -> String {
    format!(
        "SELECT {SUMMARY}, r.apply, r.workflow, r.node_path, r.node_name,
                r.ordinal IN (SELECT run FROM current_runs), r.metadata
         FROM node_runs AS r WHERE {condition} ORDER BY {order}"
    )
}

fn record(row: &Row<'_>) -> rusqlite::Result<RunRecord> {
    Ok(RunRecord {
        summary: summary(row)?,
        apply_id: row.get(SUMMARY_COLUMNS)?,
        workflow: row.get(SUMMARY_COLUMNS + 1)?,
        node_path: row.get(SUMMARY_COLUMNS + 2)?,
        node_name: row.get(SUMMARY_COLUMNS + 3)?,
        current: row.get(SUMMARY_COLUMNS + 4)?,
        metadata: row
            .get(SUMMARY_COLUMNS + 5)
            .map(|Json(metadata)| metadata)?,
    })
}

fn summary(row: &Row<'_>) -> rusqlite::Result<RunSummary> {
    Ok(RunSummary {
        run_id: row.get(0)?,
        lineage: row.get(1)?,
        identity: row.get(2)?,
        upstream: row.get(3).map(|Json(upstream)| upstream)?,
        created_at: row.get(4).map(|Millis(time)| time)?,
        duration_ms: row.get(5).map(|Count(count)| count)?,
        has_artifacts: row.get(6)?,
        invalidated: invalidation(row)?,
        output: StoredOutput::Unread,
    })
}

/// Reads a summary whose row has the output behind it, so that what cannot be used is known
/// before a plan calls it cached.
fn usable_summary(row: &Row<'_>) -> rusqlite::Result<RunSummary> {
    let output = match row.get_ref(SUMMARY_COLUMNS)?.as_str() {
        Ok(text) => StoredOutput::of(text),
        Err(_) => StoredOutput::Broken,
    };
    Ok(RunSummary {
        output,
        ..summary(row)?
    })
}

fn invalidation(row: &Row<'_>) -> rusqlite::Result<Option<Invalidation>> {
    let Some(Millis(at)) = row.get(7)? else {
        return Ok(None);
    };
    Ok(Some(Invalidation {
        at,
        by: row.get(8).map(|Json(cause)| cause)?,
        root: row.get(9)?,
    }))
}

/// Keeps the parts of a run from being listed as often as the run was asked for.
fn distinct(runs: &[RunId]) -> HashSet<&RunId> {
    runs.iter().collect()
}

fn grouped<T>(rows: Vec<(RunId, T)>) -> HashMap<RunId, Vec<T>> {
    let mut groups: HashMap<RunId, Vec<T>> = HashMap::new();
    for (run, part) in rows {
        groups.entry(run).or_default().push(part);
    }
    groups
}
