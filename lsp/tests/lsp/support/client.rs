//! A client with a server of its own, over streams in memory.

use std::{
    collections::{BTreeMap, VecDeque},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rigkit_engine::project::Project;
use rigkit_lsp::{Ending, ServerOptions, serve_on};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{BufReader, DuplexStream},
    runtime::Runtime,
    sync::mpsc::{self, UnboundedReceiver},
    task::JoinHandle,
};

use super::{Fixture, Place, wire};

/// How long anything may take before a test fails; nothing waits that long where all is well.
const PATIENCE: Duration = Duration::from_mins(1);

/// Says what the client claims to be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capabilities {
    /// All that the server acts on, as VS Code does.
    Full,
    /// Next to nothing: diagnostics are published, nothing is refreshed.
    Least,
}

/// Is a client and its server, with a project between them.
pub struct TestClient {
    runtime: Runtime,
    writer: DuplexStream,
    incoming: UnboundedReceiver<Value>,
    server: JoinHandle<Ending>,
    /// Messages that came while another one was waited for.
    waiting: VecDeque<Value>,
    choices: VecDeque<Value>,
    leaves_questions: bool,
    settings: Value,
    next_id: i64,
    directory: TempDir,
    versions: BTreeMap<String, i32>,
    texts: BTreeMap<String, String>,
    /// What the server answered to `initialize`.
    pub initialized: Value,
    /// Where the fixture's cursor was.
    pub cursor: Option<Place>,
}

impl TestClient {
    /// Starts a trusted client that can do everything, with the config open.
    pub fn new(fixture: &str) -> Self {
        Self::with(fixture, Capabilities::Full, json!({ "trusted": true }))
    }

    /// Starts a client and opens every file of the fixture's project that is TypeScript.
    ///
    /// One that asks for diagnostics asks at once, so that the project has been evaluated: other
    /// requests are answered within a tenth of a second, evaluated or not, and a busy machine needs
    /// more.
    pub fn with(fixture: &str, capabilities: Capabilities, options: Value) -> Self {
        let mut client = Self::unopened(fixture, capabilities, &options);
        let is_code = |file: &String| Path::new(file).extension() == Some("ts".as_ref());
        let files: Vec<String> = client
            .texts
            .keys()
            .filter(|file| is_code(file))
            .cloned()
            .collect();
        for file in &files {
            client.open(file);
        }
        if capabilities == Capabilities::Full {
            for file in &files {
                client.diagnostics(file);
            }
        }
        client
    }

    /// Starts a client beside a copy of a directory, and opens nothing.
    pub fn of_directory(directory: &Path, capabilities: Capabilities, options: Value) -> Self {
        let client = Self::uninitialized("");
        fs::remove_file(client.root().join("rig.config.ts")).unwrap_or_default();
        copy(directory, &client.root());
        client.initialize(capabilities, &options)
    }

    /// Starts a client and opens nothing.
    pub fn unopened(fixture: &str, capabilities: Capabilities, options: &Value) -> Self {
        Self::uninitialized(fixture).initialize(capabilities, options)
    }

    fn initialize(self, capabilities: Capabilities, options: &Value) -> Self {
        let mut client = self;
        client.settings = options.clone();
        let parameters = json!({
            "processId": null,
            "capabilities": capabilities.json(),
            "initializationOptions": options,
            "workspaceFolders": null,
        });
        client.initialized = client.request("initialize", &parameters).unwrap();
        client.notify("initialized", &json!({}));
        client
    }

    /// Starts a client of a server that serves a config of another name, and opens nothing.
    pub fn with_config(fixture: &str, config: &str) -> Self {
        let client = Self::uninitialized_with(fixture, Some(config));
        client.initialize(Capabilities::Full, &json!({ "trusted": true }))
    }

    /// Starts a server that nothing has been said to.
    pub fn uninitialized(fixture: &str) -> Self {
        Self::uninitialized_with(fixture, None)
    }

    fn uninitialized_with(fixture: &str, config: Option<&str>) -> Self {
        let fixture = Fixture::parse(fixture);
        let directory = tempfile::tempdir().unwrap();
        let project = directory.path().canonicalize().unwrap().join("project");
        fs::create_dir(&project).unwrap();
        fixture.write_to(&project);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let (writer, server_input) = tokio::io::duplex(1 << 20);
        let (server_output, reader) = tokio::io::duplex(1 << 20);
        let mut options = server_options(directory.path());
        options.config = config.map(|config| Project::of_config(&project.join(config)).unwrap());
        let server = runtime.spawn(serve_on(options, server_input, server_output));
        let (received, incoming) = mpsc::unbounded_channel();
        runtime.spawn(async move {
            let mut reader = BufReader::new(reader);
            while let Some(message) = wire::read(&mut reader).await {
                if received.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            runtime,
            writer,
            incoming,
            server,
            waiting: VecDeque::new(),
            choices: VecDeque::new(),
            leaves_questions: false,
            settings: Value::Null,
            next_id: 0,
            directory,
            versions: BTreeMap::new(),
            texts: fixture.files.into_iter().collect(),
            initialized: Value::Null,
            cursor: fixture.cursor,
        }
    }

    /// Gives the project's directory.
    pub fn root(&self) -> PathBuf {
        self.directory
            .path()
            .canonicalize()
            .unwrap()
            .join("project")
    }

    /// Returns the person's own directory of Rigkit.
    pub fn host_dir(&self) -> PathBuf {
        self.directory.path().join("home")
    }

    /// Gives the name of a file of the project.
    pub fn uri(&self, file: &str) -> String {
        format!("file://{}", self.root().join(file).display())
    }

    /// Gives the text of a file as the client shows it.
    pub fn text(&self, file: &str) -> &str {
        &self.texts[file]
    }

    /// Answers the next question to the person.
    pub fn will_choose(&mut self, title: &str) {
        self.choices.push_back(json!({ "title": title }));
    }

    /// Answers no question to the person any more.
    pub fn leaves_questions_unanswered(&mut self) {
        self.leaves_questions = true;
    }

    /// Answers the next question of a kind that the client asks by itself.
    pub fn will_answer(&mut self, answer: Value) {
        self.choices.push_back(answer);
    }

    /// Returns what the client was asked since the last time, each with what there was to choose from.
    pub fn questions(&mut self) -> String {
        let received = self.received();
        let asked = received.iter().filter_map(|message| {
            let sent = &message["params"];
            match message["method"].as_str()? {
                "window/showMessageRequest" => Some(format!(
                    "{} {}",
                    sent["message"].as_str()?,
                    titles(&sent["actions"])
                )),
                "rigkit/prompt" => Some(sent.to_string()),
                _ => None,
            }
        });
        asked.collect::<Vec<String>>().join("\n")
    }

    /// Opens a file.
    pub fn open(&mut self, file: &str) {
        let text = self.texts.get(file).cloned().unwrap_or_default();
        self.open_with(file, &text);
    }

    /// Opens a file with a text that need not be on the disk.
    pub fn open_with(&mut self, file: &str, text: &str) {
        self.versions.insert(file.to_owned(), 1);
        self.texts.insert(file.to_owned(), text.to_owned());
        let document = json!({
            "uri": self.uri(file), "languageId": "typescript", "version": 1, "text": text,
        });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    /// Closes a file.
    pub fn close(&mut self, file: &str) {
        let document = json!({ "uri": self.uri(file) });
        self.notify(
            "textDocument/didClose",
            &json!({ "textDocument": document }),
        );
    }

    /// Notes the text of a file that was changed without the server being told.
    pub fn note_text(&mut self, file: &str, text: &str) {
        self.texts.insert(file.to_owned(), text.to_owned());
    }

    /// Replaces the whole text of a file.
    pub fn change(&mut self, file: &str, text: &str) {
        self.texts.insert(file.to_owned(), text.to_owned());
        self.send_changes(file, &json!([{ "text": text }]));
    }

    /// Replaces the first occurrence of a text, as an edit of just that.
    pub fn replace(&mut self, file: &str, old: &str, new: &str) {
        let text = self.texts[file].clone();
        let start = text
            .find(old)
            .unwrap_or_else(|| panic!("no {old:?} in {text}"));
        let range = json!({
            "start": self.position(file, start), "end": self.position(file, start + old.len()),
        });
        self.send_changes(file, &json!([{ "range": range, "text": new }]));
        self.texts
            .insert(file.to_owned(), text.replacen(old, new, 1));
    }

    /// Inserts a text at a byte.
    pub fn insert(&mut self, file: &str, offset: usize, new: &str) {
        self.splice(file, offset..offset, new);
    }

    /// Replaces a stretch of bytes.
    pub fn splice(&mut self, file: &str, bytes: std::ops::Range<usize>, new: &str) {
        let range = json!({
            "start": self.position(file, bytes.start), "end": self.position(file, bytes.end),
        });
        self.send_changes(file, &json!([{ "range": range, "text": new }]));
        self.texts.get_mut(file).unwrap().replace_range(bytes, new);
    }

    /// Sends changes without minding what the text becomes.
    pub fn send_changes(&mut self, file: &str, changes: &Value) {
        let version = self.versions.get_mut(file).unwrap();
        *version += 1;
        let document = json!({ "uri": format!("file://{}", self.directory.path().canonicalize().unwrap().join("project").join(file).display()), "version": *version });
        self.notify(
            "textDocument/didChange",
            &json!({ "textDocument": document, "contentChanges": changes }),
        );
    }

    /// Gives the position of a byte in a file.
    pub fn position(&self, file: &str, offset: usize) -> Value {
        let before = &self.texts[file][..offset];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let character = before[start..].encode_utf16().count();
        json!({ "line": before.matches('\n').count(), "character": character })
    }

    /// Gives the parameters of a request about a place: the cursor, or the first occurrence of a
    /// text.
    pub fn at(&self, file: &str, text: &str) -> Value {
        let offset = self.texts[file].find(text).unwrap();
        json!({
            "textDocument": { "uri": self.uri(file) }, "position": self.position(file, offset),
        })
    }

    /// Gives the parameters of a request about the cursor.
    pub fn at_cursor(&self) -> Value {
        let cursor = self.cursor.as_ref().unwrap();
        json!({
            "textDocument": { "uri": self.uri(&cursor.file) },
            "position": { "line": cursor.line, "character": cursor.character },
        })
    }

    /// Gives the parameters of a request about a whole document.
    pub fn document(&self, file: &str) -> Value {
        json!({ "textDocument": { "uri": self.uri(file) } })
    }

    /// Sends a request and gives its result, or its error.
    pub fn request(&mut self, method: &str, parameters: &Value) -> Result<Value, Value> {
        let id = self.begin(method, parameters);
        self.answer(id)
    }

    /// Sends a request, to wait for its answer later; gives its id.
    pub fn begin(&mut self, method: &str, parameters: &Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters });
        self.send(&message);
        id
    }

    /// Waits for the answer to a request.
    pub fn answer(&mut self, id: i64) -> Result<Value, Value> {
        let answer = self
            .wait_until(|message| message.get("method").is_none() && message["id"] == json!(id));
        match answer.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(answer["result"].clone()),
        }
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, parameters: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": parameters }));
    }

    /// Sends any message.
    pub fn send(&mut self, message: &Value) {
        self.runtime
            .block_on(wire::write(&mut self.writer, message));
    }

    /// Sends any bytes.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        self.runtime
            .block_on(wire::write_raw(&mut self.writer, bytes));
    }

    /// Waits for a notification or request of the server, and gives its parameters.
    pub fn wait_for(&mut self, method: &str) -> Value {
        self.wait_for_where(method, |_| true)
    }

    /// Waits for a notification or request of the server with certain parameters.
    pub fn wait_for_where(&mut self, method: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let message =
            self.wait_until(|message| message["method"] == method && is_it(&message["params"]));
        message["params"].clone()
    }

    /// Waits for a message; others are kept for later. Requests of the server are answered.
    fn wait_until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.waiting.iter().position(&is_it) {
            return self.waiting.remove(index).unwrap();
        }
        loop {
            let message = self.next().unwrap_or_else(|| {
                panic!(
                    "the message never came; these did: {}",
                    serde_json::to_string_pretty(&self.waiting).unwrap()
                )
            });
            if is_it(&message) {
                return message;
            }
            self.waiting.push_back(message);
        }
    }

    fn next(&mut self) -> Option<Value> {
        let message = self
            .runtime
            .block_on(async { tokio::time::timeout(PATIENCE, self.incoming.recv()).await })
            .ok()??;
        let is_question = message["method"] == "window/showMessageRequest";
        if is_question && self.leaves_questions {
            return Some(message);
        }
        if let (Some(id), Some(method)) = (message.get("id"), message.get("method")) {
            let answer = self.answer_to_server(method.as_str().unwrap());
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": answer }));
        }
        Some(message)
    }

    fn answer_to_server(&mut self, method: &str) -> Value {
        match method {
            "workspace/configuration" => json!([self.settings]),
            "window/showMessageRequest" | "rigkit/prompt" => {
                self.choices.pop_front().unwrap_or(Value::Null)
            }
            "window/showDocument" => json!({ "success": true }),
            _ => Value::Null,
        }
    }

    /// Lists what the log says of requests that failed inside of the server.
    pub fn panics(&mut self) -> Vec<String> {
        while let Ok(message) = self.incoming.try_recv() {
            self.waiting.push_back(message);
        }
        let logged = self.waiting.iter().filter(|message| {
            message["method"] == "window/logMessage" && message["params"]["type"] == 1
        });
        logged
            .map(|message| message["params"]["message"].to_string())
            .collect()
    }

    /// Takes all messages that came and that nobody has waited for.
    pub fn received(&mut self) -> Vec<Value> {
        while let Ok(message) = self.incoming.try_recv() {
            self.waiting.push_back(message);
        }
        self.waiting.drain(..).collect()
    }

    /// Asks for the diagnostics of a file, until no edit overtakes the question.
    pub fn diagnostics(&mut self, file: &str) -> Vec<Value> {
        loop {
            let document = self.document(file);
            match self.request("textDocument/diagnostic", &document) {
                Ok(report) => return report["items"].as_array().unwrap().clone(),
                Err(error) => assert_eq!(error["code"], -32802, "{error}"),
            }
        }
    }

    /// Asks for the lenses of a file, as lines of `line: title | title`.
    pub fn lenses(&mut self, file: &str) -> String {
        self.diagnostics(file);
        let lenses = self
            .request("textDocument/codeLens", &self.document(file))
            .unwrap();
        let mut lines: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for lens in lenses.as_array().unwrap() {
            let line = lens["range"]["start"]["line"].as_u64().unwrap() + 1;
            let title = lens["command"]["title"].as_str().unwrap().to_owned();
            lines.entry(line).or_default().push(title);
        }
        let lines = lines
            .into_iter()
            .map(|(line, titles)| format!("{line}: {}", titles.join(" | ")));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Asks for the lenses again whenever the server says so, until they say something.
    pub fn wait_for_lenses(&mut self, file: &str, text: &str) {
        let mut lenses = self.lenses(file);
        while !lenses.contains(text) {
            self.wait_for("workspace/codeLens/refresh");
            lenses = self.lenses(file);
        }
    }

    /// Looks whether something is so whenever the server has news, until it is.
    pub fn wait_until_so(&mut self, is_so: impl Fn(&mut Self) -> bool) {
        while !is_so(self) {
            self.wait_for("workspace/codeLens/refresh");
        }
    }

    /// Executes a command in the project.
    pub fn execute(&mut self, command: &str, arguments: Value) -> Result<Value, Value> {
        self.request(
            "workspace/executeCommand",
            &json!({ "command": command, "arguments": [arguments] }),
        )
    }

    /// Runs a task-less command to its end in the way an editor says goodbye.
    pub fn shut_down(mut self) -> Ending {
        self.request("shutdown", &Value::Null).unwrap();
        self.notify("exit", &Value::Null);
        self.ending()
    }

    /// Waits until the server has ended.
    pub fn ending(self) -> Ending {
        let Self {
            runtime,
            writer,
            server,
            ..
        } = self;
        drop(writer);
        let ended = runtime.block_on(async { tokio::time::timeout(PATIENCE, server).await });
        ended.unwrap().unwrap()
    }
}

impl Capabilities {
    fn json(self) -> Value {
        match self {
            Self::Least => json!({}),
            Self::Full => json!({
                "general": { "positionEncodings": ["utf-16"] },
                "window": { "workDoneProgress": true, "showDocument": { "support": true } },
                "workspace": {
                    "configuration": false,
                    "codeLens": { "refreshSupport": true },
                    "inlayHint": { "refreshSupport": true },
                    "diagnostics": { "refreshSupport": true },
                    "workspaceEdit": {
                        "documentChanges": true,
                        "changeAnnotationSupport": { "groupsOnLabel": false },
                    },
                },
                "textDocument": {
                    "diagnostic": { "relatedDocumentSupport": true },
                    "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix"] } } },
                    "completion": { "completionItem": { "snippetSupport": true } },
                    "rename": { "prepareSupport": true },
                    "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
                },
            }),
        }
    }
}

fn titles(actions: &Value) -> String {
    let actions = actions.as_array().into_iter().flatten();
    let titles = actions.map(|action| format!("[{}]", action["title"].as_str().unwrap()));
    titles.collect::<Vec<String>>().join(" ")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn server_options(directory: &Path) -> ServerOptions {
    let host_dir = directory.join("home");
    ServerOptions {
        variables: Arc::new(BTreeMap::from([
            ("PATH".to_owned(), std::env::var("PATH").unwrap()),
            ("TEST_VARIABLE".to_owned(), "set".to_owned()),
        ])),
        undecodable_variables: Arc::default(),
        limits: rigkit_engine::sandbox::SandboxLimits::default(),
        evaluator: None,
        host_storage_dir: host_dir.join("providers"),
        host_dir,
        config: None,
        who: "tester: rig lsp".to_owned(),
        version: "0.0.0-test".to_owned(),
    }
}
