//! What a run asks of the person, by the means the protocol has.

use std::sync::{Arc, mpsc};

use rigkit_engine::{
    CancellationToken,
    host::{Host, HostError, Interaction, InteractiveCommand, Opening, Prompt, PromptOption},
};
use serde_json::Value;
use tokio::runtime::Handle;
use tower_lsp::ls_types::{MessageType, ShowDocumentParams, Uri};

use crate::{
    command_line::CommandLine,
    outbox::{Outbox, Reply},
    questions::{Choice, Questions, TextQuestion},
    server::Server,
};

/// Asks through the client.
pub(super) struct EditorHost {
    outbox: Outbox,
    questions: Questions,
    executor: Handle,
    command_line: CommandLine,
    shows_documents: bool,
}

impl EditorHost {
    /// Prepares for a run.
    pub(super) fn new(
        server: &Arc<Server>,
        cancel: &CancellationToken,
        command_line: &CommandLine,
    ) -> Self {
        Self {
            outbox: server.outbox.clone(),
            questions: Questions::new(server, cancel.clone()),
            executor: Handle::current(),
            command_line: command_line.clone(),
            shows_documents: server.world.lock().features.shows_documents,
        }
    }

    /// Asks, and waits for the answer; a question ends with the run that asked it.
    fn wait<T, F>(&self, ask: impl FnOnce(Questions) -> F) -> Reply<T>
    where
        T: Send + 'static,
        F: Future<Output = Reply<T>> + Send + 'static,
    {
        let (answered, answer) = mpsc::channel();
        let asking = ask(self.questions.clone());
        self.executor.spawn(async move {
            // The one who asked waits for as long as this is asked.
            let _ = answered.send(asking.await);
        });
        answer.recv().unwrap_or(Reply::Dismissed)
    }

    fn confirm(&self, message: &str, default: Option<bool>) -> Reply<Value> {
        let message = message.to_owned();
        let reply =
            self.wait(move |questions| async move { questions.confirm(&message, default).await });
        reply.and_then(|yes| Some(Value::from(yes)))
    }

    fn select(
        &self,
        message: &str,
        options: &[PromptOption],
        default: Option<&Value>,
    ) -> Reply<Value> {
        let mut options: Vec<&PromptOption> = options.iter().collect();
        options.sort_by_key(|option| Some(&option.value) != default);
        let choices: Vec<Choice> = options.iter().map(|option| choice(option)).collect();
        let message = message.to_owned();
        let reply =
            self.wait(move |questions| async move { questions.choose(&message, &choices).await });
        reply.and_then(|index| options.get(index).map(|option| option.value.clone()))
    }

    fn text(&self, question: TextQuestion) -> Result<Reply<Value>, HostError> {
        if self.questions.can_ask_for_text() {
            return Ok(self.wait(move |questions| async move {
                let read = |text: &str| Ok(Value::from(text));
                questions.text(&question, read).await
            }));
        }
        let cannot_ask = self.cannot_ask(&question.message);
        let Some(default) = question.default else {
            return Err(cannot_ask);
        };
        let choices = [Choice::plain(&default), Choice::plain(ANOTHER_ANSWER)];
        let message = question.message;
        match self.wait(move |questions| async move { questions.choose(&message, &choices).await })
        {
            Reply::Given(0) => Ok(Reply::Given(Value::from(default))),
            Reply::Given(_) => Err(cannot_ask),
            Reply::Dismissed => Ok(Reply::Dismissed),
            Reply::Impossible => Ok(Reply::Impossible),
        }
    }

    fn cannot_ask(&self, question: &str) -> HostError {
        HostError::Failed(format!(
            "this editor cannot ask for a text: {question}\nanswer it in a terminal: {}",
            self.command_line
        ))
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
        let reply = match prompt {
            Prompt::Message { message } => {
                self.outbox.show(MessageType::INFO, message.clone());
                Reply::Given(Value::Null)
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
            Prompt::Text {
                message,
                default_value,
                placeholder,
                secret,
            } => self.text(TextQuestion {
                message: message.clone(),
                default: default_value.clone(),
                placeholder: placeholder.clone(),
                is_secret: *secret,
            })?,
        };
        match reply {
            Reply::Given(answer) => Ok(answer),
            Reply::Dismissed => Err(HostError::Declined {
                question: prompt.question().to_owned(),
            }),
            Reply::Impossible => prompt.default_answer(),
        }
    }

    fn interactive_command(&self, command: &InteractiveCommand) -> Result<i32, HostError> {
        Err(HostError::Failed(format!(
            "`{}` needs a terminal, and an editor has none for it\nrun it in one: {}",
            command.argv.join(" "),
            self.command_line
        )))
    }

    fn present(&self, interaction: &Interaction) -> Result<(), HostError> {
        let instructions = interaction.instructions.as_deref().unwrap_or_default();
        let text = format!("{}: {}\n{instructions}", interaction.title, interaction.url);
        self.outbox.show(MessageType::INFO, text.trim_end());
        self.show(&interaction.url);
        Ok(())
    }
}

fn choice(option: &PromptOption) -> Choice {
    let value = match &option.value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Choice {
        label: option.label.clone().unwrap_or(value),
        description: option.description.clone(),
    }
}

/// What is chosen to give a text that the editor cannot ask for.
const ANOTHER_ANSWER: &str = "Another answer…";
