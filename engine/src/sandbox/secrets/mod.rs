//! The secrets that were read, and how they are kept out of everything that is written.
//!
//! A secret is searched for in what a text says, not only in what it is: [`scanner`] reads it
//! several times at once, with escapes undone ([`decoder`]), digits read as bytes ([`encoded`]),
//! quotes left out ([`sight`]). What is looked for is written down in [`sought`]; all of it is
//! found by one automaton ([`automaton`]), whichever way it is read.

mod alone;
mod automaton;
mod decoder;
mod encoded;
mod patterns;
mod scanner;
mod sight;
mod sought;
mod stream_mask;
#[cfg(test)]
mod tests;
mod track;
mod unit;
mod weak;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use patterns::Patterns;
use scanner::Scanner;
pub(crate) use stream_mask::StreamMask;
use unit::Found;
pub(super) use weak::install;
use weak::{WeakSecret, Weakness};

/// The secrets that were read, to be kept out of everything that is written.
#[derive(Clone, Default)]
pub struct Secrets(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    /// Names and values, as they were noted.
    values: Vec<(String, String)>,
    /// What is looked for of them, once that is needed.
    patterns: Option<Arc<Patterns>>,
    /// Those that cannot be told from text, by name, until somebody is warned of them.
    weak: BTreeMap<String, WeakSecret>,
    /// The names of those that somebody was warned of.
    told: BTreeSet<String>,
}

impl Known {
    fn note_weak(&mut self, name: &str, weakness: Weakness) {
        let stack = None;
        let name = name.to_owned();
        let weak = self.weak.entry(name.clone());
        weak.or_insert(WeakSecret {
            name,
            weakness,
            stack,
        });
    }

    fn take_weak(&mut self) -> Vec<WeakSecret> {
        let weak = std::mem::take(&mut self.weak);
        self.told.extend(weak.keys().cloned());
        weak.into_values().collect()
    }
}

/// What stands in the place of a secret.
pub const MASK: &str = "***";

/// The most bytes of a secret that are looked for: no environment holds longer ones.
pub(crate) const MOST_OF_A_SECRET: usize = 1024 * 1024;

impl Secrets {
    /// Notes a secret of that name.
    pub(crate) fn add(&self, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let value = &value[..value.floor_char_boundary(MOST_OF_A_SECRET)];
        let mut known = self.lock();
        if let Some(weakness) = Weakness::of(value) {
            known.note_weak(name, weakness);
        }
        let mut values = known.values.iter();
        if !values.any(|(known, noted)| known == name && noted == value) {
            known.values.push((name.to_owned(), value.to_owned()));
            known.patterns = None;
        }
    }

    /// Notes a secret that nobody has to be warned of, whatever its value is.
    pub(crate) fn add_quietly(&self, name: &str, value: &str) {
        self.add(name, value);
        let mut known = self.lock();
        known.weak.remove(name);
        known.told.insert(name.to_owned());
    }

    fn is_weak(&self, name: &str) -> bool {
        self.lock().weak.contains_key(name)
    }

    fn place_weak(&self, name: &str, stack: String) {
        if let Some(weak) = self.lock().weak.get_mut(name) {
            weak.stack.get_or_insert(stack);
        }
    }

    /// Takes the secrets that cannot be told from text and that a definition reads.
    pub(crate) fn take_weak(&self) -> Vec<WeakSecret> {
        self.lock().take_weak()
    }

    /// Takes those of them that nobody was warned of, for a run that goes on.
    pub(crate) fn take_untold(&self) -> Vec<WeakSecret> {
        let mut known = self.lock();
        let told = std::mem::take(&mut known.told);
        let mut untold = known.take_weak();
        untold.retain(|weak| !told.contains(&weak.name));
        known.told.extend(told);
        untold
    }

    /// Lists the secrets by name and value, as they were noted.
    pub(crate) fn values(&self) -> Vec<(String, String)> {
        self.lock().values.clone()
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().values.is_empty()
    }

    /// Replaces every secret in a text, in whichever way it is written.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut end = 0;
        for span in united(ranges(self.search(text))) {
            masked.push_str(text.get(end..span.start).unwrap_or_default());
            masked.push_str(MASK);
            end = span.end;
        }
        masked.push_str(text.get(end..).unwrap_or_default());
        masked
    }

    /// Replaces every secret in the strings, numbers and keys of a value.
    #[must_use]
    pub fn mask_json(&self, value: &Value) -> Value {
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
    /// The text of the value would not do: there a short secret may stand beside what is no
    /// part of the value.
    #[must_use]
    pub fn find_in(&self, value: &Value) -> Option<String> {
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
        let first = self
            .search(text)
            .into_iter()
            .min_by_key(|found| found.range.start)?;
        let known = self.lock();
        known.values.get(first.secret).map(|(name, _)| name.clone())
    }

    fn search(&self, text: &str) -> Vec<Found> {
        let Some(patterns) = self.patterns() else {
            return Vec::new();
        };
        let mut scanner = Scanner::new(patterns, 0);
        scanner.read(text);
        scanner.finish();
        scanner.take_found()
    }

    /// Returns what is looked for, if that is anything.
    fn patterns(&self) -> Option<Arc<Patterns>> {
        let mut known = self.lock();
        if known.values.is_empty() {
            return None;
        }
        if let Some(patterns) = &known.patterns {
            return Some(Arc::clone(patterns));
        }
        let values = known.values.iter().map(|(_, value)| value.as_str());
        let patterns = Arc::new(Patterns::new(values));
        known.patterns = Some(Arc::clone(&patterns));
        Some(patterns)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes one stretch of those that overlap, so that one secret within another leaves nothing
/// behind.
fn united(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_unstable_by_key(|span| span.start);
    spans.dedup_by(|next, before| {
        let overlaps = next.start < before.end;
        if overlaps {
            before.end = before.end.max(next.end);
        }
        overlaps
    });
    spans
}

fn ranges(found: Vec<Found>) -> Vec<Range<usize>> {
    found.into_iter().map(|found| found.range).collect()
}
