//! A question to a person that shows no secret, and what its answer stands for.

use serde_json::Value;

use crate::{
    host::{Host, HostError, Prompt, PromptOption},
    sandbox::Secrets,
};

/// A question as a person sees it.
pub(super) struct ShownPrompt {
    shown: Prompt,
    /// The answer that is shown if none is given, where that is not the answer itself.
    default: Option<(Value, Value)>,
}

impl ShownPrompt {
    /// Keeps secrets out of what is shown of a question.
    pub(super) fn new(mut prompt: Prompt, secrets: &Secrets) -> Self {
        let mut default = None;
        match &mut prompt {
            Prompt::Message { message } | Prompt::Confirm { message, .. } => {
                mask(message, secrets);
            }
            Prompt::Text {
                message,
                default_value,
                placeholder,
                ..
            } => {
                mask(message, secrets);
                if let Some(placeholder) = placeholder {
                    mask(placeholder, secrets);
                }
                if let Some(text) = default_value {
                    let given = text.clone();
                    mask(text, secrets);
                    default = Some((Value::from(text.clone()), Value::from(given)));
                }
            }
            Prompt::Select {
                message, options, ..
            } => {
                mask(message, secrets);
                for option in options {
                    mask_option(option, secrets);
                }
            }
        }
        Self {
            shown: prompt,
            default,
        }
    }

    /// Asks a person and returns what the answer stands for.
    pub(super) fn answered(&self, host: &dyn Host) -> Result<Value, HostError> {
        let answer = host.prompt(&self.shown)?;
        Ok(match &self.default {
            Some((shown, given)) if *shown == answer => given.clone(),
            _ => answer,
        })
    }
}

/// Keeps secrets out of what is shown of a choice; its value is what the handler gets.
fn mask_option(option: &mut PromptOption, secrets: &Secrets) {
    let label = match (&option.label, &option.value) {
        (Some(label), _) => label.clone(),
        (None, Value::String(text)) => text.clone(),
        (None, value) => value.to_string(),
    };
    let masked = secrets.mask(&label);
    if masked != label {
        option.label = Some(masked);
    }
    if let Some(description) = &mut option.description {
        mask(description, secrets);
    }
}

fn mask(text: &mut String, secrets: &Secrets) {
    *text = secrets.mask(text);
}
