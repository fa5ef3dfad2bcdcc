//! What a run asks of the terminal it was started from.

use std::{
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    process::{Command, ExitStatus, Stdio},
};

use rigkit_engine::{
    host::{Host, HostError, Interaction, InteractiveCommand, Opening, Prompt, PromptOption},
    operations::Openers,
};
use serde_json::Value;

use crate::{
    failure::Failure,
    output,
    progress::Screen,
    prompt, signals,
    style::{FAINT, NAME, paint},
    styled_text::{Line, output_lines, paint_lines, styled},
};

/// Is the terminal, and the person before it if there is one.
pub(crate) struct TerminalHost {
    screen: Screen,
    is_stdout_taken: bool,
    addresses: Addresses,
}

/// What becomes of the addresses that a handler opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Addresses {
    /// The person's browser opens them.
    Opened,
    /// They are printed.
    Printed,
}

impl TerminalHost {
    /// Takes the screen that questions interrupt, whether stdout belongs to a document, and what becomes of
    /// addresses.
    pub(crate) fn new(screen: Screen, is_stdout_taken: bool, addresses: Addresses) -> Self {
        Self {
            screen,
            is_stdout_taken,
            addresses,
        }
    }

    /// Gives a command the person's eyes without spoiling what `rig` itself writes to stdout.
    fn command_stdout(&self) -> Result<Stdio, HostError> {
        if output::is_terminal() && !self.is_stdout_taken {
            return Ok(Stdio::inherit());
        }
        output::stderr_for_command()
            .map(Stdio::from)
            .map_err(|error| HostError::Failed(error.to_string()))
    }
}

impl Host for TerminalHost {
    fn open(&self, target: &str) -> Result<Opening, HostError> {
        match self.addresses {
            Addresses::Opened => Ok(Opening::LeftToPlatform),
            Addresses::Printed => {
                self.screen.print(&[styled!["to open: ", target]]);
                Ok(Opening::Done)
            }
        }
    }

    fn prompt(&self, prompt: &Prompt) -> Result<Value, HostError> {
        if let Prompt::Message { message } = prompt {
            self.screen.print(&output_lines(message));
            return Ok(Value::Null);
        }
        if !prompt::is_possible() {
            return prompt.default_answer();
        }
        self.screen
            .lend(|| ask(prompt))
            .map_err(|failure| match failure {
                Failure::Cancelled => HostError::Declined {
                    question: prompt.question().to_owned(),
                },
                failure => HostError::Failed(failure.to_string()),
            })
    }

    fn interactive_command(&self, command: &InteractiveCommand) -> Result<i32, HostError> {
        let line = command.argv.join(" ");
        let Some((program, arguments)) =
            command.argv.split_first().filter(|_| prompt::is_possible())
        else {
            return Err(HostError::NoTerminal { command: line });
        };
        if let Some(reason) = &command.reason {
            self.screen.print(&paint_lines(FAINT, reason));
        }
        let mut process = Command::new(program);
        process
            .args(arguments)
            .current_dir(&command.cwd)
            .env_clear()
            .envs(&command.environment);
        process.stdout(self.command_stdout()?);
        let status = self
            .screen
            .lend(|| signals::leave_to_command(|| process.status()));
        let status = status
            .map_err(|error| HostError::Failed(format!("failed to start `{program}`: {error}")))?;
        Ok(exit_code(status))
    }

    fn present(&self, interaction: &Interaction) -> Result<(), HostError> {
        let mut lines = vec![
            Line::from(paint(NAME, &interaction.title)),
            styled!["  ", &interaction.url],
        ];
        let instructions = interaction.instructions.iter();
        let instructions = instructions.flat_map(|instructions| instructions.lines());
        lines.extend(instructions.map(|line| styled!["  ", line]));
        self.screen.print(&lines);
        // Whoever sees the address can open it; a desktop is a convenience.
        if prompt::is_possible() && self.addresses == Addresses::Opened {
            open_detached(&interaction.url);
        }
        Ok(())
    }
}

/// Hands an address to the first of the person's programs that starts.
fn open_detached(url: &str) {
    let browser = std::env::var("BROWSER").ok();
    let openers = Openers::of(url, browser.as_deref());
    for mut command in openers.commands {
        let command = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        if command.spawn().is_ok() {
            return;
        }
    }
}

fn ask(prompt: &Prompt) -> Result<Value, Failure> {
    match prompt {
        Prompt::Message { .. } => Ok(Value::Null),
        Prompt::Text {
            message,
            secret: true,
            ..
        } => prompt::secret(message).map(Value::from),
        Prompt::Text {
            message,
            default_value,
            placeholder,
            ..
        } => {
            let question = match placeholder {
                Some(example) => format!("{message} (such as {example})"),
                None => message.clone(),
            };
            prompt::text(&question, default_value.as_deref(), true).map(Value::from)
        }
        Prompt::Confirm {
            message,
            default_value,
        } => prompt::confirm(message, *default_value).map(Value::from),
        Prompt::Select {
            message,
            options,
            default_value,
        } => {
            let labels: Vec<String> = options.iter().map(label).collect();
            let default = options
                .iter()
                .position(|option| Some(&option.value) == default_value.as_ref());
            let chosen = prompt::select(message, &labels, default.unwrap_or_default())?;
            Ok(options
                .get(chosen)
                .map(|option| option.value.clone())
                .unwrap_or_default())
        }
    }
}

fn label(option: &PromptOption) -> String {
    let label = match (&option.label, &option.value) {
        (Some(label), _) => label.clone(),
        (None, Value::String(text)) => text.clone(),
        (None, value) => value.to_string(),
    };
    match &option.description {
        Some(description) => format!("{label}: {description}"),
        None => label,
    }
}

fn exit_code(status: ExitStatus) -> i32 {
    let killed_by = || status.signal().map(|signal| 128 + signal);
    status.code().or_else(killed_by).unwrap_or(1)
}
