//! What a run asks of the person, by the means the protocol has.

use std::{
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    time::Duration,
};

use rigkit_engine::{
    CancellationToken,
    host::{Host, HostError, Interaction, InteractiveCommand, Opening, Prompt, PromptOption},
};
use serde_json::Value;
use tokio::runtime::Handle;
use tower_lsp::ls_types::{MessageType, ShowDocumentParams, Uri};

use crate::{outbox::Outbox, server::Server};

/// How often a question looks whether the run it belongs to has been ended.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Asks through the client.
pub(super) struct EditorHost {
    outbox: Outbox,
    executor: Handle,
    cancel: CancellationToken,
    shows_documents: bool,
}

impl EditorHost {
    /// Prepares for a run.
    pub(super) fn new(server: &Arc<Server>, cancel: CancellationToken) -> Self {
        Self {
            outbox: server.outbox.clone(),
            executor: Handle::current(),
            cancel,
            shows_documents: server.world.lock().features.shows_documents,
        }
    }

    /// Lets the person choose; nothing where nothing was chosen.
    fn choose(&self, question: &str, choices: Vec<String>) -> Option<String> {
        let (answered, answer) = mpsc::channel();
        let outbox = self.outbox.clone();
        let question = question.to_owned();
        self.executor.spawn(async move {
            // The one who asked may have given up.
            let _ = answered.send(outbox.choose_at_leisure(question, choices).await);
        });
        loop {
            match answer.recv_timeout(LOOK_EVERY) {
                Ok(chosen) => return chosen,
                Err(RecvTimeoutError::Timeout) if !self.cancel.is_cancelled() => {}
                Err(_) => return None,
            }
        }
    }

    fn confirm(&self, message: &str, default: Option<bool>) -> Result<Value, HostError> {
        let chosen = self.choose(message, vec!["Yes".to_owned(), "No".to_owned()]);
        match (chosen.as_deref(), default) {
            (Some(answer), _) => Ok(Value::from(answer == "Yes")),
            (None, Some(default)) => Ok(Value::from(default)),
            (None, None) => Err(declined(message)),
        }
    }

    fn select(
        &self,
        message: &str,
        options: &[PromptOption],
        default: Option<&Value>,
    ) -> Result<Value, HostError> {
        let labels: Vec<String> = options.iter().map(label).collect();
        let chosen = self.choose(message, labels.clone());
        let chosen = chosen.and_then(|chosen| labels.iter().position(|label| *label == chosen));
        let value = chosen
            .and_then(|index| options.get(index))
            .map(|option| &option.value);
        value.or(default).cloned().ok_or_else(|| declined(message))
    }

    fn show(&self, target: &str) -> bool {
        let Ok(uri) = target.parse::<Uri>() else {
            return false;
        };
        let is_shown = self.shows_documents;
        if is_shown {
            let parameters = ShowDocumentParams {
                uri,
                external: Some(true),
                take_focus: Some(true),
                selection: None,
            };
            let outbox = self.outbox.clone();
            self.executor.spawn(async move {
                outbox.ask(|client| async move {
                    client.show_document(parameters).await?;
                    Ok(())
                });
            });
        }
        is_shown
    }
}

impl Host for EditorHost {
    fn open(&self, target: &str) -> Result<Opening, HostError> {
        Ok(if self.show(target) {
            Opening::Done
        } else {
            Opening::LeftToPlatform
        })
    }

    fn prompt(&self, prompt: &Prompt) -> Result<Value, HostError> {
        match prompt {
            Prompt::Message { message } => {
                self.outbox.show(MessageType::INFO, message.clone());
                Ok(Value::Null)
            }
            Prompt::Confirm {
                message,
                default_value,
            } => self.confirm(message, *default_value),
            Prompt::Select {
                message,
                options,
                default_value,
            } => self.select(message, options, default_value.as_ref()),
            // The protocol has no way to ask for a text.
            Prompt::Text { .. } => prompt.default_answer(),
        }
    }

    fn interactive_command(&self, command: &InteractiveCommand) -> Result<i32, HostError> {
        Err(HostError::NoTerminal {
            command: command.argv.join(" "),
        })
    }

    fn present(&self, interaction: &Interaction) -> Result<(), HostError> {
        let instructions = interaction.instructions.as_deref().unwrap_or_default();
        let text = format!("{}: {}\n{instructions}", interaction.title, interaction.url);
        self.outbox.show(MessageType::INFO, text.trim_end());
        self.show(&interaction.url);
        Ok(())
    }
}

fn label(option: &PromptOption) -> String {
    let value = match &option.value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    option.label.clone().unwrap_or(value)
}

fn declined(question: &str) -> HostError {
    HostError::Declined {
        question: question.to_owned(),
    }
}
