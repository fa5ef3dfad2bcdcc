//! Running programs.
//!
//! A captured command has a process group of its own, which ends as a whole when the
//! command is cancelled or takes too long; what it writes is told as it happens and given
//! back in the end. An interactive command has the terminal to itself, and a detached one
//! goes on by itself.

mod capture;
mod detached;
mod interactive;
mod invocation;
mod left_behind;
mod output;
mod signals;
mod streams;

use std::collections::BTreeMap;
use std::process::ExitStatus;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::file::Encoding;
use super::{OperationContext, OperationError, answer, timer};
use crate::event::Event;

pub use interactive::run_interactive;

use invocation::Invocation;

/// How much of each stream is kept unless a command says otherwise, in bytes.
const DEFAULT_OUTPUT_LIMIT: usize = 64 * 1024 * 1024;

/// Says what to run and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "CommandRunMessage")]
pub struct CommandRun {
    /// What to run.
    pub line: CommandLine,
    /// Where to run it; relative to the project's directory, which is also the default.
    pub cwd: Option<String>,
    /// What to change in the environment; nothing as a value removes a variable.
    pub env: BTreeMap<String, Option<String>>,
    /// What it reads from its standard input, which is empty otherwise.
    pub stdin: Option<Vec<u8>>,
    /// How long it may take.
    pub timeout: Option<Duration>,
    /// Who it talks to.
    pub mode: CommandMode,
    /// What events call it instead of the program's name.
    pub label: Option<String>,
    /// How many bytes of each stream are kept; the last ones when there are more.
    pub output_limit: usize,
}

/// Is what a command consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandLine {
    /// A program and what it is given, taken as they are.
    Arguments {
        /// A name to look up in `PATH`, or a path.
        program: String,
        /// What it is given.
        arguments: Vec<String>,
    },
    /// A line for a shell.
    Shell {
        /// The line.
        script: String,
        /// The shell; the system's own without one.
        program: Option<String>,
    },
}

/// Who a command talks to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommandMode {
    /// Its output is collected.
    #[default]
    Capture,
    /// It has the terminal.
    Interactive,
    /// Nobody: it is meant to stay.
    Detached,
}

/// Is how a command ended and what it wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CommandOutcome {
    /// The exit code, or 128 plus the number of the signal that ended it.
    pub exit_code: i32,
    /// What it wrote to its standard output, unless it had the terminal.
    pub stdout: Option<String>,
    /// What it wrote to its standard error, unless it had the terminal.
    pub stderr: Option<String>,
    /// The signal that ended it, such as `SIGKILL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<&'static str>,
    /// Whether it was ended because it took too long.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub timed_out: bool,
    /// How much of what it wrote was not kept.
    #[serde(skip_serializing_if = "DroppedOutput::is_empty")]
    pub dropped_bytes: DroppedOutput,
}

/// Counts the bytes at the beginning of each stream that were not kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DroppedOutput {
    /// Of the standard output.
    pub stdout: u64,
    /// Of the standard error.
    pub stderr: u64,
}

impl DroppedOutput {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Runs the command in the mode it asks for.
pub(super) async fn run(
    run: CommandRun,
    context: &OperationContext,
) -> Result<Value, OperationError> {
    match run.mode {
        CommandMode::Capture => answer(capture::run(run, context).await?),
        CommandMode::Interactive => answer(run_interactive(run, context).await?),
        CommandMode::Detached => answer(detached::start(&run, context)?),
    }
}

fn emit_started(invocation: &Invocation, context: &OperationContext) {
    (context.emit)(Event::CommandStarted {
        node_path: context.node_path.clone(),
        command_id: Some(invocation.id),
        command_name: invocation.name.clone(),
        command: invocation.line.clone(),
    });
}

fn emit_completed(invocation: &Invocation, exit_code: i32, context: &OperationContext) {
    (context.emit)(Event::CommandCompleted {
        node_path: context.node_path.clone(),
        command_id: Some(invocation.id),
        command_name: invocation.name.clone(),
        exit_code,
    });
}

/// Gives the exit code as shells do, and the signal's name if there was one.
fn exit_code(status: ExitStatus) -> (i32, Option<&'static str>) {
    match (status.code(), signals::ending_signal(status)) {
        (Some(code), _) => (code, None),
        (None, Some((number, name))) => (128 + number, name),
        // Neither happens on no known system; the command did not succeed in any case.
        (None, None) => (1, None),
    }
}

/// Is the message as it comes, before its parts are checked against each other.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CommandRunMessage {
    argv: Option<Vec<String>>,
    shell: Option<String>,
    shell_program: Option<String>,
    cwd: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, Option<String>>,
    stdin: Option<String>,
    #[serde(default)]
    stdin_encoding: Encoding,
    #[serde(default, deserialize_with = "optional_milliseconds")]
    timeout_ms: Option<Duration>,
    #[serde(default)]
    mode: CommandMode,
    label: Option<String>,
    max_output_bytes: Option<usize>,
    /// Is for a host that asks the person first.
    #[serde(default, rename = "reason")]
    _reason: Option<String>,
    #[serde(default)]
    presentation: Presentation,
}

/// Is how the message of a handler's `local.command` says what to show.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Presentation {
    /// Is for a host that draws; events tell of the command in any case.
    #[serde(default, rename = "visible")]
    _visible: Option<bool>,
    label: Option<String>,
}

#[derive(Debug, thiserror::Error)]
enum InvalidCommand {
    #[error("one of `argv` and `shell` is needed")]
    Nothing,
    #[error("`argv` and `shell` exclude each other")]
    Both,
    #[error("`argv` needs a program as its first element")]
    NoProgram,
    #[error("`shellProgram` is for `shell`")]
    ShellWithoutLine,
    #[error("`stdin` is not base64")]
    Input(#[from] base64::DecodeError),
    #[error("`stdin` cannot be given to an interactive command")]
    InteractiveInput,
    #[error("`stdin` cannot be given to a detached command")]
    DetachedInput,
    #[error("`timeoutMs` is for a command that is waited for")]
    DetachedTimeout,
}

impl TryFrom<CommandRunMessage> for CommandRun {
    type Error = InvalidCommand;

    fn try_from(message: CommandRunMessage) -> Result<Self, InvalidCommand> {
        match message.mode {
            CommandMode::Interactive if message.stdin.is_some() => {
                return Err(InvalidCommand::InteractiveInput);
            }
            CommandMode::Detached if message.stdin.is_some() => {
                return Err(InvalidCommand::DetachedInput);
            }
            CommandMode::Detached if message.timeout_ms.is_some() => {
                return Err(InvalidCommand::DetachedTimeout);
            }
            _ => {}
        }
        Ok(Self {
            line: command_line(message.argv, message.shell, message.shell_program)?,
            cwd: message.cwd,
            env: message.env,
            stdin: message
                .stdin
                .map(|text| input(text, message.stdin_encoding))
                .transpose()?,
            timeout: message.timeout_ms,
            mode: message.mode,
            label: message.label.or(message.presentation.label),
            output_limit: message.max_output_bytes.unwrap_or(DEFAULT_OUTPUT_LIMIT),
        })
    }
}

fn command_line(
    argv: Option<Vec<String>>,
    shell: Option<String>,
    program: Option<String>,
) -> Result<CommandLine, InvalidCommand> {
    match (argv, shell) {
        (None, None) => Err(InvalidCommand::Nothing),
        (Some(_), Some(_)) => Err(InvalidCommand::Both),
        (None, Some(script)) => Ok(CommandLine::Shell { script, program }),
        (Some(_), None) if program.is_some() => Err(InvalidCommand::ShellWithoutLine),
        (Some(argv), None) => {
            let mut words = argv.into_iter();
            let program = words.next().filter(|program| !program.is_empty());
            Ok(CommandLine::Arguments {
                program: program.ok_or(InvalidCommand::NoProgram)?,
                arguments: words.collect(),
            })
        }
    }
}

fn input(text: String, encoding: Encoding) -> Result<Vec<u8>, InvalidCommand> {
    match encoding {
        Encoding::Utf8 => Ok(text.into_bytes()),
        Encoding::Base64 => Ok(BASE64.decode(text)?),
    }
}

fn optional_milliseconds<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    #[derive(Deserialize)]
    struct Milliseconds(#[serde(deserialize_with = "timer::milliseconds")] Duration);
    let given = Option::<Milliseconds>::deserialize(deserializer)?;
    Ok(given.map(|Milliseconds(duration)| duration))
}

#[cfg(all(test, unix))]
mod tests;
