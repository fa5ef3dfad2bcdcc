//! An editor that does nothing but type, and notes when the answers came.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Stdio},
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    bench::Failure,
    machine,
    project::{BenchProject, Person},
};

/// How long an answer may take before something is wrong.
const PATIENCE: Duration = Duration::from_secs(30);

/// Is an editor with its server.
pub(crate) struct EditorClient {
    server: Child,
    input: ChildStdin,
    messages: Receiver<(Instant, Vec<u8>)>,
    next_id: i64,
}

/// Is an open config.
pub(crate) struct OpenConfig {
    uri: String,
    /// The number of its newest version.
    pub(crate) version: i64,
    /// How many tasks it has.
    pub(crate) tasks: usize,
    lines: Vec<String>,
}

/// The line that the first task of a chain is on, from 0.
const FIRST_TASK: usize = 4;

impl EditorClient {
    /// Starts a server for a person, who trusts all projects in it or none.
    pub(crate) fn start(
        rig: &Path,
        project: &BenchProject,
        person: Person,
    ) -> Result<Self, Failure> {
        let mut server = project
            .rig(rig, person)
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let input = server.stdin.take().ok_or("the server has no input")?;
        let output = server.stdout.take().ok_or("the server has no output")?;
        let (received, messages) = mpsc::channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(body) = read_message(&mut output) {
                if received.send((Instant::now(), body)).is_err() {
                    return;
                }
            }
        });
        let mut client = Self {
            server,
            input,
            messages,
            next_id: 0,
        };
        let parameters = json!({
            "processId": null, "capabilities": {}, "initializationOptions": { "trusted": person == Person::Trusting },
        });
        client.request("initialize", &parameters)?;
        client.notify("initialized", &json!({}))?;
        Ok(client)
    }

    /// Opens the config of a project.
    pub(crate) fn open(&mut self, project: &BenchProject) -> Result<OpenConfig, Failure> {
        let path = project.path().canonicalize()?.join("rig.config.ts");
        let text = std::fs::read_to_string(&path)?;
        let uri = format!("file://{}", path.display());
        let document =
            json!({ "uri": uri, "languageId": "typescript", "version": 1, "text": text });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }))?;
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        Ok(OpenConfig {
            uri,
            version: 1,
            tasks: lines.iter().filter(|line| line.contains(".task(")).count(),
            lines,
        })
    }

    /// Types a digit into what a task returns, or takes it back. That task and all after it have to
    /// run then, or no longer.
    pub(crate) fn type_into(
        &mut self,
        config: &mut OpenConfig,
        task: usize,
    ) -> Result<Instant, Failure> {
        let task = task % config.tasks;
        let number = FIRST_TASK + task;
        let line = config.lines.get_mut(number).ok_or("no such line")?;
        let column = line.find(" } })").ok_or("no such task")?;
        let is_typed = !line.contains(&format!("value: {task} }}"));
        let (start, text) = if is_typed {
            (column - 1, "")
        } else {
            (column, "1")
        };
        line.replace_range(start..column, text);
        config.version += 1;
        let position = |character: usize| json!({ "line": number, "character": character });
        let change = json!({
            "range": { "start": position(start), "end": position(column) }, "text": text,
        });
        let document = json!({ "uri": config.uri, "version": config.version });
        let sent = Instant::now();
        self.notify(
            "textDocument/didChange",
            &json!({ "textDocument": document, "contentChanges": [change] }),
        )?;
        Ok(sent)
    }

    /// Waits for the diagnostics of the newest version, and says when they came.
    pub(crate) fn diagnostics_of(&mut self, config: &mut OpenConfig) -> Result<Instant, Failure> {
        let (uri, version) = (config.uri.clone(), config.version);
        let (came, _) = self.wait(|message| {
            let parameters = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && parameters["uri"] == *uri
                && parameters["version"] == version
        })?;
        Ok(came)
    }

    /// Asks for the lenses, and says when they came and what they are.
    pub(crate) fn lenses(&mut self, config: &OpenConfig) -> Result<(Duration, Value), Failure> {
        let asked = Instant::now();
        let parameters = json!({ "textDocument": { "uri": config.uri } });
        let (came, answer) = self.request("textDocument/codeLens", &parameters)?;
        Ok((came - asked, answer["result"].clone()))
    }

    /// Applies the workflow, asking for lenses whenever something new is published, and returns the most
    /// memory that was seen meanwhile.
    pub(crate) fn apply(&mut self, config: &OpenConfig) -> Result<f64, Failure> {
        let command = json!({ "command": "rigkit.apply", "arguments": [{ "config": config.uri }] });
        let applied = self.begin("workspace/executeCommand", &command)?;
        let document = json!({ "textDocument": { "uri": config.uri } });
        let mut most: f64 = 0.0;
        loop {
            let (_, body) = self.messages.recv_timeout(PATIENCE)?;
            let message: Value = serde_json::from_slice(&body)?;
            if message["id"] == applied && message.get("method").is_none() {
                return match message.get("error") {
                    Some(error) => Err(format!("the apply failed: {error}").into()),
                    None => Ok(most.max(self.memory()?)),
                };
            }
            if message["method"] == "textDocument/publishDiagnostics" {
                most = most.max(self.memory()?);
                self.begin("textDocument/codeLens", &document)?;
            }
        }
    }

    /// Gives how much memory the server has in use, in MiB.
    pub(crate) fn memory(&self) -> Result<f64, Failure> {
        machine::memory_mib(self.server.id())
    }

    /// Takes leave.
    pub(crate) fn shut_down(mut self) -> Result<(), Failure> {
        self.request("shutdown", &Value::Null)?;
        self.notify("exit", &Value::Null)?;
        self.server.wait()?;
        Ok(())
    }

    fn begin(&mut self, method: &str, parameters: &Value) -> Result<i64, Failure> {
        self.next_id += 1;
        let id = self.next_id;
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters });
        self.send(&request)?;
        Ok(id)
    }

    fn request(&mut self, method: &str, parameters: &Value) -> Result<(Instant, Value), Failure> {
        let id = self.begin(method, parameters)?;
        self.wait(|message| message["id"] == id && message.get("method").is_none())
    }

    fn notify(&mut self, method: &str, parameters: &Value) -> Result<(), Failure> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": parameters }))
    }

    fn send(&mut self, message: &Value) -> Result<(), Failure> {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        self.input.flush()?;
        Ok(())
    }

    fn wait(&mut self, is_it: impl Fn(&Value) -> bool) -> Result<(Instant, Value), Failure> {
        loop {
            let (came, body) = self.messages.recv_timeout(PATIENCE)?;
            let message: Value = serde_json::from_slice(&body)?;
            if is_it(&message) {
                return Ok((came, message));
            }
        }
    }
}

fn read_message(output: &mut BufReader<ChildStdout>) -> Option<Vec<u8>> {
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
    Some(body)
}
