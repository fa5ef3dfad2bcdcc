//! Everything that is looked for of all secrets.

use std::{borrow::Cow, collections::HashSet};

use super::{
    automaton::{Automaton, SearchedText},
    sought::{Manner, Sought, sought, with_single_blanks},
};

/// The fewest bytes that are looked for of a text without its quotes.
const FEWEST_UNQUOTED: usize = 4;

/// What is looked for of all secrets.
#[derive(Default)]
pub(super) struct Patterns {
    /// What is found wherever it stands.
    pub(super) anywhere: Option<Automaton>,
    /// The same without quotes and backslashes, which shells need around and within words.
    pub(super) unquoted: Option<Automaton>,
    /// What counts only where it stands alone.
    pub(super) alone: Option<Automaton>,
    /// Whether a text has a blank, which forms write as a plus sign.
    pub(super) has_blank: bool,
    /// Whether a text begins with a character that is usually escaped.
    pub(super) begins_escaped: bool,
}

impl Patterns {
    /// Prepares to look for the values of secrets, in their order.
    pub(super) fn new<'v>(values: impl Iterator<Item = &'v str>) -> Self {
        let mut collected = Collected::default();
        for (secret, value) in values.enumerate() {
            for sought in sought(value) {
                collected.add(&sought, secret);
            }
        }
        let all = collected.anywhere.0.iter().chain(&collected.alone.0);
        let has_blank = all.clone().any(|(text, _)| text.contains(' '));
        let begins_escaped = all.clone().any(|(text, _)| {
            let first = text.bytes().next();
            first.is_some_and(|first| !is_plain(first))
        });
        Self {
            anywhere: Automaton::new(&collected.anywhere.0),
            unquoted: Automaton::new(&collected.unquoted.0),
            alone: Automaton::new(&collected.alone.0),
            has_blank,
            begins_escaped,
        }
    }
}

#[derive(Default)]
struct Collected {
    anywhere: Texts,
    unquoted: Texts,
    alone: Texts,
}

#[derive(Default)]
struct Texts(Vec<(String, SearchedText)>, HashSet<String>);

impl Collected {
    fn add(&mut self, sought: &Sought, secret: usize) {
        let text = with_single_blanks(&sought.text);
        match sought.manner {
            Manner::Alone => self.alone.add(&text, secret, 0),
            Manner::Anywhere => {
                self.anywhere.add(&text, secret, 0);
                // Documents are often encoded as a whole, and then nobody sees their escapes.
                let escaped = json_escaped(&sought.text);
                self.anywhere.add(&with_single_blanks(&escaped), secret, 0);
                self.add_unquoted(&text, secret);
            }
        }
    }

    /// Adds what is left of a text without quotes, where a shell would have to quote it.
    fn add_unquoted(&mut self, text: &str, secret: usize) {
        if text.bytes().all(is_plain) {
            return;
        }
        let inner = text.trim_matches(is_quote);
        let unquoted = inner.replace(is_quote, "");
        let unquoted = with_single_blanks(unquoted.trim());
        if unquoted.len() >= FEWEST_UNQUOTED {
            self.unquoted.add(&unquoted, secret, inner.len());
        }
    }
}

impl Texts {
    fn add(&mut self, text: &str, secret: usize, least: usize) {
        if text.is_empty() || !self.1.insert(text.to_owned()) {
            return;
        }
        let searched = SearchedText {
            length: text.len(),
            secret,
            least,
        };
        self.0.push((text.to_owned(), searched));
    }
}

/// Recognises what nobody escapes or quotes.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)
}

/// Recognises what shells quote and escape with.
pub(super) fn is_quote(character: char) -> bool {
    matches!(character, '\'' | '"' | '\\')
}

fn json_escaped(text: &str) -> Cow<'_, str> {
    let quoted = serde_json::Value::from(text).to_string();
    let inner = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    Cow::Owned(inner.unwrap_or_default().to_owned())
}
