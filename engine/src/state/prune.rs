//! Forgetting runs: all of them, or those that can no longer be used.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Row};

use super::columns::Json;
use super::{RunId, State, StateError};
use crate::digest::Digest;

/// How many of a task's last runs stay to be looked at, usable or not.
pub const RUNS_FOR_EXPLAIN: usize = 5;

/// How many of a task's last runs stay to be used again.
pub const RUNS_FOR_REUSE: usize = 50;

/// How many runs are deleted at once, so that nobody waits long for the end of an apply.
const RUNS_AT_ONCE: usize = 10_000;

impl State {
    /// Deletes the stored runs of a workflow, or of all, and says how many there were.
    ///
    /// Workspaces and the history of applies stay.
    ///
    /// # Errors
    /// When the state cannot be written; nothing is deleted then.
    pub fn clear(&mut self, workflow: Option<&str>) -> Result<usize, StateError> {
        self.write(|connection| {
            let delete = |table: &str| match workflow {
                Some(workflow) => {
                    let sql = format!("DELETE FROM {table} WHERE workflow = ?1");
                    connection.execute(&sql, [workflow])
                }
                None => connection.execute(&format!("DELETE FROM {table}"), ()),
            };
            delete("node_failures")?;
            delete("node_runs")
        })
    }

    /// Deletes the runs of a workflow that no plan will use or explain, and says how many.
    ///
    /// A run can no longer be used when it was invalidated, when a newer run of its task has
    /// the same identity, or when no usable run carries on a lineage that it names as its
    /// upstream. Such runs stay while they are among the last [`RUNS_FOR_EXPLAIN`] of their
    /// task, the others while they are among the last [`RUNS_FOR_REUSE`]. The current run of a
    /// task always stays. Of more than 10,000 runs to delete, the oldest go, and the next call
    /// goes on.
    ///
    /// For the end of an apply, under the workflow's lock, so that nobody records runs of it
    /// meanwhile.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn prune(&mut self, workflow: &str) -> Result<usize, StateError> {
        self.prune_at_most(workflow, RUNS_AT_ONCE)
    }

    pub(super) fn prune_at_most(
        &mut self,
        workflow: &str,
        limit: usize,
    ) -> Result<usize, StateError> {
        if !self.has_prunable_task(workflow)? {
            return Ok(0);
        }
        let mut expendable = expendable(&self.history(workflow)?);
        expendable.truncate(limit);
        if expendable.is_empty() {
            return Ok(0);
        }
        self.write(|connection| delete_unless_current(connection, workflow, &expendable))
    }

    /// Says whether a task has more runs than are kept in any case; reads an index only.
    fn has_prunable_task(&self, workflow: &str) -> Result<bool, StateError> {
        let sql = "SELECT 1 FROM node_runs WHERE workflow = ?1
             GROUP BY node_path HAVING count(*) > ?2 LIMIT 1";
        let limit = i64::try_from(RUNS_FOR_EXPLAIN).unwrap_or(i64::MAX);
        let found = self.row(sql, (workflow, limit), |_row| Ok(()))?;
        Ok(found.is_some())
    }

    /// Gives all runs of a workflow task by task, in the order of an index, the newest first.
    fn history(&self, workflow: &str) -> Result<Vec<PastRun>, StateError> {
        let sql = "SELECT r.ordinal, r.node_path, r.identity, r.lineage, r.upstream,
                    r.invalidated_at IS NOT NULL, r.ordinal IN (SELECT run FROM current_runs)
             FROM node_runs AS r WHERE r.workflow = ?1
             ORDER BY r.node_path DESC, r.ordinal DESC";
        self.rows(sql, [workflow], PastRun::read)
    }
}

fn delete_unless_current(
    connection: &Connection,
    workflow: &str,
    ordinals: &[i64],
) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "DELETE FROM node_runs
             WHERE ordinal IN (SELECT value FROM json_each(?1)) AND workflow = ?2
               AND ordinal NOT IN (SELECT run FROM current_runs)",
        )?
        .execute((Json(ordinals), workflow))
}

/// Is what decides whether a run is kept.
struct PastRun {
    ordinal: i64,
    node_path: String,
    identity: Digest,
    lineage: RunId,
    upstream: Vec<RunId>,
    is_invalidated: bool,
    is_current: bool,
}

impl PastRun {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            ordinal: row.get(0)?,
            node_path: row.get(1)?,
            identity: row.get(2)?,
            lineage: row.get(3)?,
            upstream: row.get(4).map(|Json(upstream)| upstream)?,
            is_invalidated: row.get(5)?,
            is_current: row.get(6)?,
        })
    }
}

/// Picks the runs to delete from all of a workflow, which come the newest of each task first.
///
/// Gives them the oldest first.
fn expendable(runs: &[PastRun]) -> Vec<i64> {
    let ranks = ranks(runs);
    let unusable = unusable(runs, &ranks);
    let mut ordinals: Vec<i64> = runs
        .iter()
        .zip(ranks)
        .zip(unusable)
        .filter(|((run, rank), unusable)| !run.is_current && *unusable && *rank >= RUNS_FOR_EXPLAIN)
        .map(|((run, _), _)| run.ordinal)
        .collect();
    ordinals.sort_unstable();
    ordinals
}

/// Counts for each run the newer ones of its task.
fn ranks(runs: &[PastRun]) -> Vec<usize> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut rank = |run| {
        let count: &mut usize = counts.entry(run).or_default();
        *count += 1;
        *count - 1
    };
    runs.iter()
        .map(|run| rank(run.node_path.as_str()))
        .collect()
}

/// Says for each run whether no plan can use it.
///
/// Takes away the runs that are unusable by themselves, and with each lineage that its last
/// usable run leaves those that name it as their upstream.
fn unusable(runs: &[PastRun], ranks: &[usize]) -> Vec<bool> {
    let mut carriers: HashMap<&RunId, usize> = HashMap::new();
    let mut dependents: HashMap<&RunId, Vec<usize>> = HashMap::new();
    for (index, run) in runs.iter().enumerate() {
        *carriers.entry(&run.lineage).or_default() += 1;
        for upstream in &run.upstream {
            dependents.entry(upstream).or_default().push(index);
        }
    }
    let mut seen = HashSet::new();
    let mut falling: Vec<usize> = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let shadowed = !seen.insert((run.node_path.as_str(), run.identity));
        let too_old = !run.is_current && ranks[index] >= RUNS_FOR_REUSE;
        let rootless = run.upstream.iter().any(|id| !carriers.contains_key(id));
        if run.is_invalidated || shadowed || too_old || rootless {
            falling.push(index);
        }
    }
    let mut unusable = vec![false; runs.len()];
    while let Some(index) = falling.pop() {
        if std::mem::replace(&mut unusable[index], true) {
            continue;
        }
        let lineage = &runs[index].lineage;
        if let Some(count) = carriers.get_mut(lineage) {
            *count -= 1;
            if *count == 0 {
                falling.extend(dependents.get(lineage).into_iter().flatten());
            }
        }
    }
    unusable
}
