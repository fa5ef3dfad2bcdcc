//! What a run asks of the program around it: the person, the terminal, the desktop.

use std::{collections::BTreeMap, ffi::OsString};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

/// Stands between a run and the person who started it. Calls may block.
pub trait Host: Send + Sync {
    /// Opens a file or an address for the person; a host that has no way of its own leaves it
    /// to the platform's opener.
    ///
    /// # Errors
    /// Where that cannot be done.
    fn open(&self, _target: &str) -> Result<Opening, HostError> {
        Ok(Opening::LeftToPlatform)
    }

    /// Asks the person something.
    ///
    /// # Errors
    /// Where nobody can be asked.
    fn prompt(&self, prompt: &Prompt) -> Result<Value, HostError>;

    /// Runs a command that owns the terminal until it ends; gives its exit code.
    ///
    /// # Errors
    /// Where there is no terminal, or the command cannot start.
    fn interactive_command(&self, command: &InteractiveCommand) -> Result<i32, HostError>;

    /// Shows the person where to go, for something a provider waits for.
    ///
    /// # Errors
    /// Where nobody can be shown anything.
    fn present(&self, interaction: &Interaction) -> Result<(), HostError>;

    /// Answers a request for something only some hosts can do.
    ///
    /// # Errors
    /// Where this host cannot.
    fn capability(
        &self,
        id: &str,
        _parameters: &Value,
        _node_path: Option<&str>,
    ) -> Result<Value, HostError> {
        Err(HostError::NoCapability { id: id.to_owned() })
    }
}

/// Says what became of something to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// The host has opened it.
    Done,
    /// The platform's opener is to do it.
    LeftToPlatform,
}

/// Is a question to the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Prompt {
    /// Something to read.
    Message {
        /// The text.
        message: String,
    },
    /// A question for a text.
    Text {
        /// The question.
        message: String,
        /// The answer if none is given.
        #[serde(default)]
        default_value: Option<String>,
        /// An example of an answer.
        #[serde(default)]
        placeholder: Option<String>,
        /// Whether the answer is not to be shown.
        #[serde(default)]
        secret: bool,
    },
    /// A question for yes or no.
    Confirm {
        /// The question.
        message: String,
        /// The answer if none is given.
        #[serde(default)]
        default_value: Option<bool>,
    },
    /// A choice.
    Select {
        /// The question.
        message: String,
        /// What there is to choose from.
        options: Vec<PromptOption>,
        /// The choice if none is made.
        #[serde(default)]
        default_value: Option<Value>,
    },
}

impl Prompt {
    /// Gives the answer where nobody can be asked: the default, if there is one.
    ///
    /// # Errors
    /// Where there is no default.
    pub fn default_answer(&self) -> Result<Value, HostError> {
        let default = match self {
            Self::Message { .. } => Some(Value::Null),
            Self::Text { default_value, .. } => default_value.clone().map(Value::from),
            Self::Confirm { default_value, .. } => default_value.map(Value::from),
            Self::Select { default_value, .. } => default_value.clone(),
        };
        default.ok_or_else(|| HostError::NobodyToAsk {
            question: self.question().to_owned(),
        })
    }

    /// Gives the text that the person reads.
    #[must_use]
    pub fn question(&self) -> &str {
        match self {
            Self::Message { message }
            | Self::Text { message, .. }
            | Self::Confirm { message, .. }
            | Self::Select { message, .. } => message,
        }
    }
}

/// Is one thing to choose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PromptOption {
    /// What the choice gives.
    pub value: Value,
    /// What the person reads.
    #[serde(default)]
    pub label: Option<String>,
    /// More about it.
    #[serde(default)]
    pub description: Option<String>,
}

/// Is a command that owns the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InteractiveCommand {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// The directory to run it in, absolute.
    pub cwd: std::path::PathBuf,
    /// The whole environment.
    pub environment: BTreeMap<OsString, OsString>,
    /// Why it runs, for the person.
    pub reason: Option<String>,
}

/// Is something a provider waits for a person to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Interaction {
    /// Tells interactions apart.
    #[serde(default)]
    pub id: Option<String>,
    /// What it is about.
    pub title: String,
    /// Where the person has to go.
    pub url: String,
    /// What to do there.
    #[serde(default)]
    pub instructions: Option<String>,
}

/// Says why a host could not do what it was asked.
#[derive(Debug, Error)]
pub enum HostError {
    /// There is no person at the other end.
    #[error("nobody can be asked here: {question}")]
    NobodyToAsk {
        /// The question.
        question: String,
    },
    /// The person did not want to answer.
    #[error("the question was not answered: {question}")]
    Declined {
        /// The question.
        question: String,
    },
    /// The host has no such capability.
    #[error("this host has no capability `{id}`")]
    NoCapability {
        /// The capability.
        id: String,
    },
    /// There is no terminal.
    #[error("there is no terminal for `{command}`")]
    NoTerminal {
        /// The command.
        command: String,
    },
    /// Something else went wrong.
    #[error("{0}")]
    Failed(String),
}

/// Is a host without a person: prompts give their defaults, the platform opens what is to be
/// opened, everything else fails.
#[derive(Debug, Clone, Copy, Default)]
pub struct HeadlessHost;

impl Host for HeadlessHost {
    fn prompt(&self, prompt: &Prompt) -> Result<Value, HostError> {
        prompt.default_answer()
    }

    fn interactive_command(&self, command: &InteractiveCommand) -> Result<i32, HostError> {
        Err(HostError::NoTerminal {
            command: command.argv.join(" "),
        })
    }

    fn present(&self, interaction: &Interaction) -> Result<(), HostError> {
        Err(HostError::NobodyToAsk {
            question: format!("{}: {}", interaction.title, interaction.url),
        })
    }
}
