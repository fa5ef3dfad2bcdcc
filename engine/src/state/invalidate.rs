//! Marking runs as no longer usable, with all that descends from them.

use std::collections::{HashSet, VecDeque};

use jiff::Timestamp;
use rusqlite::{Connection, Params, Row, params};

use super::columns::{Json, Millis};
use super::{InvalidatedRun, InvalidationCause, RunId, State, StateError};

impl State {
    /// Invalidates every run of some tasks, and every run that descends from one of these.
    ///
    /// A run descends from another if it names that one's lineage as its upstream, or descends
    /// from a run that does. Runs that were invalidated before keep their cause, but what came
    /// to descend from them since is invalidated too. Gives the runs that were usable until
    /// now, those of the given tasks first.
    ///
    /// # Errors
    /// When the state cannot be written; nothing is invalidated then.
    pub fn invalidate(
        &mut self,
        workflow: &str,
        roots: &[impl AsRef<str>],
        by: &InvalidationCause,
        at: Timestamp,
    ) -> Result<Vec<InvalidatedRun>, StateError> {
        self.write(|connection| {
            let runs = Descent::from_roots(connection, workflow, roots)?.runs;
            let mut mark = connection.prepare_cached(
                "UPDATE node_runs
                 SET invalidated_at = ?2, invalidated_by = ?3, invalidated_root = ?4
                 WHERE ordinal = ?1",
            )?;
            let mut invalidated = Vec::new();
            for run in runs.into_iter().filter(|run| run.is_usable) {
                mark.execute(params![run.ordinal, Millis(at), Json(by), run.root])?;
                invalidated.push(run.named);
            }
            Ok(invalidated)
        })
    }
}

/// Is a run that was reached from a root.
struct Reached<'a> {
    ordinal: i64,
    named: InvalidatedRun,
    is_usable: bool,
    root: &'a str,
}

/// Walks from runs to those that descend from them, the nearest first, each run once.
#[derive(Default)]
struct Descent<'a> {
    runs: Vec<Reached<'a>>,
    seen_runs: HashSet<i64>,
    seen_lineages: HashSet<RunId>,
    /// Lineages whose descendants were not looked at yet, with the root they were reached from.
    waiting: VecDeque<(RunId, &'a str)>,
}

impl<'a> Descent<'a> {
    fn from_roots(
        connection: &Connection,
        workflow: &str,
        roots: &'a [impl AsRef<str>],
    ) -> rusqlite::Result<Self> {
        let mut descent = Self::default();
        for root in roots.iter().map(AsRef::as_ref) {
            let of_task = "SELECT ordinal, id, node_path, invalidated_at IS NULL, lineage
                 FROM node_runs WHERE workflow = ?1 AND node_path = ?2 ORDER BY ordinal";
            descent.reach(connection, of_task, (workflow, root), root)?;
        }
        while let Some((lineage, root)) = descent.waiting.pop_front() {
            let of_lineage =
                "SELECT r.ordinal, r.id, r.node_path, r.invalidated_at IS NULL, r.lineage
                 FROM run_upstreams AS u JOIN node_runs AS r ON r.ordinal = u.run
                 WHERE u.upstream = ?1 ORDER BY r.ordinal";
            descent.reach(connection, of_lineage, [lineage], root)?;
        }
        Ok(descent)
    }

    fn reach(
        &mut self,
        connection: &Connection,
        sql: &str,
        params: impl Params,
        root: &'a str,
    ) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            self.add(row, root)?;
        }
        Ok(())
    }

    fn add(&mut self, row: &Row<'_>, root: &'a str) -> rusqlite::Result<()> {
        let ordinal = row.get(0)?;
        if !self.seen_runs.insert(ordinal) {
            return Ok(());
        }
        self.runs.push(Reached {
            ordinal,
            named: InvalidatedRun {
                run_id: row.get(1)?,
                node_path: row.get(2)?,
            },
            is_usable: row.get(3)?,
            root,
        });
        let lineage: RunId = row.get(4)?;
        if self.seen_lineages.insert(lineage.clone()) {
            self.waiting.push_back((lineage, root));
        }
        Ok(())
    }
}
