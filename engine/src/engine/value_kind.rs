//! What a person gives for one property of an operation's input, read from the schema of it.

use serde_json::{Number, Value};

use crate::definition::{MAX_SAFE_INTEGER, REST_FORMAT, WORKSPACE_FORMAT};

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
    /// Everything after `--`, as texts.
    Rest,
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
            Some("string") if format_of(schema) == Some(WORKSPACE_FORMAT) => Self::Workspace,
            Some("string") => Self::Text,
            Some("number") => Self::Number,
            Some("integer") => Self::Integer,
            Some("boolean") => Self::Switch,
            Some("array") if format_of(schema) == Some(REST_FORMAT) => Self::Rest,
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
            Self::Text | Self::Rest => "TEXT",
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
            Self::Text | Self::Workspace | Self::Rest => Ok(Value::from(text)),
            Self::Number => number(text),
            Self::Integer => whole_number(text),
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
            Self::Json => json(text),
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

/// Reads JSON, if no whole number in it would be rounded.
///
/// # Errors
/// Says what is wrong with it.
fn json(text: &str) -> Result<Value, String> {
    let value = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    match whole_numbers(text).find(|digits| !is_exact(digits)) {
        Some(digits) => Err(rounded(digits)),
        None => Ok(value),
    }
}

fn number(text: &str) -> Result<Value, String> {
    let number: Option<Number> = text.parse().ok();
    let number = number.filter(|number| number.as_f64().is_some_and(f64::is_finite));
    let number = number.ok_or_else(|| "not a number".to_owned())?;
    if is_whole(text) && !is_exact(text) {
        return Err(rounded(text));
    }
    Ok(Value::Number(number))
}

fn whole_number(text: &str) -> Result<Value, String> {
    let value = number(text).map_err(|problem| match problem.as_str() {
        "not a number" => "not a whole number".to_owned(),
        _ => problem,
    })?;
    match value.as_f64() {
        _ if value.is_i64() || value.is_u64() => Ok(value),
        // Such as `1e3`, `5.0` and `-0`.
        #[expect(clippy::cast_precision_loss, reason = "it is 2^53 - 1, which fits")]
        Some(float) if float.fract() == 0.0 && float.abs() <= MAX_SAFE_INTEGER as f64 => {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it is whole and below 2^53"
            )]
            let whole = float as i64;
            Ok(Value::from(whole))
        }
        Some(float) if float.fract() == 0.0 => Err(rounded(text)),
        _ => Err("not a whole number".to_owned()),
    }
}

fn rounded(digits: &str) -> String {
    format!("{digits} would be rounded: a whole number has at most {MAX_SAFE_INTEGER}")
}

/// Returns whether a number is written as a whole one, without a fraction or an exponent.
fn is_whole(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte == b'-' || byte.is_ascii_digit())
}

fn is_exact(digits: &str) -> bool {
    let digits = digits.trim_start_matches('-');
    digits
        .parse()
        .is_ok_and(|number: u64| number <= MAX_SAFE_INTEGER)
}

/// Lists the whole numbers in a text that is JSON, as they are written.
fn whole_numbers(text: &str) -> impl Iterator<Item = &str> {
    let mut is_in_text = false;
    let mut is_escaped = false;
    let parts = text.split(move |character: char| {
        let was_in_text = is_in_text;
        if character == '"' && !is_escaped {
            is_in_text = !is_in_text;
        }
        is_escaped = was_in_text && !is_escaped && character == '\\';
        was_in_text || !(character.is_ascii_alphanumeric() || "+-.".contains(character))
    });
    parts.filter(|part| is_whole(part) && !part.is_empty())
}

fn format_of(schema: &Value) -> Option<&str> {
    schema.get("format").and_then(Value::as_str)
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
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

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
        check(
            json!({ "type": "array", "items": { "type": "string" }, "format": "rigkit-rest" }),
            ValueKind::Rest,
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
        check(&ValueKind::Number, "-0", Some(json!(-0.0)));
        check(&ValueKind::Number, "1e3", Some(json!(1000.0)));
        for text in [
            "", " ", " 3", "3 ", "0x10", "1_000", "1e400", "NaN", "Infinity", "+3", ".5", "03",
        ] {
            check(&ValueKind::Number, text, None);
            check(&ValueKind::Integer, text, None);
        }
        check(&ValueKind::Integer, "3", Some(json!(3)));
        check(&ValueKind::Integer, "-3", Some(json!(-3)));
        check(&ValueKind::Integer, "-0", Some(json!(0)));
        check(&ValueKind::Integer, "1e3", Some(json!(1000)));
        check(&ValueKind::Integer, "5.0", Some(json!(5)));
        check(&ValueKind::Integer, "3.5", None);
        check(&ValueKind::Switch, "", None);
        check(&ValueKind::Switch, "False", None);
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

    #[test]
    fn no_whole_number_is_rounded() {
        let largest = MAX_SAFE_INTEGER;
        for text in [largest.to_string(), format!("-{largest}")] {
            for kind in [ValueKind::Number, ValueKind::Integer, ValueKind::Json] {
                assert_eq!(kind.read(&text).unwrap().to_string(), text);
            }
        }
        let too_large = [
            "9007199254740992",
            "9007199254740993",
            "-9007199254740993",
            "18446744073709551616",
            "123456789012345678901234567890",
        ];
        for text in too_large {
            for kind in [ValueKind::Number, ValueKind::Integer, ValueKind::Json] {
                let problem = kind.read(text).unwrap_err();
                assert!(
                    problem.starts_with(&format!("{text} would be rounded")),
                    "{problem}"
                );
            }
            let nested = format!(r#"{{ "a": [1, {{ "b": {text}}}] }}"#);
            assert!(ValueKind::Json.read(&nested).is_err(), "{nested}");
            let quoted = format!(
                r#"{{ "a\\\"{text}": "\\\\", "b": " {text} ", "c": 1e30, "d": 0.12345678901234567890 }}"#
            );
            assert!(ValueKind::Json.read(&quoted).is_ok(), "{quoted}");
        }
        assert!(ValueKind::Integer.read("1e30").is_err());
        assert!(ValueKind::Number.read("1e30").is_ok());
    }
}
