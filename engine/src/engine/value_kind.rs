//! What a person gives for one property of an operation's input, read from the schema of it.

use serde_json::{Number, Value};

use crate::definition::WORKSPACE_FORMAT;

/// The kind of value that a property takes.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueKind {
    /// A text.
    Text,
    /// The name of a workspace.
    Workspace,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// On or off.
    Switch,
    /// One of these.
    Choice(Vec<Value>),
    /// Several of one kind.
    List(Box<ValueKind>),
    /// Anything else, written as JSON.
    Json,
}

impl ValueKind {
    /// Returns the kind that the schema of a property describes.
    #[must_use]
    pub fn of(schema: &Value) -> Self {
        if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
            return Self::Choice(choices.clone());
        }
        if let Some(only) = schema.get("const") {
            return Self::Choice(vec![only.clone()]);
        }
        if let Some(variants) = variants(schema) {
            return Self::of_variants(variants);
        }
        match type_name(schema) {
            Some("string")
                if schema.get("format").and_then(Value::as_str) == Some(WORKSPACE_FORMAT) =>
            {
                Self::Workspace
            }
            Some("string") => Self::Text,
            Some("number") => Self::Number,
            Some("integer") => Self::Integer,
            Some("boolean") => Self::Switch,
            Some("array") => Self::List(Box::new(schema.get("items").map_or(Self::Json, Self::of))),
            _ => Self::Json,
        }
    }

    /// Alternatives that are all fixed values are a choice, one that may be left empty is
    /// itself, and everything else is too much for a flag.
    fn of_variants(variants: &[Value]) -> Self {
        let fixed: Option<Vec<Value>> = variants
            .iter()
            .map(|variant| variant.get("const").cloned())
            .collect();
        if let Some(choices) = fixed {
            return Self::Choice(choices);
        }
        let mut others = variants
            .iter()
            .filter(|variant| type_name(variant) != Some("null"));
        match (others.next(), others.next()) {
            (Some(only), None) => Self::of(only),
            _ => Self::Json,
        }
    }

    /// Returns what stands for the value in help.
    #[must_use]
    pub fn placeholder(&self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::Workspace => "WORKSPACE",
            Self::Number => "NUMBER",
            Self::Integer => "INTEGER",
            Self::Switch => "BOOL",
            Self::Choice(_) => "CHOICE",
            Self::List(element) => element.placeholder(),
            Self::Json => "JSON",
        }
    }

    /// Returns the value that was typed; a list gets one element.
    ///
    /// # Errors
    /// Says what it has to be.
    pub fn read(&self, text: &str) -> Result<Value, String> {
        match self {
            Self::Text | Self::Workspace => Ok(Value::from(text)),
            Self::Number => number(text)
                .filter(|value| value.as_f64().is_some_and(f64::is_finite))
                .ok_or_else(|| "not a number".to_owned()),
            Self::Integer => number(text)
                .filter(|value| value.is_i64() || value.is_u64())
                .ok_or_else(|| "not a whole number".to_owned()),
            Self::Switch => text
                .parse()
                .map(Value::Bool)
                .map_err(|_| "neither true nor false".to_owned()),
            Self::Choice(choices) => {
                let chosen = choices.iter().find(|choice| choice_text(choice) == text);
                chosen
                    .cloned()
                    .ok_or_else(|| "not one of the choices".to_owned())
            }
            Self::List(element) => element.read(text),
            Self::Json => serde_json::from_str(text).map_err(|error| format!("not JSON: {error}")),
        }
    }
}

/// Returns a choice as it is typed.
#[must_use]
pub fn choice_text(choice: &Value) -> String {
    match choice {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn number(text: &str) -> Option<Value> {
    text.parse::<Number>().ok().map(Value::Number)
}

fn variants(schema: &Value) -> Option<&[Value]> {
    let listed = schema.get("anyOf").or_else(|| schema.get("oneOf"))?;
    listed.as_array().map(Vec::as_slice)
}

fn type_name(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(name) => Some(name),
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .find(|name| *name != "null"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_become_kinds() {
        let check = |schema: Value, expected: ValueKind| {
            assert_eq!(ValueKind::of(&schema), expected, "{schema}");
        };
        check(json!({ "type": "string" }), ValueKind::Text);
        check(
            json!({ "type": "string", "format": "rigkit-workspace" }),
            ValueKind::Workspace,
        );
        check(json!({ "type": "number" }), ValueKind::Number);
        check(json!({ "type": "integer" }), ValueKind::Integer);
        check(json!({ "type": "boolean" }), ValueKind::Switch);
        check(
            json!({ "type": "string", "enum": ["a", "b"] }),
            ValueKind::Choice(vec![json!("a"), json!("b")]),
        );
        check(json!({ "const": 3 }), ValueKind::Choice(vec![json!(3)]));
        check(
            json!({ "anyOf": [{ "const": "a" }, { "const": "b" }] }),
            ValueKind::Choice(vec![json!("a"), json!("b")]),
        );
        check(
            json!({ "anyOf": [{ "type": "integer" }, { "type": "null" }] }),
            ValueKind::Integer,
        );
        check(
            json!({ "anyOf": [{ "type": "integer" }, { "type": "string" }] }),
            ValueKind::Json,
        );
        check(json!({ "type": ["string", "null"] }), ValueKind::Text);
        check(
            json!({ "type": "array", "items": { "type": "number" } }),
            ValueKind::List(Box::new(ValueKind::Number)),
        );
        check(
            json!({ "type": "array" }),
            ValueKind::List(Box::new(ValueKind::Json)),
        );
        check(json!({ "type": "object" }), ValueKind::Json);
        check(json!(true), ValueKind::Json);
    }

    #[test]
    fn values_are_read_as_their_kind() {
        let check = |kind: &ValueKind, text: &str, expected: Option<Value>| {
            assert_eq!(kind.read(text).ok(), expected, "{kind:?} {text}");
        };
        check(&ValueKind::Text, "3", Some(json!("3")));
        check(&ValueKind::Number, "3", Some(json!(3)));
        check(&ValueKind::Number, "-2.5", Some(json!(-2.5)));
        check(&ValueKind::Number, "1e999", None);
        check(&ValueKind::Number, "three", None);
        check(&ValueKind::Integer, "3", Some(json!(3)));
        check(&ValueKind::Integer, "3.5", None);
        check(&ValueKind::Switch, "true", Some(json!(true)));
        check(&ValueKind::Switch, "yes", None);
        check(
            &ValueKind::Choice(vec![json!(1), json!("b")]),
            "1",
            Some(json!(1)),
        );
        check(&ValueKind::Choice(vec![json!(1), json!("b")]), "c", None);
        check(&ValueKind::Json, "{\"a\":1}", Some(json!({ "a": 1 })));
        check(&ValueKind::Json, "{", None);
    }
}
