//! The secrets that were read, and how they are kept out of texts and values.

use std::{
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::secret_forms::forms;

/// Knows the secrets that were read, to keep them out of everything that is written.
#[derive(Clone, Default)]
pub struct Secrets(Arc<Mutex<Vec<Form>>>);

/// Is one way in which a secret may be written.
#[derive(Clone, PartialEq, Eq)]
struct Form {
    name: String,
    text: String,
    /// Whether it is the secret itself.
    is_as_noted: bool,
}

/// What stands in the place of a secret.
pub const MASK: &str = "***";

impl Secrets {
    /// Notes a secret of that name.
    pub(crate) fn add(&self, name: &str, value: &str) {
        let mut known = self.lock();
        let is_known = |form: &Form| form.name == name && form.text == value;
        if value.is_empty() || known.iter().any(is_known) {
            return;
        }
        known.extend(forms(value).into_iter().map(|text| Form {
            name: name.to_owned(),
            is_as_noted: text == value,
            text,
        }));
    }

    /// Lists the secrets by name and value, as they were noted.
    pub(crate) fn values(&self) -> Vec<(String, String)> {
        let known = self.lock();
        let as_noted = known.iter().filter(|form| form.is_as_noted);
        as_noted
            .map(|form| (form.name.clone(), form.text.clone()))
            .collect()
    }

    /// Says whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Replaces every secret in a text, in whichever way it is written.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut end = 0;
        for span in self.spans(text) {
            masked.push_str(&text[end..span.start]);
            masked.push_str(MASK);
            end = span.end;
        }
        masked.push_str(&text[end..]);
        masked
    }

    /// Finds the stretches of a text that hold secrets; what overlaps is one stretch, so that
    /// one secret within another leaves nothing behind.
    fn spans(&self, text: &str) -> Vec<Range<usize>> {
        let known = self.lock();
        let mut found: Vec<Range<usize>> = known
            .iter()
            .flat_map(|form| text.match_indices(&form.text))
            .map(|(start, form)| start..start + form.len())
            .collect();
        found.sort_unstable_by_key(|span| span.start);
        found.dedup_by(|next, before| {
            let overlaps = next.start < before.end;
            if overlaps {
                before.end = before.end.max(next.end);
            }
            overlaps
        });
        found
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
            Value::Number(number) if self.find(&number.to_string()).is_some() => {
                Value::String(MASK.to_owned())
            }
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

    /// Finds the name of a secret that a text contains, in whichever way it is written.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<String> {
        let known = self.lock();
        known
            .iter()
            .find(|form| text.contains(&form.text))
            .map(|form| form.name.clone())
    }

    /// Says how much of the beginning of a text can be shown whatever follows: the rest may be
    /// the beginning of a secret.
    pub(crate) fn decided(&self, text: &str) -> usize {
        let decided = text.len() - self.longest_beginning_at_end_of(text);
        // A secret that may be the beginning of a longer one is not cut in two.
        let spans = self.spans(text);
        let cut = spans
            .iter()
            .find(|span| span.start < decided && decided < span.end);
        cut.map_or(decided, |span| span.start)
    }

    fn longest_beginning_at_end_of(&self, text: &str) -> usize {
        let longest = |form: &Form| {
            form.text
                .char_indices()
                .skip(1)
                .map(|(length, _)| length)
                .filter(|length| text.ends_with(&form.text[..*length]))
                .max()
        };
        self.lock().iter().filter_map(longest).max().unwrap_or(0)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Form>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
