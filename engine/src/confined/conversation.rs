//! This side of a confined evaluation: it sends the modules, answers what is asked, and takes the
//! definition apart from what a stranger may have made of it.

use std::{
    borrow::Cow,
    collections::HashSet,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{
    frame::{self, most_answer_bytes},
    message::{Defined, FromChild, Question, Reply, Request, ToChild},
    process::ProcessSlot,
};
use crate::{
    definition::{Definition, Place},
    diagnostic::Diagnostic,
    modules::{ModuleGraph, WireGraph, WireResolved},
    project::{LoadError, LoadOptions},
    sandbox::thread_time,
    wire::{WireDiagnostic, WirePath, decode_all},
};

/// How much processor time of this process the questions of an evaluation may cost. Each is worth
/// a few microseconds, or the time it takes to parse a module once more.
const ANSWERING: Duration = Duration::from_secs(10);

/// An evaluation as this side sees it: what is written to the other, and what is read from it.
pub(super) struct Conversation<'a, W, R> {
    stdin: W,
    stdout: R,
    graph: Arc<ModuleGraph>,
    options: &'a LoadOptions,
    answered_since: Duration,
    /// The files that a `require` has led to.
    required: HashSet<PathBuf>,
}

impl<'a, W: Write, R: Read> Conversation<'a, W, R> {
    pub(super) fn new(
        stdin: W,
        stdout: R,
        graph: Arc<ModuleGraph>,
        options: &'a LoadOptions,
    ) -> Self {
        Self {
            stdin,
            stdout,
            graph,
            options,
            answered_since: thread_time(),
            required: HashSet::new(),
        }
    }

    /// Sends the request and answers questions until the last message has come.
    pub(super) fn run(&mut self) -> io::Result<FromChild> {
        self.send_request()?;
        let most = most_answer_bytes(self.options.limits);
        loop {
            let bytes = frame::read(&mut self.stdout, most)?;
            let bytes = bytes.ok_or(io::ErrorKind::UnexpectedEof)?;
            match frame::decode(&bytes)? {
                FromChild::Question(question) => {
                    if thread_time().saturating_sub(self.answered_since) > ANSWERING {
                        return Err(io::Error::other("it asks too much"));
                    }
                    let reply = self.reply(question);
                    frame::write(&mut self.stdin, &reply)?;
                }
                last => return Ok(last),
            }
        }
    }

    fn send_request(&mut self) -> io::Result<()> {
        let environment = &self.options.variables;
        let variables = environment.all();
        let unreadable = environment.unreadable().iter();
        let request = Request {
            graph: WireGraph::of(&self.graph),
            project_root: WirePath::of(&self.options.project_root),
            config_path: WirePath::of(&self.options.config_path),
            variables: variables
                .iter()
                .map(|(name, value)| (Cow::Borrowed(&**name), Cow::Borrowed(&**value)))
                .collect(),
            unreadable_variables: unreadable
                .map(|(name, variable)| {
                    let file = WirePath::of(&variable.file);
                    (Cow::Borrowed(&**name), file, variable.line)
                })
                .collect(),
            variable_access: environment.access(),
            variable_file: environment.file().map(WirePath::of),
            cpu: self.options.limits.cpu,
            memory: self.options.limits.memory as u64,
            identity: self.options.identity,
        };
        frame::write(&mut self.stdin, &ToChild::Evaluate(request))
    }

    fn reply(&mut self, question: Question) -> Reply {
        let sources = Arc::clone(&self.graph.sources);
        match question {
            Question::Resolve {
                importer,
                specifier,
                kind,
            } => {
                let importer = importer.decode();
                let resolved = sources.resolve(&importer, &specifier, kind);
                if let Ok(resolved) = &resolved {
                    self.graph.note_require(&importer, &specifier, resolved);
                    self.required.extend(resolved.file().map(Path::to_path_buf));
                }
                Reply::Resolved(resolved.map(|file| WireResolved::of(&file)).map_err(drop))
            }
            Question::Read { path } => Reply::Text(self.text(&path.decode())),
        }
    }

    /// Reads only what a `require` has led to: nothing else is asked for by honest code.
    fn text(&self, path: &Path) -> Result<String, String> {
        if self.graph.find_by_name(path).is_none() && !self.required.contains(path) {
            return Err("it is no module".to_owned());
        }
        let text = self.graph.sources.read(path);
        text.map(|text| text.as_ref().to_owned())
            .map_err(|error| error.to_string())
    }

    /// Returns what the last message says.
    pub(super) fn definition(self, answer: FromChild) -> Result<Definition, LoadError> {
        let nonsense = |error: &dyn std::error::Error| {
            LoadError::Sandbox(format!("its answer makes no sense: {error}"))
        };
        match answer {
            FromChild::Defined(defined) => {
                let Defined {
                    definition,
                    secrets,
                } = *defined;
                self.note_secrets(&secrets);
                let secrets = self.options.variables.secrets().clone();
                definition
                    .decode(self.graph, secrets)
                    .map_err(|error| nonsense(&error))
            }
            FromChild::Invalid { problems, secrets } => {
                self.note_secrets(&secrets);
                let problems: Vec<Diagnostic> = decode_all(problems, |problem: WireDiagnostic| {
                    problem.decode(&self.graph)
                })
                .map_err(|error| nonsense(&error))?;
                Err(LoadError::Invalid(problems))
            }
            FromChild::OutOfMemory(place) => {
                let range = Place::of_number(u64::from_le_bytes(place)).range(&self.graph);
                Err(self.limit(self.options.limits.memory_limit().at(range)))
            }
            FromChild::Failed(reason) => Err(LoadError::Sandbox(reason)),
            FromChild::Ready(_) | FromChild::Question(_) | FromChild::Checked => {
                Err(LoadError::Sandbox("it gave no answer".to_owned()))
            }
        }
    }

    fn note_secrets(&self, secrets: &[(String, String)]) {
        for (name, value) in secrets {
            // The other process has warned of them.
            self.options.variables.secrets().add_quietly(name, value);
        }
    }

    /// Explains the end of a process that has not answered.
    pub(super) fn without_answer(&self, error: &io::Error, slot: &ProcessSlot) -> LoadError {
        use std::os::unix::process::ExitStatusExt as _;
        if error.kind() == io::ErrorKind::FileTooLarge {
            return self.limit(self.options.limits.memory_limit());
        }
        let Some(status) = slot.ended() else {
            return LoadError::Sandbox(error.to_string());
        };
        if status.signal() == Some(libc::SIGXCPU) {
            return self.limit(self.options.limits.time_limit());
        }
        // It is killed where it does not end by itself, so that says nothing.
        let end = match status.signal() {
            Some(libc::SIGKILL) => error.to_string(),
            _ => status.to_string(),
        };
        LoadError::Sandbox(format!("it ended without an answer: {end}"))
    }

    fn limit(&self, problem: Diagnostic) -> LoadError {
        let entry = self.graph.module(ModuleGraph::ENTRY);
        let problem = match problem.range {
            Some(_) => problem,
            None => problem.at(entry.range(&(0..0))),
        };
        LoadError::Invalid(vec![problem])
    }
}
