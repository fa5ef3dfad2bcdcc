//! Tests of the state, and what they share.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod applies;
mod children;
mod host_storage;
mod hostile;
mod invalidate;
mod lock;
mod migrations;
mod open;
mod prune;
mod runs;
mod stamp;
mod storage;
mod workspaces;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::*;
use crate::digest::Digest;
use crate::trust::Trust;

/// Is a directory with the path of a state file in it, which does not exist at first.
struct Place {
    directory: TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn root(&self) -> &Path {
        self.directory.path()
    }

    fn file(&self) -> PathBuf {
        self.root().join("state.sqlite")
    }

    fn open(&self) -> State {
        State::open(&state_file(&self.file())).unwrap()
    }

    fn read(&self) -> Option<StateReader> {
        StateReader::open_existing(&state_file(&self.file())).unwrap()
    }

    /// Makes the file as a program that leaves nothing beside it does.
    fn settle(&self) {
        self.open().checkpoint().unwrap();
        for suffix in ["-wal", "-shm"] {
            fs::remove_file(self.root().join(format!("state.sqlite{suffix}"))).unwrap();
        }
    }

    /// Gives what is in the directory, except the index, which is shared memory.
    fn content(&self) -> BTreeMap<String, Content> {
        content_of(self.root())
    }
}

/// Returns a state file that a person has named in a project that is trusted.
fn state_file(path: &Path) -> StateFile {
    StateFile::named(path.to_owned(), Trust::Trusted)
}

/// Returns the same in a project that nobody vouches for.
fn untrusted(path: &Path) -> StateFile {
    StateFile::named(path.to_owned(), Trust::Untrusted)
}

/// Is the content of a file, in a form that a failed comparison can print.
#[derive(Debug, PartialEq)]
struct Content {
    length: usize,
    digest: Digest,
}

fn content_of(directory: &Path) -> BTreeMap<String, Content> {
    let mut content = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if !name.ends_with("-shm") {
            let bytes = fs::read(entry.path()).unwrap();
            let (length, digest) = (bytes.len(), Digest::of(&bytes));
            content.insert(name, Content { length, digest });
        }
    }
    content
}

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is not an object"),
    }
}

fn person() -> InvalidationCause {
    InvalidationCause::Person {
        name: "mia".to_owned(),
    }
}

/// Makes up a run of a task of the workflow `web`; its lineage is its own.
fn run(node_path: &str, upstream: &[&RunId]) -> NewRun {
    let run_id = RunId::generate();
    NewRun {
        lineage: run_id.clone(),
        apply_id: ApplyId::from("apply-1"),
        workflow: "web".to_owned(),
        node_path: node_path.to_owned(),
        node_name: node_path.rsplit('.').next().unwrap().to_owned(),
        identity: Digest::of(run_id.as_str().as_bytes()),
        components: vec![component("handler", Some("run()")), component("path", None)],
        upstream: upstream.iter().map(|&id| id.clone()).collect(),
        created_at: at(1_000),
        duration_ms: 20,
        artifacts: Vec::new(),
        metadata: Map::new(),
        output: json!({ "of": node_path }).to_string(),
        run_id,
    }
}

fn component(name: &str, value: Option<&str>) -> StoredComponent {
    StoredComponent {
        name: name.to_owned(),
        hash: Digest::of(name.as_bytes()),
        value: value.map(str::to_owned),
    }
}

fn record(state: &mut State, run: NewRun) -> RunId {
    state.record_run(&run).unwrap();
    run.run_id
}
