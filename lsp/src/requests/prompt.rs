//! `rigkit/prompt`, a request of our own to the client: a question to the person. Clients name the kinds that
//! they can ask in the setting `prompts`; all others are put as `window/showMessageRequest` puts them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower_lsp::ls_types::request::Request;

use crate::safe_to_show::{SafeToShow, label, lines};

/// `rigkit/prompt`: the answer is a text, an index or a switch, by the kind; `null` where none was given.
pub(crate) enum PromptRequest {}

impl Request for PromptRequest {
    type Params = PromptParams;
    type Result = Value;
    const METHOD: &'static str = "rigkit/prompt";
}

/// The kinds of questions that a client may be able to ask by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PromptKind {
    /// A text.
    Text,
    /// Yes or no.
    Confirm,
    /// One of several things.
    Select,
}

/// A question as it goes to the client.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
pub(crate) enum PromptParams {
    /// The answer is a text.
    Text {
        /// The question.
        message: String,
        /// What is wrong with the answer before this one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        problem: Option<String>,
        /// What stands there to be changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default_value: Option<String>,
        /// An example of an answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        placeholder: Option<String>,
        /// Whether the answer is not to be shown.
        secret: bool,
    },
    /// The answer is `true` or `false`.
    Confirm {
        /// The question.
        message: String,
        /// The answer that is offered first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default_value: Option<bool>,
    },
    /// The answer is the index of an option.
    Select {
        /// The question.
        message: String,
        /// What there is to choose from, with what is offered first at the beginning.
        options: Vec<SelectOption>,
    },
}

/// One thing to choose.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SelectOption {
    /// What the person reads.
    pub(crate) label: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
}

/// What is edited and sent back stays as it is: the default of a text.
impl SafeToShow for PromptParams {
    fn make_safe(&mut self) {
        match self {
            Self::Text {
                message,
                problem,
                placeholder,
                ..
            } => {
                lines(message);
                problem.iter_mut().for_each(lines);
                placeholder.iter_mut().for_each(label);
            }
            Self::Confirm { message, .. } => lines(message),
            Self::Select { message, options } => {
                lines(message);
                for option in options {
                    label(&mut option.label);
                    option.description.iter_mut().for_each(label);
                }
            }
        }
    }
}
