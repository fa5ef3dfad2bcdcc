//! Patterns for paths, taken apart so that a search only goes where something can match.
//!
//! `*` and `?` stay within a folder, `**` goes through any number of them, `[…]` is one of
//! several characters and `{a,b}` one of several texts. A name that begins with a dot only
//! matches a part of a pattern that begins with one too, unless a search asks for all.

use globset::{GlobBuilder, GlobMatcher};

/// How many patterns the braces of one may stand for.
const MAX_ALTERNATIVES: usize = 1000;

/// Is one pattern without braces.
#[derive(Debug)]
pub(super) struct Pattern {
    /// The path of the folder before the first part that is not a plain name; may be empty.
    pub(super) base: String,
    /// What is left to match below the base; nothing if the pattern is a plain path.
    pub(super) rest: Option<Rest>,
}

/// Is what a pattern says of the paths below its base.
#[derive(Debug)]
pub(super) struct Rest {
    matcher: GlobMatcher,
    /// How many folders and files deep a match can be; nothing if there is no limit.
    pub(super) depth: Option<usize>,
    /// The parts that match names that begin with a dot.
    hidden: Vec<GlobMatcher>,
}

/// Says why a pattern cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum InvalidPattern {
    #[error("the pattern {pattern:?} is not valid: {problem}")]
    Syntax { pattern: String, problem: String },
    #[error("the braces of the pattern {0:?} stand for more than {MAX_ALTERNATIVES} patterns")]
    TooMany(String),
}

impl Pattern {
    /// Reads a pattern; its braces make it several.
    pub(super) fn parse(pattern: &str) -> Result<Vec<Self>, InvalidPattern> {
        let mut plain = Vec::new();
        expand_braces(pattern, &mut plain)?;
        plain
            .iter()
            .map(|pattern| Self::parse_plain(pattern))
            .collect()
    }

    fn parse_plain(pattern: &str) -> Result<Self, InvalidPattern> {
        let root = if pattern.starts_with('/') { "/" } else { "" };
        let parts: Vec<&str> = parts(pattern).collect();
        let plain = parts.iter().take_while(|part| !has_wildcard(part)).count();
        let (base, rest) = parts.split_at(plain);
        Ok(Self {
            base: format!("{root}{}", base.join("/")),
            rest: if rest.is_empty() {
                None
            } else {
                Some(Rest::new(rest)?)
            },
        })
    }
}

impl Rest {
    fn new(parts: &[&str]) -> Result<Self, InvalidPattern> {
        let hidden = parts.iter().filter(|part| part.starts_with('.'));
        Ok(Self {
            matcher: matcher(&parts.join("/"))?,
            depth: (!parts.contains(&"**")).then_some(parts.len()),
            hidden: hidden.map(|part| matcher(part)).collect::<Result<_, _>>()?,
        })
    }

    /// Tells whether a path below the base matches, not counting the rule about dots.
    pub(super) fn matches(&self, path: &str) -> bool {
        self.matcher.is_match(path)
    }

    /// Tells whether the pattern speaks of a name that begins with a dot.
    pub(super) fn names_hidden(&self, name: &str) -> bool {
        self.hidden.iter().any(|part| part.is_match(name))
    }
}

/// Is what a search leaves out.
#[derive(Debug, Default)]
pub(super) struct Ignored {
    /// Match files, and folders that are left out with everything in them.
    matchers: Vec<GlobMatcher>,
    /// Match folders of which all that is in them is left out.
    emptied: Vec<GlobMatcher>,
}

impl Ignored {
    /// Reads patterns; they match names that begin with a dot like any other.
    pub(super) fn parse<'a>(
        patterns: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, InvalidPattern> {
        let mut plain = Vec::new();
        for pattern in patterns {
            expand_braces(pattern, &mut plain)?;
        }
        let mut ignored = Self::default();
        for pattern in &plain {
            let root = if pattern.starts_with('/') { "/" } else { "" };
            let pattern = format!("{root}{}", parts(pattern).collect::<Vec<_>>().join("/"));
            if let Some(folder) = pattern.strip_suffix("/**") {
                ignored.emptied.push(matcher(folder)?);
            }
            ignored.matchers.push(matcher(&pattern)?);
        }
        Ok(ignored)
    }

    /// Tells whether nothing is left out.
    pub(super) fn is_empty(&self) -> bool {
        self.matchers.is_empty()
    }

    /// Tells whether a file is left out, or a folder with everything in it.
    pub(super) fn matches(&self, path: &str, is_folder: bool) -> bool {
        let emptied: &[GlobMatcher] = if is_folder { &self.emptied } else { &[] };
        // `*` matches the nothing before the first slash of a full path, but means a name.
        let is_full = |text: &str| text.starts_with('/');
        let mut matchers = self.matchers.iter().chain(emptied);
        matchers.any(|matcher| {
            is_full(matcher.glob().glob()) == is_full(path) && matcher.is_match(path)
        })
    }
}

/// Tells whether a text is more than a plain path.
pub(super) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '[', '{', '\\'])
}

/// Splits a pattern at its slashes, leaving out what changes nothing.
fn parts(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split('/').filter(|part| !matches!(*part, "" | "."))
}

fn matcher(pattern: &str) -> Result<GlobMatcher, InvalidPattern> {
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| InvalidPattern::Syntax {
            pattern: pattern.to_owned(),
            problem: error.kind().to_string(),
        })
}

/// Writes a pattern out into those its braces stand for.
fn expand_braces(pattern: &str, expanded: &mut Vec<String>) -> Result<(), InvalidPattern> {
    let mut waiting = vec![pattern.to_owned()];
    while let Some(next) = waiting.pop() {
        if waiting.len() + expanded.len() >= MAX_ALTERNATIVES {
            return Err(InvalidPattern::TooMany(pattern.to_owned()));
        }
        match first_braces(&next) {
            None => expanded.push(next),
            Some(braces) => {
                waiting.extend(
                    braces.alternatives.iter().rev().map(|alternative| {
                        format!("{}{alternative}{}", braces.before, braces.after)
                    }),
                );
            }
        }
    }
    Ok(())
}

/// Is a pattern cut at its first pair of braces.
struct Braces<'a> {
    before: &'a str,
    alternatives: Vec<&'a str>,
    after: &'a str,
}

/// Finds the first braces that are closed; others are left for the matcher to refuse.
fn first_braces(pattern: &str) -> Option<Braces<'_>> {
    let (mut open, mut depth, mut cuts) = (None, 0_usize, Vec::new());
    let mut in_class = false;
    let mut characters = pattern.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '[' => in_class = true,
            ']' => in_class = false,
            _ if in_class => {}
            '{' => {
                open.get_or_insert(at);
                depth += 1;
            }
            ',' if depth == 1 => cuts.push(at),
            '}' if depth == 1 => return Some(cut(pattern, open?, &cuts, at)),
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn cut<'a>(pattern: &'a str, open: usize, commas: &[usize], close: usize) -> Braces<'a> {
    let starts = std::iter::once(open).chain(commas.iter().copied());
    let ends = commas.iter().copied().chain(std::iter::once(close));
    Braces {
        before: &pattern[..open],
        alternatives: starts
            .zip(ends)
            .map(|(start, end)| &pattern[start + 1..end])
            .collect(),
        after: &pattern[close + 1..],
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn expanded(pattern: &str) -> String {
        let mut expanded = Vec::new();
        expand_braces(pattern, &mut expanded).unwrap();
        expanded.join(" ")
    }

    #[test]
    fn braces_stand_for_each_of_their_texts() {
        let cases = [
            ("a", "a"),
            ("{a,b}/c", "a/c b/c"),
            ("x{a,b{c,d}}y{1,2}", "xay1 xay2 xbcy1 xbcy2 xbdy1 xbdy2"),
            ("{a,}b", "ab b"),
            ("{a}", "a"),
            (r"\{a,b}", r"\{a,b}"),
            ("[{]a,b}", "[{]a,b}"),
            ("{[,],b}", "[,] b"),
            ("{a/b,c}/*.ts", "a/b/*.ts c/*.ts"),
            ("{open", "{open"),
            ("close}", "close}"),
        ];
        for (pattern, expectation) in cases {
            assert_eq!(expanded(pattern), expectation, "{pattern}");
        }
    }

    #[test]
    fn patterns_know_where_they_start_and_how_deep_they_go() {
        let cases: [(&str, &str, Option<Option<usize>>); 8] = [
            ("src/*.ts", "src", Some(Some(1))),
            ("./a//b/./c?/*.ts", "a/b", Some(Some(2))),
            ("**/x", "", Some(None)),
            ("/usr/lib/*", "/usr/lib", Some(Some(1))),
            ("../up/**", "../up", Some(None)),
            ("/*", "/", Some(Some(1))),
            ("plain/path", "plain/path", None),
            ("a/[bc]", "a", Some(Some(1))),
        ];
        for (pattern, base, depth) in cases {
            let parsed = &Pattern::parse(pattern).unwrap()[0];
            assert_eq!(parsed.base, base, "{pattern}");
            assert_eq!(
                parsed.rest.as_ref().map(|rest| rest.depth),
                depth,
                "{pattern}"
            );
        }
    }

    #[test]
    fn what_cannot_be_matched_is_refused() {
        let cases = [
            (
                "a[b",
                "the pattern \"a[b\" is not valid: unclosed character class; missing ']'",
            ),
            ("x/{a*,b", "is not valid: unclosed alternate group"),
            (
                "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
                "stand for more than 1000",
            ),
        ];
        for (pattern, expectation) in cases {
            let message = Pattern::parse(pattern).unwrap_err().to_string();
            assert!(message.contains(expectation), "{message}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(pattern in r"[a-c/*?.{},\[\]!\\-]{0,24}") {
            let _ = Pattern::parse(&pattern);
            let _ = Ignored::parse([pattern.as_str()]);
        }
    }
}
