//! What a person types in a terminal to do the same as a command of the editor.

use std::{borrow::Cow, fmt};

use rigkit_engine::{OPTIONS_OF_RIG, OperationSummary, ValueKind, choice_text};
use serde_json::{Map, Value};

/// A command line of `rig`, with what a person has to fill in as capital letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandLine(String);

impl CommandLine {
    /// Begins with words that follow `rig`.
    pub(crate) fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut line = Self("rig".to_owned());
        for word in words {
            line.push(word);
        }
        line
    }

    /// Adds a word, quoted where a shell would see more in it.
    pub(crate) fn push(&mut self, word: &str) {
        self.0.push(' ');
        self.0.push_str(&quoted(word));
    }

    /// Adds an option with its value, if there is one.
    pub(crate) fn option(mut self, option: &str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            self.push(option);
            self.push(value);
        }
        self
    }

    /// Adds the input of an operation, with room for properties that have no value yet.
    pub(crate) fn input(
        mut self,
        operation: &OperationSummary,
        given: &Map<String, Value>,
        missing: &[&str],
    ) -> Self {
        let properties = given.keys().map(String::as_str);
        let all_have_flags = properties
            .chain(missing.iter().copied())
            .all(|property| flag(operation, property).is_some());
        if !all_have_flags {
            self.push_whole_input(given, missing);
            return self;
        }
        for (property, value) in given {
            self.push_value(operation, property, value);
        }
        for property in missing {
            self.push_missing(operation, property);
        }
        self
    }

    fn push_value(&mut self, operation: &OperationSummary, property: &str, value: &Value) {
        let flag = flag(operation, property).unwrap_or_default();
        match (kind(operation, property), value) {
            (ValueKind::Switch, Value::Bool(true)) => self.push(flag),
            (ValueKind::Switch, Value::Bool(false)) => {
                self.push(&flag.replacen("--", "--no-", 1));
            }
            (ValueKind::List(_), Value::Array(elements)) => {
                for element in elements {
                    self.push(flag);
                    self.push(&choice_text(element));
                }
            }
            (_, value) => {
                self.push(flag);
                self.push(&choice_text(value));
            }
        }
    }

    /// Adds a flag with what a person has to fill in.
    fn push_missing(&mut self, operation: &OperationSummary, property: &str) {
        let flag = flag(operation, property).unwrap_or_default();
        let typed = match kind(operation, property) {
            ValueKind::Switch => flag.replacen("--", "--[no-]", 1),
            kind => format!("{flag} {}", kind.placeholder()),
        };
        self.0.push(' ');
        self.0.push_str(&typed);
    }

    fn push_whole_input(&mut self, given: &Map<String, Value>, missing: &[&str]) {
        let mut whole = given.clone();
        for property in missing {
            whole.insert((*property).to_owned(), Value::from("…"));
        }
        self.push("--input-json");
        self.push(&Value::Object(whole).to_string());
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn quoted(word: &str) -> String {
    let quoter = shlex::Quoter::new().allow_nul(true);
    quoter
        .quote(word)
        .map_or_else(|_| word.to_owned(), Cow::into_owned)
}

/// Returns the flag of a property; nothing where its name is one of `rig` itself, or cannot be typed.
fn flag<'a>(operation: &'a OperationSummary, property: &str) -> Option<&'a str> {
    let mut options = operation.cli.options.iter();
    let option = options.find(|option| option.name == property)?;
    let name = option.flag.trim_start_matches('-');
    let is_plain = |character: char| character.is_ascii_alphanumeric() || character == '-';
    let is_typable = !name.is_empty() && name.chars().all(is_plain);
    (is_typable && !OPTIONS_OF_RIG.contains(&name)).then_some(option.flag.as_str())
}

fn kind(operation: &OperationSummary, property: &str) -> ValueKind {
    let properties = operation.input_schema.get("properties");
    let schema = properties.and_then(|properties| properties.get(property));
    schema.map_or(ValueKind::Json, ValueKind::of)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    fn operation(flags: &[&str]) -> OperationSummary {
        let options = flags
            .iter()
            .map(|flag| json!({ "name": flag.trim_start_matches('-'), "flag": flag }));
        let options: Vec<Value> = options.collect();
        let schema = json!({ "properties": {
            "who": { "type": "string" },
            "fast": { "type": "boolean" },
            "parts": { "type": "array", "items": { "type": "integer" } },
        } });
        serde_json::from_value(json!({
            "workflow": "site", "id": "greet", "source": "config", "kind": "command",
            "inputSchema": schema, "cli": { "options": options },
        }))
        .unwrap()
    }

    fn check(flags: &[&str], given: &Value, missing: &[&str], expected: &str) {
        let line = CommandLine::new(["do", "greet"]);
        let line = line.input(&operation(flags), given.as_object().unwrap(), missing);
        assert_eq!(line.to_string(), expected);
    }

    #[test]
    fn an_input_becomes_flags() {
        let flags = ["--who", "--fast", "--parts"];
        check(&flags, &json!({}), &["who"], "rig do greet --who TEXT");
        check(
            &flags,
            &json!({ "who": "it's me", "fast": false, "parts": [1, 2] }),
            &[],
            "rig do greet --who \"it's me\" --no-fast --parts 1 --parts 2",
        );
        check(&flags, &json!({ "fast": true }), &[], "rig do greet --fast");
    }

    #[test]
    fn what_has_no_flag_is_written_as_json() {
        check(
            &["--json", "--who"],
            &json!({ "json": 3 }),
            &["who"],
            "rig do greet --input-json '{\"json\":3,\"who\":\"…\"}'",
        );
    }
}
