//! State files of any content, tried by the fuzz targets.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    ApplyId, NewRun, RunId, State, StateError, StateFile, StateReader, StoredArtifact,
    StoredComponent, StoredOutput,
};
use crate::digest::Digest;
use crate::trust::Trust;

const WORKFLOW: &str = "web";
const TASK: &str = "build";

/// Reads bytes as a state file, in every way there is.
///
/// The first byte tells how much of the rest is the file, in 256ths; what is left is the log
/// beside it.
///
/// # Panics
/// When a run is called usable whose output is no context, or an error does not name the file.
pub fn fuzzed_file(input: &[u8]) {
    let Ok(directory) = tempfile::tempdir() else {
        return;
    };
    let Some((share, content)) = input.split_first() else {
        return;
    };
    let (file, log) = content.split_at(content.len() * (usize::from(*share) + 1) / 256);
    let path = directory.path().join("state.sqlite");
    let is_written = fs::write(&path, file).is_ok()
        && (log.is_empty() || fs::write(directory.path().join("state.sqlite-wal"), log).is_ok());
    if !is_written {
        return;
    }
    for trust in [Trust::Untrusted, Trust::Trusted] {
        let read = read_everything(&StateFile::named(path.clone(), trust));
        if let Err(error) = read {
            assert!(error.to_string().contains("state.sqlite"), "{error}");
        }
    }
    if let Ok(mut state) = State::open(&StateFile::named(path, Trust::Trusted)) {
        // Either is right: what matters is that it ends.
        let _ = state.record_run(&run());
    }
}

fn read_everything(file: &StateFile) -> Result<(), StateError> {
    let Some(reader) = StateReader::open_existing(file)? else {
        return Ok(());
    };
    let current = reader.current_runs(WORKFLOW)?;
    let ids: Vec<RunId> = current.values().map(|run| run.run_id.clone()).collect();
    let outputs = reader.outputs(&ids)?;
    for run in current
        .values()
        .filter(|run| run.output == StoredOutput::Context)
    {
        let output = outputs.get(&run.run_id);
        let is_context =
            output.is_none_or(|output| serde_json::from_str::<Map<String, Value>>(output).is_ok());
        // One id may stand for several runs in such a file.
        let is_single = ids.iter().filter(|id| **id == run.run_id).count() == 1;
        assert!(is_context || !is_single, "{output:?} is called a context");
    }
    reader.list_runs(None)?;
    reader.components(&ids)?;
    reader.artifacts(&ids)?;
    reader.newest_run(WORKFLOW, TASK, &Digest::of(b"identity"))?;
    reader.list_workspaces(None)?;
    reader.list_applies(100)?;
    reader.stored_entries("provider", "")?;
    reader.integrity_problems()?;
    Ok(())
}

/// Returns state files that the search for others begins with.
#[must_use]
pub fn fuzzed_file_seeds() -> Vec<Vec<u8>> {
    tempfile::tempdir()
        .ok()
        .and_then(|directory| made_files(&directory.path().join("state.sqlite")).ok())
        .unwrap_or_default()
}

/// Makes a file with a log, and one without.
fn made_files(path: &Path) -> Result<Vec<Vec<u8>>, StateError> {
    let fail = |error| StateError::from_reading("read", path, error);
    let mut state = State::open(&StateFile::named(path.to_owned(), Trust::Trusted))?;
    for _ in 0..3 {
        state.record_run(&run())?;
    }
    let file = fs::read(path).map_err(fail)?;
    let log = fs::read(path.with_file_name("state.sqlite-wal")).map_err(fail)?;
    let share = u8::try_from(file.len() * 256 / (file.len() + log.len())).unwrap_or(u8::MAX);
    let with_log = [&[share][..], &file, &log].concat();
    state.checkpoint()?;
    let whole = fs::read(path).map_err(fail)?;
    Ok(vec![with_log, [&[u8::MAX][..], &whole].concat()])
}

fn run() -> NewRun {
    let run_id = RunId::generate();
    NewRun {
        lineage: run_id.clone(),
        run_id,
        apply_id: ApplyId::generate(),
        workflow: WORKFLOW.to_owned(),
        node_path: TASK.to_owned(),
        node_name: TASK.to_owned(),
        identity: Digest::of(b"identity"),
        components: vec![StoredComponent {
            name: "handler".to_owned(),
            hash: Digest::of(b"handler"),
            value: Some("run()".to_owned()),
        }],
        upstream: vec![RunId::from("earlier")],
        created_at: Timestamp::UNIX_EPOCH,
        duration_ms: 1,
        artifacts: vec![StoredArtifact {
            provider_id: "provider".to_owned(),
            kind: "image".to_owned(),
            reference: Value::Null,
        }],
        metadata: Map::new(),
        output: r#"{"a":{"b":[1,"two",null]}}"#.to_owned(),
    }
}
