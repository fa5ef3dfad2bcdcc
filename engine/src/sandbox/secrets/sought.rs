//! What is looked for of a secret: the whole of it, its lines, and where a value that cannot be
//! told from text may stand.

use std::{borrow::Cow, collections::HashSet, sync::LazyLock};

use super::weak::Weakness;

/// The fewest characters that are looked for wherever they stand.
pub(super) const FEWEST_CHARACTERS: usize = 6;

/// Words that people use as secrets and write in texts as well, one a line, in lower case.
const COMMON_WORDS: &str = include_str!("../../../../docs/common-words.txt");

static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lines = COMMON_WORDS.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
});

/// A text that stands for a secret wherever it is found in one of its forms.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Sought {
    /// The text, without blanks around it.
    pub(super) text: String,
    pub(super) manner: Manner,
}

/// Where a text has to stand to be taken for a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Manner {
    /// Within anything.
    Anywhere,
    /// Between blanks, punctuation or the ends of the text.
    Alone,
}

/// Lists the texts that stand for a secret, each once.
pub(super) fn sought(value: &str) -> Vec<Sought> {
    let text = trimmed(value);
    if text.is_empty() {
        return Vec::new();
    }
    if Weakness::of(value).is_some() {
        return vec![Sought::new(text, Manner::Alone)];
    }
    let mut found = vec![Sought::new(text, Manner::Anywhere)];
    // Variables of one line often hold a key whose line breaks are written as `\n`.
    let broken = text.replace("\\r", "\r").replace("\\n", "\n");
    if broken != text {
        found.push(Sought::new(&broken, Manner::Anywhere));
    }
    found.extend(broken.split(['\n', '\r']).filter_map(line));
    let mut seen = HashSet::new();
    found.retain(|one| seen.insert(one.clone()));
    found
}

impl Sought {
    fn new(text: &str, manner: Manner) -> Self {
        Self {
            text: text.to_owned(),
            manner,
        }
    }
}

/// Returns what is looked for of one line of a value, if that can be told from text.
fn line(line: &str) -> Option<Sought> {
    let line = trimmed(line);
    if line.chars().count() < FEWEST_CHARACTERS || is_boundary(line) || is_ruler(line) {
        return None;
    }
    let manner = if is_common(line) {
        Manner::Alone
    } else {
        Manner::Anywhere
    };
    Some(Sought::new(line, manner))
}

/// Recognises the header and the footer of a key, which every key of its kind has.
fn is_boundary(line: &str) -> bool {
    let inner = line
        .strip_prefix("----")
        .and_then(|rest| rest.strip_suffix("----"));
    let Some(inner) = inner.map(|inner| inner.trim_matches(['-', ' '])) else {
        return false;
    };
    inner.starts_with("BEGIN ") || inner.starts_with("END ")
}

/// Recognises a line that only separates others, such as a row of dashes.
fn is_ruler(line: &str) -> bool {
    let mut characters = line.chars();
    let first = characters.next();
    first.is_some_and(|first| !first.is_alphanumeric())
        && characters.all(|next| Some(next) == first)
}

pub(super) fn is_common(text: &str) -> bool {
    COMMON.contains(&*text.to_lowercase())
}

/// Returns a text without the blanks around it, as the language and shells see them.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|character: char| character.is_whitespace() || character == '\u{feff}')
}

/// Writes each stretch of blanks and line breaks as one blank, as tracks read it.
pub(super) fn with_single_blanks(text: &str) -> Cow<'_, str> {
    let mut has_blank = false;
    let is_single = text.bytes().all(|byte| {
        let (before, is_blank) = (has_blank, is_blank(byte));
        has_blank = is_blank;
        !is_blank || (byte == b' ' && !before)
    });
    if is_single {
        return Cow::Borrowed(text);
    }
    let words = text.split(|character: char| u8::try_from(character).is_ok_and(is_blank));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    Cow::Owned(words.join(" "))
}

/// Recognises a blank or a part of a line break.
pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, anywhere: &[&str], alone: &[&str]) {
        let found = sought(value);
        let of = |manner| -> Vec<&str> {
            let texts = found.iter().filter(|one| one.manner == manner);
            texts.map(|one| &*one.text).collect()
        };
        assert_eq!(of(Manner::Anywhere), anywhere, "{value:?}");
        assert_eq!(of(Manner::Alone), alone, "{value:?}");
    }

    #[test]
    fn a_value_is_sought_without_blanks_and_line_by_line() {
        check("", &[], &[]);
        check(" \n", &[], &[]);
        check("\u{feff}hunter2\r\n", &["hunter2"], &[]);
        let key = "-----BEGIN KEY-----\nfirst-line\n  second-line\r\nlast=\n-----END KEY-----\n";
        check(key, &[key.trim(), "first-line", "second-line"], &[]);
        check(
            r"-----BEGIN KEY-----\nfirst-line\n-----END KEY-----\n",
            &[
                r"-----BEGIN KEY-----\nfirst-line\n-----END KEY-----\n",
                "-----BEGIN KEY-----\nfirst-line\n-----END KEY-----\n",
                "first-line",
            ],
            &[],
        );
        check(
            "user\npassword\n--------\nabc",
            &["user\npassword\n--------\nabc"],
            &["password"],
        );
    }

    #[test]
    fn what_cannot_be_told_from_text_is_sought_alone() {
        check("7", &[], &["7"]);
        check("amber\n", &[], &["amber"]);
        check("ambers", &["ambers"], &[]);
        check("Password", &[], &["Password"]);
        check("é→é→é", &[], &["é→é→é"]);
        assert_eq!(Weakness::of("postgres"), Some(Weakness::CommonWord));
        assert_eq!(Weakness::of("  "), Some(Weakness::Short));
    }

    #[test]
    fn every_common_word_is_in_the_form_in_which_it_is_looked_up() {
        for word in COMMON.iter() {
            assert_eq!(&*word.to_lowercase(), *word);
            assert!(word.chars().count() >= FEWEST_CHARACTERS, "{word}");
        }
    }
}
