//! The environment as a definition and its handlers see it, and the secrets among it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use rquickjs::{Ctx, Exception, Function, Value, function::Opt};

use super::loader::rigkit;

/// Is the environment that `process.env`, `env` and `env.secret` read.
#[derive(Clone, Default)]
pub struct Variables {
    all: Arc<BTreeMap<String, String>>,
    secrets: Secrets,
}

impl Variables {
    /// Takes an environment.
    #[must_use]
    pub fn new(all: Arc<BTreeMap<String, String>>) -> Self {
        Self {
            all,
            secrets: Secrets::default(),
        }
    }

    /// Gives every variable.
    #[must_use]
    pub fn all(&self) -> Arc<BTreeMap<String, String>> {
        Arc::clone(&self.all)
    }

    /// Gives the secrets that were read so far.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    pub(crate) fn read(&self, name: &str, fallback: Option<&str>, is_secret: bool) -> Option<String> {
        let value = self.all.get(name).map(String::as_str).or(fallback)?;
        if is_secret {
            self.secrets.add(name, value);
        }
        Some(value.to_owned())
    }
}

/// Knows the secrets that were read, to keep them out of everything that is written.
#[derive(Clone, Default)]
pub struct Secrets(Arc<Mutex<Vec<Secret>>>);

#[derive(Clone, PartialEq, Eq)]
struct Secret {
    name: String,
    value: String,
}

/// What stands in the place of a secret.
pub const MASK: &str = "***";

impl Secrets {
    fn add(&self, name: &str, value: &str) {
        let secret = Secret {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !value.is_empty() && !known.contains(&secret) {
            known.push(secret);
            // The longest first, so that one secret inside another leaves nothing behind.
            known.sort_by_key(|secret| std::cmp::Reverse(secret.value.len()));
        }
    }

    /// Says whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Replaces every secret in a text.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut masked = text.to_owned();
        for secret in known.iter().filter(|secret| text.contains(&secret.value)) {
            masked = masked.replace(&secret.value, MASK);
        }
        masked
    }

    /// Replaces every secret in the strings, numbers and keys of a value.
    #[must_use]
    pub fn mask_json(&self, value: &serde_json::Value) -> serde_json::Value {
        use serde_json::Value;
        match value {
            Value::String(text) => Value::String(self.mask(text)),
            Value::Array(items) => items.iter().map(|item| self.mask_json(item)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(key, member)| (self.mask(key), self.mask_json(member)))
                .collect(),
            Value::Number(number) if self.find(&number.to_string()).is_some() => Value::String(MASK.to_owned()),
            other => other.clone(),
        }
    }

    /// Finds the name of a secret that a value contains.
    ///
    /// The text of the value would not do: there a secret may be written with escapes.
    #[must_use]
    pub fn find_in(&self, value: &serde_json::Value) -> Option<String> {
        use serde_json::Value;
        match value {
            Value::String(text) => self.find(text),
            Value::Number(number) => self.find(&number.to_string()),
            Value::Array(items) => items.iter().find_map(|item| self.find_in(item)),
            Value::Object(members) => members
                .iter()
                .find_map(|(key, member)| self.find(key).or_else(|| self.find_in(member))),
            Value::Null | Value::Bool(_) => None,
        }
    }

    /// Finds the name of a secret that a text contains.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .iter()
            .find(|secret| text.contains(&secret.value))
            .map(|secret| secret.name.clone())
    }

    /// Says how many bytes at the end of a text may be the beginning of a secret.
    pub(crate) fn longest_beginning_at_end_of(&self, text: &str) -> usize {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let longest = |value: &str| {
            value
                .char_indices()
                .skip(1)
                .map(|(length, _)| length)
                .filter(|length| text.ends_with(&value[..*length]))
                .max()
        };
        known.iter().filter_map(|secret| longest(&secret.value)).max().unwrap_or(0)
    }
}

/// Gives `env` of the SDK its way to the environment.
pub(super) fn install(ctx: &Ctx<'_>, variables: &Variables) -> rquickjs::Result<()> {
    let variables = variables.clone();
    let read = Function::new(
        ctx.clone(),
        move |ctx: Ctx<'_>, name: String, fallback: Value<'_>, is_secret: Opt<bool>| -> rquickjs::Result<String> {
            let is_secret = is_secret.0.unwrap_or_default();
            let fallback = fallback.as_string().and_then(|text| text.to_string().ok());
            variables
                .read(&name, fallback.as_deref(), is_secret)
                .ok_or_else(|| Exception::throw_message(&ctx, &format!("the environment variable `{name}` is not set")))
        },
    )?;
    rigkit(ctx)?.set("readVariable", read)
}
