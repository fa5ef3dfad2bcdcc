//! Questions to the person, by the means that their editor has: its own for the kinds of questions that it
//! names in its settings, choices in a message for everything else.

use rigkit_engine::CancellationToken;
use serde_json::Value;

use crate::{
    outbox::{Outbox, Reply},
    requests::prompt::{PromptKind, PromptParams, SelectOption},
    server::Server,
};

/// Asks the person, until the run that wants to know is ended.
#[derive(Clone)]
pub(crate) struct Questions {
    outbox: Outbox,
    asked_by_client: Vec<PromptKind>,
    cancel: CancellationToken,
}

/// A question for a text.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextQuestion {
    /// The question.
    pub(crate) message: String,
    /// What stands there to be changed.
    pub(crate) default: Option<String>,
    /// An example of an answer.
    pub(crate) placeholder: Option<String>,
    /// Whether the answer is not to be shown.
    pub(crate) is_secret: bool,
}

/// One thing to choose.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// What the person reads.
    pub(crate) label: String,
    /// More about it.
    pub(crate) description: Option<String>,
}

impl Choice {
    /// Makes a choice that needs no explanation.
    pub(crate) fn plain(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            description: None,
        }
    }
}

/// Explains choices in the question itself, for what is chosen in a message has a title only.
fn explained(message: &str, choices: &[Choice]) -> String {
    let explanations = choices.iter().filter_map(|choice| {
        let description = choice.description.as_ref()?;
        Some(format!("\n{}: {description}", choice.label))
    });
    std::iter::once(message.to_owned())
        .chain(explanations)
        .collect()
}

impl Questions {
    /// Prepares to ask for a run.
    pub(crate) fn new(server: &Server, cancel: CancellationToken) -> Self {
        Self {
            outbox: server.outbox.clone(),
            asked_by_client: server.world.lock().settings.prompts.clone(),
            cancel,
        }
    }

    /// Returns whether a text can be asked for.
    pub(crate) fn can_ask_for_text(&self) -> bool {
        self.asked_by_client.contains(&PromptKind::Text)
    }

    /// Asks for one of several things, and returns its index.
    pub(crate) async fn choose(&self, message: &str, choices: &[Choice]) -> Reply<usize> {
        self.unless_cancelled(async {
            if self.asked_by_client.contains(&PromptKind::Select) {
                return self.choose_by_client(message, choices).await;
            }
            let titles = choices.iter().map(|choice| choice.label.clone()).collect();
            let message = explained(message, choices);
            self.outbox.choose_at_leisure(message, titles).await
        })
        .await
    }

    async fn choose_by_client(&self, message: &str, choices: &[Choice]) -> Reply<usize> {
        let option = |choice: &Choice| SelectOption {
            label: choice.label.clone(),
            description: choice.description.clone(),
        };
        let question = PromptParams::Select {
            message: message.to_owned(),
            options: choices.iter().map(option).collect(),
        };
        let index = |answer: Value| usize::try_from(answer.as_u64()?).ok();
        let reply = self.outbox.prompt(question).await.and_then(index);
        reply.and_then(|index| (index < choices.len()).then_some(index))
    }

    /// Asks for yes or no.
    pub(crate) async fn confirm(&self, message: &str, default: Option<bool>) -> Reply<bool> {
        if self.asked_by_client.contains(&PromptKind::Confirm) {
            let question = PromptParams::Confirm {
                message: message.to_owned(),
                default_value: default,
            };
            let reply = self.unless_cancelled(self.outbox.prompt(question)).await;
            return reply.and_then(|answer| answer.as_bool());
        }
        let first = default.unwrap_or(true);
        let title = |yes: bool| Choice::plain(if yes { "Yes" } else { "No" });
        let choices = [title(first), title(!first)];
        let reply = self.choose(message, &choices).await;
        reply.and_then(|index| Some((index == 0) == first))
    }

    /// Asks for a text until there is nothing wrong with it. Only where that can be asked.
    pub(crate) async fn text<T>(
        &self,
        question: &TextQuestion,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Reply<T> {
        let mut problem = None;
        let mut default = question.default.clone();
        loop {
            let params = PromptParams::Text {
                message: question.message.clone(),
                problem: problem.take(),
                default_value: default,
                placeholder: question.placeholder.clone(),
                secret: question.is_secret,
            };
            let reply = self.unless_cancelled(self.outbox.prompt(params)).await;
            let typed = match reply.and_then(|answer| answer.as_str().map(str::to_owned)) {
                Reply::Given(typed) => typed,
                Reply::Dismissed => return Reply::Dismissed,
                Reply::Impossible => return Reply::Impossible,
            };
            match read(&typed) {
                Ok(value) => return Reply::Given(value),
                Err(wrong) => problem = Some(wrong),
            }
            default = Some(typed).filter(|_| !question.is_secret);
        }
    }

    async fn unless_cancelled<T>(&self, reply: impl Future<Output = Reply<T>>) -> Reply<T> {
        let answered = self.cancel.run_until_cancelled(reply).await;
        answered.unwrap_or(Reply::Dismissed)
    }
}
