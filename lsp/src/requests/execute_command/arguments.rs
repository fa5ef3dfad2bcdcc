//! What commands are told: one JSON object, the same for all of them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tower_lsp::{
    jsonrpc::{Error, Result},
    ls_types::Uri,
};

/// Says what a command is to work on. What it does not need is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CommandArguments {
    /// The config of the project; may be left out where one project is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) config: Option<Uri>,
    /// The workflow; may be left out where the project has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) workflow: Option<String>,
    /// A task, by its path or a name that no other task has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) task: Option<String>,
    /// Several tasks, each by its path or a name that no other task has, in place of one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tasks: Vec<String>,
    /// A workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) workspace: Option<String>,
    /// An operation's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<String>,
    /// The operation's input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<Map<String, Value>>,
    /// Whether a workspace goes even where its hook fails.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) force: bool,
    /// Whether the person has agreed already that a workspace is removed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) confirmed: bool,
    /// A run, by the id its events have; all runs where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) run: Option<String>,
}

impl CommandArguments {
    /// Reads what was sent: nothing, or one object.
    pub(super) fn read(sent: Vec<Value>) -> Result<Self> {
        match sent.into_iter().next() {
            None | Some(Value::Null) => Ok(Self::default()),
            Some(object) => serde_json::from_value(object)
                .map_err(|error| Error::invalid_params(error.to_string())),
        }
    }

    /// Lists the tasks that are meant.
    pub(super) fn all_tasks(&self) -> Vec<String> {
        self.task.iter().chain(&self.tasks).cloned().collect()
    }

    /// Gives a part that the command cannot do without.
    pub(super) fn required<'a>(part: Option<&'a String>, name: &str) -> Result<&'a str> {
        let given = part.map(String::as_str);
        given.ok_or_else(|| Error::invalid_params(format!("the argument `{name}` is missing")))
    }
}
