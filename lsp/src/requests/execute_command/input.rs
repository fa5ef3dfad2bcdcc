//! Asks a person for the input of an operation.

use rigkit_engine::{OperationSummary, ValueKind, choice_text};
use serde_json::{Map, Value};
use tower_lsp::jsonrpc::Result;

use super::refused;
use crate::{
    command_line::CommandLine,
    outbox::Reply,
    questions::{Choice, Questions, TextQuestion},
    server::Server,
};

/// What stands for an input that is not given.
const LEAVE_OUT: &str = "Leave it out";

/// What is chosen to give a value that the editor cannot ask for.
const ANOTHER_VALUE: &str = "Another value…";

/// Asks for what an operation takes.
pub(super) struct InputForm<'a> {
    /// The server.
    pub(super) server: &'a Server,
    /// How the person is asked.
    pub(super) questions: &'a Questions,
    /// The operation.
    pub(super) operation: &'a OperationSummary,
    /// The workspaces that there are to choose from.
    pub(super) workspaces: &'a [String],
    /// What runs the operation in a terminal, without its input.
    pub(super) command_line: &'a CommandLine,
}

/// One property of the input.
struct Field<'a> {
    name: &'a str,
    kind: ValueKind,
    is_required: bool,
    default: Option<&'a Value>,
    description: Option<&'a str>,
}

/// What came of a question for a property.
enum Filled {
    Value(Value),
    LeftOut,
}

impl InputForm<'_> {
    /// Asks for every property where nothing was given, and otherwise for those that cannot be left out.
    pub(super) async fn fill(
        &self,
        given: Option<Map<String, Value>>,
    ) -> Result<Map<String, Value>> {
        let asks_for_all = given.is_none();
        let mut input = given.unwrap_or_default();
        for field in fields(&self.operation.input_schema) {
            let is_asked = asks_for_all || field.is_required;
            if !is_asked || input.contains_key(field.name) {
                continue;
            }
            match self.ask(&field, &input).await? {
                Filled::Value(value) => {
                    input.insert(field.name.to_owned(), value);
                }
                Filled::LeftOut => {}
            }
        }
        Ok(input)
    }

    async fn ask(&self, field: &Field<'_>, given: &Map<String, Value>) -> Result<Filled> {
        match &field.kind {
            ValueKind::Choice(choices) => self.choose(field, choices.clone(), given).await,
            ValueKind::Switch => {
                let choices = vec![Value::Bool(true), Value::Bool(false)];
                self.choose(field, choices, given).await
            }
            ValueKind::Workspace => {
                let choices = self.workspaces.iter().cloned().map(Value::from).collect();
                self.choose(field, choices, given).await
            }
            _ if self.questions.can_ask_for_text() => self.type_in(field, given).await,
            _ => self.choose_other_than_typing(field, given).await,
        }
    }

    async fn choose(
        &self,
        field: &Field<'_>,
        mut values: Vec<Value>,
        given: &Map<String, Value>,
    ) -> Result<Filled> {
        values.sort_by_key(|value| Some(value) != field.default);
        let mut choices: Vec<Choice> = values.iter().map(choice).collect();
        if field.may_be_left_out() {
            choices.push(Choice::plain(LEAVE_OUT));
        }
        if choices.is_empty() {
            let why = format!("there is nothing to choose from for `{}`", field.name);
            return Err(self.unanswered(&why, field, given));
        }
        let reply = self.questions.choose(&self.question(field), &choices).await;
        match reply {
            Reply::Given(index) => {
                let value = values.into_iter().nth(index);
                Ok(value.map_or(Filled::LeftOut, Filled::Value))
            }
            other => self.without_answer(&other, field, given),
        }
    }

    async fn type_in(&self, field: &Field<'_>, given: &Map<String, Value>) -> Result<Filled> {
        let question = TextQuestion {
            message: self.question(field),
            default: field
                .default
                .map(|default| typed_default(&field.kind, default)),
            placeholder: None,
            is_secret: false,
        };
        match self
            .questions
            .text(&question, |text| field.read(text))
            .await
        {
            Reply::Given(filled) => Ok(filled),
            other => self.without_answer(&other, field, given),
        }
    }

    /// Offers what can be chosen in place of something that would have to be typed.
    async fn choose_other_than_typing(
        &self,
        field: &Field<'_>,
        given: &Map<String, Value>,
    ) -> Result<Filled> {
        let why = format!(
            "`{}` needs `{}`, which this editor cannot ask for",
            self.operation.id, field.name
        );
        let instead = match field.default {
            Some(default) => (choice_text(default), Filled::Value(default.clone())),
            None if field.may_be_left_out() => (LEAVE_OUT.to_owned(), Filled::LeftOut),
            None => return Err(self.unanswered(&why, field, given)),
        };
        let choices = [Choice::plain(instead.0), Choice::plain(ANOTHER_VALUE)];
        match self.questions.choose(&self.question(field), &choices).await {
            Reply::Given(0) => Ok(instead.1),
            Reply::Given(_) => Err(self.unanswered(&why, field, given)),
            other => self.without_answer(&other, field, given),
        }
    }

    /// A client that cannot ask goes without what can be left out; a person who does not answer gives up.
    fn without_answer<T>(
        &self,
        reply: &Reply<T>,
        field: &Field<'_>,
        given: &Map<String, Value>,
    ) -> Result<Filled> {
        match reply {
            Reply::Impossible if !field.is_required => Ok(Filled::LeftOut),
            Reply::Impossible => {
                let why = format!("`{}` needs `{}`", self.operation.id, field.name);
                Err(self.unanswered(&why, field, given))
            }
            Reply::Given(_) | Reply::Dismissed => {
                let why = format!("`{}` was not given, and nothing ran", field.name);
                Err(self.unanswered(&why, field, given))
            }
        }
    }

    fn unanswered(
        &self,
        why: &str,
        field: &Field<'_>,
        given: &Map<String, Value>,
    ) -> tower_lsp::jsonrpc::Error {
        let line = self.command_line.clone();
        let line = line.input(self.operation, given, &[field.name]);
        let message = format!("{why}\nin a terminal: {line}");
        refused(self.server, "invalid-input", message)
    }

    fn question(&self, field: &Field<'_>) -> String {
        let question = format!("{}: {}", self.operation.id, field.name);
        match field.description {
            Some(description) => format!("{question} ({description})"),
            None => question,
        }
    }
}

impl Field<'_> {
    fn may_be_left_out(&self) -> bool {
        !self.is_required && self.default.is_none()
    }

    /// Reads what was typed; nothing at all leaves out what can be.
    fn read(&self, text: &str) -> std::result::Result<Filled, String> {
        match &self.kind {
            _ if text.is_empty() && !self.is_required => Ok(Filled::LeftOut),
            ValueKind::Text if text.is_empty() => Err("it is needed".to_owned()),
            ValueKind::List(element) => {
                let elements = text.split(',').map(|part| element.read(part.trim()));
                let elements: std::result::Result<Vec<Value>, String> = elements.collect();
                Ok(Filled::Value(Value::Array(elements?)))
            }
            kind => kind.read(text).map(Filled::Value),
        }
    }
}

/// Lists what is asked, first what cannot be left out.
fn fields(schema: &Value) -> Vec<Field<'_>> {
    let required = schema.get("required").and_then(Value::as_array);
    let is_listed = |name: &str| {
        let mut names = required.into_iter().flatten();
        names.any(|listed| listed == name)
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut fields: Vec<Field<'_>> = properties
        .into_iter()
        .flatten()
        .map(|(name, property)| {
            let default = property.get("default");
            Field {
                name,
                kind: ValueKind::of(property),
                is_required: is_listed(name) && default.is_none(),
                default,
                description: ["description", "title"]
                    .iter()
                    .find_map(|key| property.get(key)?.as_str()),
            }
        })
        .collect();
    fields.sort_by_key(|field| !field.is_required);
    fields
}

fn choice(value: &Value) -> Choice {
    Choice::plain(match value {
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        other => choice_text(other),
    })
}

fn typed_default(kind: &ValueKind, default: &Value) -> String {
    match (kind, default) {
        (ValueKind::List(_), Value::Array(elements)) => {
            let elements: Vec<String> = elements.iter().map(choice_text).collect();
            elements.join(", ")
        }
        (_, default) => choice_text(default),
    }
}
