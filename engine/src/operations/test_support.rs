//! A project with nothing in it, and what operations in it tell.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_util::sync::CancellationToken;

use super::{CommandEnvironment, Operation, OperationContext, OperationError, perform};
use crate::event::{CommandId, Event};
use crate::sandbox::Secrets;

/// Is a project to perform operations in.
pub(super) struct Project {
    folder: TempDir,
    pub(super) context: OperationContext,
    pub(super) told: UnboundedReceiver<Value>,
    events: Arc<Mutex<Vec<Event>>>,
}

impl Project {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (progress, told) = unbounded_channel();
        let events = Arc::new(Mutex::new(Vec::new()));
        let emitted = Arc::clone(&events);
        let commands = AtomicU64::new(1);
        let context = OperationContext {
            emit: Arc::new(move |event| emitted.lock().unwrap().push(event)),
            next_command: Arc::new(move || CommandId(commands.fetch_add(1, Ordering::Relaxed))),
            node_path: Some("build".to_owned()),
            project_dir: folder.path().canonicalize().unwrap(),
            environment: CommandEnvironment {
                text: Arc::new(environment()),
                undecodable: Arc::default(),
            },
            secrets: Secrets::default(),
            cancel: CancellationToken::new(),
            progress: Arc::new(move |message| progress.send(message).unwrap_or_default()),
        };
        Self {
            folder,
            context,
            told,
            events,
        }
    }

    /// Makes files with these contents; a name with a slash at its end makes a folder, and
    /// contents that begin with `->` a link.
    pub(super) fn with(files: &[(&str, &str)]) -> Self {
        let project = Self::new();
        write_tree(project.path(""), files);
        project
    }

    /// Sets a variable of the environment.
    pub(super) fn set_variable(&mut self, name: &str, value: &str) {
        let variables = Arc::make_mut(&mut self.context.environment.text);
        variables.insert(name.to_owned(), value.to_owned());
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) async fn perform(
        &self,
        name: &str,
        payload: Value,
    ) -> Result<Value, OperationError> {
        perform(Operation::parse(name, payload)?, &self.context).await
    }

    /// Performs an operation and writes its answer, or its error, in one line.
    pub(super) async fn line(&self, name: &str, payload: Value) -> String {
        let line = match self.perform(name, payload).await {
            Ok(answer) => answer.to_string(),
            Err(error) => error_line(&error),
        };
        line.replace(&self.context.project_dir.display().to_string(), "PROJECT")
    }

    pub(super) fn events(&self) -> Vec<Value> {
        let events = self.events.lock().unwrap();
        events
            .iter()
            .map(|event| serde_json::to_value(event).unwrap())
            .collect()
    }

    /// Waits for a command to write this.
    pub(super) async fn wait_for(&mut self, text: &str) {
        let mut seen = String::new();
        while !seen.contains(text) {
            let message = self.told.recv().await.unwrap();
            seen.push_str(message["data"].as_str().unwrap());
        }
    }
}

fn environment() -> BTreeMap<String, String> {
    let path = std::env::var("PATH").unwrap();
    BTreeMap::from([
        ("PATH".to_owned(), path),
        ("GREETING".to_owned(), "hello".to_owned()),
    ])
}

/// Writes an error as a handler sees it.
pub(super) fn error_line(error: &OperationError) -> String {
    let error = json!(error);
    let member = |name: &str| error[name].as_str().unwrap_or("-").to_owned();
    let line = format!(
        "{} {}: {}",
        member("name"),
        member("code"),
        member("message")
    );
    match error["help"].as_str() {
        Some(help) => format!("{line} | {help}"),
        None => line,
    }
}

pub(super) fn write_tree(root: impl AsRef<Path>, files: &[(&str, &str)]) {
    for (name, contents) in files {
        let path = root.as_ref().join(name);
        if name.ends_with('/') {
            std::fs::create_dir_all(path).unwrap();
            continue;
        }
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        match contents.strip_prefix("->") {
            Some(target) => std::os::unix::fs::symlink(target, path).unwrap(),
            None => std::fs::write(path, contents).unwrap(),
        }
    }
}

/// Lists everything in a folder with its contents.
pub(super) fn read_tree(root: impl AsRef<Path>) -> String {
    let mut lines: Vec<String> = walkdir::WalkDir::new(root.as_ref())
        .min_depth(1)
        .into_iter()
        .map(|entry| describe(&entry.unwrap(), root.as_ref()))
        .collect();
    lines.sort();
    lines.join("\n")
}

fn describe(entry: &walkdir::DirEntry, root: &Path) -> String {
    let name = entry.path().strip_prefix(root).unwrap().display();
    if entry.file_type().is_dir() {
        format!("{name}/")
    } else if entry.file_type().is_symlink() {
        format!("{name} -> {}", entry.path().read_link().unwrap().display())
    } else {
        let contents = std::fs::read(entry.path()).unwrap();
        format!("{name} {:?}", String::from_utf8_lossy(&contents))
    }
}
