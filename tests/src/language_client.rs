//! `rig lsp` over its standard input and output, as an editor runs it.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{Project, RigCommand};

/// How long anything may take before a test fails; nothing waits that long where all is well.
const PATIENCE: Duration = Duration::from_mins(1);

/// The protocol's numbers for a request that an edit has overtaken.
const OVERTAKEN: [i64; 2] = [-32_802, -32_801];

/// An editor without a screen: it opens files, and asks what is to be shown of them.
pub struct LanguageClient {
    server: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    next_id: i64,
    versions: BTreeMap<String, i32>,
    root: String,
    /// What was published last of each document.
    published: BTreeMap<String, Vec<Value>>,
    /// How often the server has asked to ask again.
    refreshes: usize,
}

impl LanguageClient {
    /// Starts a server for a project that is trusted for the session; `command` is `rig lsp` with its
    /// environment.
    ///
    /// # Panics
    /// Where it cannot be started.
    #[must_use]
    pub fn start(project: &Project, command: RigCommand) -> Self {
        let mut server = command.stdin(Stdio::piped()).start_process();
        let input = server.stdin.take().unwrap();
        let mut output = BufReader::new(server.stdout.take().unwrap());
        let mut complaints = BufReader::new(server.stderr.take().unwrap());
        let (received, messages) = mpsc::channel();
        thread::spawn(move || {
            while let Some(message) = read_message(&mut output) {
                if received.send(message).is_err() {
                    return;
                }
            }
        });
        thread::spawn(move || {
            // Whoever does not read what it complains of holds it up.
            let mut line = String::new();
            while complaints
                .read_line(&mut line)
                .is_ok_and(|length| length > 0)
            {
                line.clear();
            }
        });
        let root = project.root().canonicalize().unwrap();
        let mut client = Self {
            server,
            input,
            messages,
            next_id: 0,
            versions: BTreeMap::new(),
            root: format!("file://{}", root.display()),
            published: BTreeMap::new(),
            refreshes: 0,
        };
        client.initialize();
        client
    }

    fn initialize(&mut self) {
        let parameters = json!({
            "processId": null,
            "rootUri": self.root,
            "workspaceFolders": [{ "uri": self.root, "name": "project" }],
            "initializationOptions": { "trusted": true },
            "capabilities": {
                "window": { "workDoneProgress": true },
                "workspace": {
                    "codeLens": { "refreshSupport": true },
                    "inlayHint": { "refreshSupport": true },
                    "diagnostics": { "refreshSupport": true },
                },
                "textDocument": { "diagnostic": {}, "codeLens": {}, "inlayHint": {} },
            },
        });
        self.request("initialize", &parameters).unwrap();
        self.notify("initialized", &json!({}));
    }

    /// Returns the name of a file of the project.
    #[must_use]
    pub fn uri(&self, file: &str) -> String {
        format!("{}/{file}", self.root)
    }

    /// Opens a file.
    pub fn open(&mut self, file: &str, text: &str) {
        self.versions.insert(file.to_owned(), 1);
        let document = json!({
            "uri": self.uri(file), "languageId": "typescript", "version": 1, "text": text,
        });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    /// Replaces the text of an open file.
    ///
    /// # Panics
    /// Where it is not open.
    pub fn change(&mut self, file: &str, text: &str) {
        let version = self.versions.get_mut(file).unwrap();
        *version += 1;
        let document = json!({ "uri": format!("{}/{file}", self.root), "version": *version });
        self.notify(
            "textDocument/didChange",
            &json!({ "textDocument": document, "contentChanges": [{ "text": text }] }),
        );
    }

    /// Tells that an open file was written to the disk.
    pub fn saved(&mut self, file: &str) {
        let document = json!({ "uri": self.uri(file) });
        self.notify("textDocument/didSave", &json!({ "textDocument": document }));
    }

    /// Closes a file.
    pub fn close(&mut self, file: &str) {
        self.versions.remove(file);
        let document = json!({ "uri": self.uri(file) });
        self.notify(
            "textDocument/didClose",
            &json!({ "textDocument": document }),
        );
    }

    /// Returns whether a file is open.
    #[must_use]
    pub fn is_open(&self, file: &str) -> bool {
        self.versions.contains_key(file)
    }

    /// Returns how often the server has asked to ask again since it was started.
    pub fn refreshes(&mut self) -> usize {
        while let Ok(message) = self.messages.try_recv() {
            self.take(&message);
        }
        self.refreshes
    }

    /// Returns what is told of a file that is open.
    ///
    /// # Panics
    /// Where the server refuses to say.
    pub fn diagnostics(&mut self, file: &str) -> Vec<Value> {
        let parameters = json!({ "textDocument": { "uri": self.uri(file) } });
        loop {
            match self.request("textDocument/diagnostic", &parameters) {
                Ok(report) => return report["items"].as_array().cloned().unwrap_or_default(),
                Err(error) if OVERTAKEN.map(Value::from).contains(&error["code"]) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Returns what was published last of all files.
    #[must_use]
    pub fn published(&self) -> Vec<&Value> {
        self.published.values().flatten().collect()
    }

    /// Returns the titles of the lenses of a file, with the line of each from 1.
    ///
    /// # Panics
    /// Where the server refuses.
    pub fn lenses(&mut self, file: &str) -> Vec<(u64, String)> {
        let parameters = json!({ "textDocument": { "uri": self.uri(file) } });
        let lenses = self.request("textDocument/codeLens", &parameters).unwrap();
        let lenses = lenses.as_array().cloned().unwrap_or_default();
        let titled = lenses.iter().map(|lens| {
            let line = lens["range"]["start"]["line"].as_u64().unwrap() + 1;
            let title = lens["command"]["title"].as_str().unwrap();
            (line, title.to_owned())
        });
        titled.collect()
    }

    /// Executes a command of the server.
    ///
    /// # Errors
    /// Where it fails.
    pub fn execute(&mut self, command: &str, arguments: &Value) -> Result<Value, Value> {
        let parameters = json!({ "command": command, "arguments": [arguments] });
        self.request("workspace/executeCommand", &parameters)
    }

    /// Begins to execute a command; the answer is waited for later.
    pub fn begin(&mut self, command: &str, arguments: &Value) -> i64 {
        let parameters = json!({ "command": command, "arguments": [arguments] });
        self.send_request("workspace/executeCommand", &parameters)
    }

    /// Sends a request and returns its result, or its error.
    ///
    /// # Errors
    /// Where the server answers with one.
    pub fn request(&mut self, method: &str, parameters: &Value) -> Result<Value, Value> {
        let id = self.send_request(method, parameters);
        self.answer(id)
    }

    fn send_request(&mut self, method: &str, parameters: &Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters }));
        id
    }

    /// Waits for the answer to a request that was begun.
    ///
    /// # Errors
    /// Where the server answers with one.
    ///
    /// # Panics
    /// Where it does not answer.
    pub fn answer(&mut self, id: i64) -> Result<Value, Value> {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let message = self.messages.recv_timeout(left);
            let message = message.unwrap_or_else(|error| panic!("no answer to {id}: {error}"));
            if message.get("method").is_none() && message["id"] == id {
                return match message.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(message["result"].clone()),
                };
            }
            self.take(&message);
        }
    }

    /// Takes up a message that the server sends by itself.
    fn take(&mut self, message: &Value) {
        let Some(method) = message["method"].as_str() else {
            return;
        };
        self.refreshes += usize::from(method.ends_with("/refresh"));
        if method == "textDocument/publishDiagnostics" {
            let uri = message["params"]["uri"].as_str().unwrap().to_owned();
            let told = message["params"]["diagnostics"].as_array().cloned();
            self.published.insert(uri, told.unwrap_or_default());
        }
        if let Some(id) = message.get("id") {
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": null }));
        }
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, parameters: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": parameters }));
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let written = write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len());
        written.and_then(|()| self.input.flush()).unwrap();
    }

    /// Returns the process of the server.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.server.id()
    }

    /// Says goodbye, and waits until the server has ended.
    ///
    /// # Panics
    /// Where it does not answer.
    pub fn shut_down(mut self) {
        self.request("shutdown", &Value::Null).unwrap();
        self.notify("exit", &Value::Null);
        self.server.wait().unwrap();
    }
}

impl Drop for LanguageClient {
    fn drop(&mut self) {
        // Where it has said goodbye, it is gone already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn read_message(output: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim().split_once(": ") {
            Some(("Content-Length", number)) => length = number.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// Copies a folder, but for what Rigkit keeps in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name() == ".rigkit" || entry.file_name() == "node_modules" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy_folder(&source, &target);
        } else {
            std::fs::copy(source, target).unwrap();
        }
    }
}
