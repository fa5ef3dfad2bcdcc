//! Storing a task's run, and naming the one that stands for a task.

use rusqlite::{Connection, params};

use super::columns::{Count, Json, Millis};
use super::{NewRun, RunId, State, StateError};

impl State {
    /// Stores a finished run, which becomes its task's current one.
    ///
    /// # Errors
    /// When the state cannot be written; nothing of the run is stored then.
    pub fn record_run(&mut self, run: &NewRun) -> Result<(), StateError> {
        self.write(|connection| {
            let ordinal = insert_run(connection, run)?;
            insert_components(connection, ordinal, run)?;
            insert_upstreams(connection, ordinal, run)?;
            insert_artifacts(connection, ordinal, run)?;
            connection
                .prepare_cached(
                    "INSERT INTO current_runs (workflow, node_path, run) VALUES (?1, ?2, ?3)
                     ON CONFLICT (workflow, node_path) DO UPDATE SET run = excluded.run",
                )?
                .execute(params![run.workflow, run.node_path, ordinal])?;
            Ok(())
        })
    }

    /// Makes earlier runs, which are used again, the current ones of their tasks.
    ///
    /// The next plan then finds them at once, and pruning spares them. Runs that are current
    /// already, or gone, change nothing.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn make_current(&mut self, runs: &[RunId]) -> Result<(), StateError> {
        self.write(|connection| {
            connection
                .prepare_cached(
                    "UPDATE current_runs SET run = r.ordinal
                     FROM json_each(?1) AS wanted JOIN node_runs AS r ON r.id = wanted.value
                     WHERE current_runs.workflow = r.workflow
                       AND current_runs.node_path = r.node_path
                       AND current_runs.run <> r.ordinal",
                )?
                .execute([Json(runs)])?;
            Ok(())
        })
    }
}

fn insert_run(connection: &Connection, run: &NewRun) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(
            "INSERT INTO node_runs (
               id, lineage, apply, workflow, node_path, node_name, identity, upstream,
               created_at, duration_ms, has_artifacts, metadata, output
             ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .insert(params![
            run.run_id,
            run.lineage,
            run.apply_id,
            run.workflow,
            run.node_path,
            run.node_name,
            run.identity,
            Json(&run.upstream),
            Millis(run.created_at),
            Count(run.duration_ms),
            !run.artifacts.is_empty(),
            Json(&run.metadata),
            run.output,
        ])
}

fn insert_components(connection: &Connection, ordinal: i64, run: &NewRun) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO identity_components (run, name, hash, value) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for component in &run.components {
        insert.execute(params![
            ordinal,
            component.name,
            component.hash,
            component.value
        ])?;
    }
    Ok(())
}

fn insert_upstreams(connection: &Connection, ordinal: i64, run: &NewRun) -> rusqlite::Result<()> {
    let mut insert = connection
        .prepare_cached("INSERT OR IGNORE INTO run_upstreams (run, upstream) VALUES (?1, ?2)")?;
    for upstream in &run.upstream {
        insert.execute(params![ordinal, upstream])?;
    }
    Ok(())
}

fn insert_artifacts(connection: &Connection, ordinal: i64, run: &NewRun) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO artifacts (run, position, provider_id, kind, reference)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (position, artifact) in (0_i64..).zip(&run.artifacts) {
        insert.execute(params![
            ordinal,
            position,
            artifact.provider_id,
            artifact.kind,
            Json(&artifact.reference)
        ])?;
    }
    Ok(())
}
