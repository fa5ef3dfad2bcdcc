//! A command with everything looked up: the program, the folder, the environment.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::event::CommandId;
use crate::sandbox::{MASK, Secrets};

use super::{CommandLine, CommandRun, OperationContext, OperationError};

/// Where programs are looked up when the environment has no `PATH`.
const DEFAULT_PATH: &str = if cfg!(windows) {
    r"C:\Windows\System32"
} else {
    "/usr/bin:/bin"
};

/// The shell for lines that do not ask for another.
const SYSTEM_SHELL: &str = if cfg!(windows) { "cmd" } else { "/bin/sh" };

/// Is a command that can be started.
pub(super) struct Invocation {
    /// Tells it from all other commands of the run.
    pub(super) id: CommandId,
    /// What events call it.
    pub(super) name: String,
    /// The command as a person would type it.
    pub(super) line: String,
    program: PathBuf,
    /// What the program is told it was called as.
    called: String,
    arguments: Vec<String>,
    cwd: PathBuf,
    environment: BTreeMap<OsString, OsString>,
}

impl Invocation {
    /// Looks up what the command needs, so that what is missing is named.
    pub(super) fn resolve(
        run: &CommandRun,
        context: &OperationContext,
    ) -> Result<Self, OperationError> {
        let line = displayed(&run.line, &context.secrets);
        let (called, arguments) = words(&run.line);
        check_text(&line, &called, &arguments, &run.env)?;
        let cwd = folder(&line, run.cwd.as_deref(), context)?;
        let environment = overlay(context.environment.in_folder(&cwd), &run.env);
        let program = find_program(&line, &called, &cwd, &environment)?;
        Ok(Self {
            id: (context.next_command)(),
            name: run.label.clone().unwrap_or_else(|| first_word(&run.line)),
            line,
            program,
            called,
            arguments,
            cwd,
            environment,
        })
    }

    /// Makes the process to be started, with streams as they are by default.
    pub(super) fn command(&self) -> Command {
        // The full path of the program lets the standard library spawn without a fork,
        // which costs more the more memory the engine holds.
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .current_dir(&self.cwd)
            .env_clear()
            .envs(&self.environment);
        #[cfg(unix)]
        command.arg0(&self.called);
        command
    }

    /// Explains that nobody wants it any more.
    pub(super) fn cancelled(&self) -> OperationError {
        OperationError::Cancelled {
            action: format!("run `{}`", self.line),
        }
    }

    /// Explains why the process could not be started.
    pub(super) fn not_started(&self, source: io::Error) -> OperationError {
        // What was just found is only reported missing when its interpreter is.
        let interpreter = source.kind() == io::ErrorKind::NotFound && self.program.exists();
        OperationError::NotStarted {
            command: self.line.clone(),
            program: self.program.clone(),
            source,
            help: interpreter.then_some("the interpreter its first line names is not there"),
        }
    }
}

/// Writes the command as a person would type it, without secrets: quotes could tear one apart,
/// so that nobody would recognise it any more.
fn displayed(line: &CommandLine, secrets: &Secrets) -> String {
    let (program, arguments) = match line {
        CommandLine::Shell { script, .. } => return secrets.mask(script),
        CommandLine::Arguments { program, arguments } => (program, arguments),
    };
    let quoter = shlex::Quoter::new().allow_nul(true);
    let words = std::iter::once(program).chain(arguments);
    let words: Vec<String> = words
        .map(|word| match secrets.mask(word) {
            masked if masked == MASK => masked,
            masked => quoter.quote(&masked).unwrap_or_default().into_owned(),
        })
        .collect();
    words.join(" ")
}

/// Gives the program and its arguments.
fn words(line: &CommandLine) -> (String, Vec<String>) {
    match line {
        CommandLine::Arguments { program, arguments } => (program.clone(), arguments.clone()),
        CommandLine::Shell { script, program } => {
            let shell = program.as_deref().unwrap_or(SYSTEM_SHELL);
            let option = if is_cmd(shell) { "/C" } else { "-c" };
            (shell.to_owned(), vec![option.to_owned(), script.clone()])
        }
    }
}

fn is_cmd(shell: &str) -> bool {
    let name = Path::new(shell).file_stem().unwrap_or_default();
    name.eq_ignore_ascii_case("cmd")
}

/// Gives the name of the program a person would say is run.
fn first_word(line: &CommandLine) -> String {
    let word = match line {
        CommandLine::Arguments { program, .. } => program,
        CommandLine::Shell { script, .. } => script
            .split_whitespace()
            .find(|word| !is_assignment(word))
            .unwrap_or("sh"),
    };
    let name = Path::new(word).file_name();
    name.map_or_else(
        || word.to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
    })
}

/// Refuses what no process can be given.
fn check_text(
    line: &str,
    program: &str,
    arguments: &[String],
    env: &BTreeMap<String, Option<String>>,
) -> Result<(), OperationError> {
    let mut texts = std::iter::once(program)
        .chain(arguments.iter().map(String::as_str))
        .chain(env.values().flatten().map(String::as_str));
    let problem = if texts.any(|text| text.contains('\0')) {
        "an argument or a variable holds a NUL character".to_owned()
    } else if let Some(name) = env.keys().find(|name| !is_variable_name(name)) {
        format!("{name:?} cannot be the name of an environment variable")
    } else {
        return Ok(());
    };
    Err(OperationError::InvalidArgument {
        action: format!("run `{}`", line.replace('\0', "\\0")),
        problem,
        help: None,
    })
}

fn is_variable_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['=', '\0'])
}

fn overlay(
    mut environment: BTreeMap<OsString, OsString>,
    changes: &BTreeMap<String, Option<String>>,
) -> BTreeMap<OsString, OsString> {
    for (name, value) in changes {
        match value {
            Some(value) => environment.insert(name.into(), value.into()),
            None => environment.remove(OsStr::new(name)),
        };
    }
    environment
}

fn folder(
    line: &str,
    cwd: Option<&str>,
    context: &OperationContext,
) -> Result<PathBuf, OperationError> {
    let given = cwd.unwrap_or_default();
    let folder = context.resolve(given);
    let problem = match folder.metadata() {
        Ok(metadata) if metadata.is_dir() => return Ok(folder),
        Ok(_) => io::Error::from(io::ErrorKind::NotADirectory),
        Err(error) => error,
    };
    let shown = if given.is_empty() {
        folder
    } else {
        PathBuf::from(given)
    };
    Err(OperationError::WorkingFolder {
        command: line.to_owned(),
        folder: shown,
        source: problem,
    })
}

/// Finds the program as the command itself would, from its folder and its `PATH`.
fn find_program(
    line: &str,
    program: &str,
    cwd: &Path,
    environment: &BTreeMap<OsString, OsString>,
) -> Result<PathBuf, OperationError> {
    if Path::new(program).components().count() > 1 || program.contains('/') {
        return Ok(cwd.join(program));
    }
    let path = environment.get(OsStr::new("PATH"));
    let path = path.map_or(OsStr::new(DEFAULT_PATH), OsString::as_os_str);
    which::which_in(program, Some(path), cwd).map_err(|_| OperationError::ProgramNotFound {
        command: line.to_owned(),
        program: program.to_owned(),
        path: path.to_string_lossy().into_owned(),
    })
}
