//! The syntax of `.env` files, as the npm package `dotenv` 17 reads it: what one line assigns to
//! a variable, before anything in it is expanded.
//!
//! That package finds its lines with one regular expression. What it accepts by going back and
//! trying again is told here in one pass, so that a file of any content costs time in proportion
//! to its length.

use std::ops::Range;

/// What one or more lines of a file say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry<'t> {
    /// They give a variable a value.
    Assignment(Assignment<'t>),
    /// They say something that cannot be read.
    Unreadable(UnreadableLine<'t>),
}

/// A variable with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assignment<'t> {
    pub(super) name: &'t str,
    pub(super) value: String,
    pub(super) quoting: Quoting,
    /// The bytes of the line that it begins on.
    pub(super) line: Range<usize>,
}

/// Whether a `$` in a value may stand for a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Between single quotes or backticks it stands for itself.
    Literal,
    /// Everywhere else it may.
    Expanded,
}

/// A line that is no assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnreadableLine<'t> {
    pub(super) line: Range<usize>,
    text: &'t str,
}

impl<'t> UnreadableLine<'t> {
    /// Lists the variables that the line may have been meant to set.
    pub(super) fn meant_names(&self) -> impl Iterator<Item = &'t str> {
        let (first, last) = match self.text.split_once('=') {
            Some((before, _)) => (words(before).next(), words(before).next_back()),
            None => (words(self.text).next(), None),
        };
        let last = last.filter(|last| Some(*last) != first);
        first.into_iter().chain(last)
    }
}

/// Returns the entries of a file, in their order.
pub(super) fn entries(text: &str) -> impl Iterator<Item = Entry<'_>> {
    Reader { text, at: 0 }
}

/// Returns what a file assigns, in its order, to compare it with what the package reads.
#[doc(hidden)]
#[must_use]
pub fn dotenv_assignments(text: &str) -> Vec<(String, String)> {
    let assignments = entries(text).filter_map(|entry| match entry {
        Entry::Assignment(assignment) => Some((assignment.name.to_owned(), assignment.value)),
        Entry::Unreadable(_) => None,
    });
    assignments.collect()
}

struct Reader<'t> {
    text: &'t str,
    /// Where the next line begins.
    at: usize,
}

impl<'t> Iterator for Reader<'t> {
    type Item = Entry<'t>;

    fn next(&mut self) -> Option<Entry<'t>> {
        loop {
            let start = self.after_blanks(self.at);
            if start == self.text.len() {
                return None;
            }
            let line = start..self.end_of_line(start);
            if let Some((assignment, end)) = self.assignment(&line) {
                self.at = end;
                return Some(Entry::Assignment(assignment));
            }
            self.at = line.end;
            let text = &self.text[line.clone()];
            if says_something(text) {
                return Some(Entry::Unreadable(UnreadableLine { line, text }));
            }
        }
    }
}

impl<'t> Reader<'t> {
    /// Reads the assignment that begins with a line, and where it ends.
    fn assignment(&self, line: &Range<usize>) -> Option<(Assignment<'t>, usize)> {
        let (name, value) = self
            .exported(line.start)
            .and_then(|name| self.name_and_value(name))
            .or_else(|| self.name_and_value(line.start))?;
        let (raw, end) = self.value(value);
        let (value, quoting) = unquoted(raw);
        let assignment = Assignment {
            name,
            value,
            quoting,
            line: line.clone(),
        };
        Some((assignment, end))
    }

    /// Returns where the name begins behind the word `export`.
    fn exported(&self, start: usize) -> Option<usize> {
        let word_end = start + self.text[start..].starts_with("export").then_some(6)?;
        let name = self.after_blanks(word_end);
        (name > word_end).then_some(name)
    }

    /// Returns a name and where its value begins: behind `=`, or behind a colon with a blank.
    fn name_and_value(&self, start: usize) -> Option<(&'t str, usize)> {
        let rest = &self.text[start..];
        let length = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
        let end = start + length;
        let sign = self.after_blanks(end);
        let value = if self.text[sign..].starts_with('=') {
            sign + 1
        } else {
            end + 1 + self.text[end..].strip_prefix(':').and_then(one_blank)?
        };
        (length > 0).then(|| (&self.text[start..end], value))
    }

    /// Reads a value with its quotes, and where it and the comment behind it end.
    fn value(&self, start: usize) -> (&'t str, usize) {
        let quoted = self.quoted(start);
        quoted.unwrap_or_else(|| {
            let rest = &self.text[start..];
            let length = rest.find(['#', '\r', '\n']).unwrap_or(rest.len());
            let end = start + length;
            let after = self.end_of_entry(end);
            (&rest[..length], after.unwrap_or(end))
        })
    }

    /// Reads a value between quotes, behind which nothing but a comment may follow on its line.
    fn quoted(&self, start: usize) -> Option<(&'t str, usize)> {
        let open = self.after_blanks(start);
        let quote = self.text[open..]
            .chars()
            .next()
            .filter(|it| QUOTES.contains(it))?;
        let content = &self.text[open + 1..];
        let is_escaped = |at: &usize| content[..*at].ends_with('\\');
        let quotes = || content.match_indices(quote).map(|(at, _)| at);
        let unescaped = quotes().find(|at| !is_escaped(at));
        // A quote behind a backslash ends the value only where no other does.
        let limit = unescaped.unwrap_or(content.len());
        let escaped = content[..limit].rmatch_indices(quote).map(|(at, _)| at);
        unescaped.into_iter().chain(escaped).find_map(|at| {
            let end = open + 1 + at + 1;
            Some((&self.text[start..end], self.end_of_entry(end)?))
        })
    }

    /// Returns where an entry ends whose value ends here, if nothing but blanks and a comment
    /// follow.
    fn end_of_entry(&self, value_end: usize) -> Option<usize> {
        let next = self.after_blanks(value_end);
        let rest = &self.text[next..];
        if rest.starts_with('#') {
            return Some(self.end_of_line(next));
        }
        let blanks = &self.text[value_end..next];
        if rest.is_empty() || blanks.contains(is_line_break) {
            return Some(next);
        }
        None
    }

    fn after_blanks(&self, start: usize) -> usize {
        self.text.len() - self.text[start..].trim_start_matches(is_blank).len()
    }

    fn end_of_line(&self, start: usize) -> usize {
        let length = self.text[start..].find(is_line_break);
        length.map_or(self.text.len(), |length| start + length)
    }
}

/// Returns a value without its quotes, with what is special between double ones.
fn unquoted(raw: &str) -> (String, Quoting) {
    let lines = raw.replace("\r\n", "\n").replace('\r', "\n");
    let trimmed = lines.trim_matches(is_blank);
    let value = without_quotes(trimmed);
    match trimmed.chars().next() {
        Some('"') => {
            let value = value.replace("\\n", "\n").replace("\\r", "\r");
            (value, Quoting::Expanded)
        }
        Some('\'' | '`') if value != trimmed => (value, Quoting::Literal),
        _ => (value, Quoting::Expanded),
    }
}

/// Takes the quotes from each line, or group of lines, that begins and ends with the same one.
fn without_quotes(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let last_quotes = QUOTES.map(|quote| last_at_end_of_line(text, quote));
    let mut start = 0;
    loop {
        let first = text[start..].chars().next();
        let kind = QUOTES.iter().position(|quote| Some(*quote) == first);
        let end = kind.and_then(|kind| last_quotes[kind]);
        if let Some(end) = end.filter(|end| *end > start) {
            bare.push_str(&text[start + 1..end]);
            start = end + 1;
        }
        let rest = &text[start..];
        let Some((line_break, letter)) = rest.char_indices().find(|(_, it)| is_line_break(*it))
        else {
            bare.push_str(rest);
            return bare;
        };
        let next = line_break + letter.len_utf8();
        bare.push_str(&rest[..next]);
        start += next;
    }
}

/// Finds the last quote of a kind that ends a line.
fn last_at_end_of_line(text: &str, quote: char) -> Option<usize> {
    let mut quotes = text.rmatch_indices(quote).map(|(at, _)| at);
    quotes.find(|at| {
        let behind = &text[at + 1..];
        behind.is_empty() || behind.starts_with(is_line_break)
    })
}

/// Returns whether a line is neither a comment nor the `export` of variables that others set.
fn says_something(line: &str) -> bool {
    let exported = line.strip_prefix("export");
    let is_export = exported.is_some_and(|names| {
        names.starts_with(is_blank)
            && names
                .chars()
                .all(|letter| is_name(letter) || is_blank(letter))
    });
    !line.starts_with('#') && !is_export
}

/// Returns the words of a line that can be names of variables.
fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    let words = text.split(|letter| !is_name(letter));
    words.filter(|word| {
        let is_begun = word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        is_begun && *word != "export"
    })
}

fn one_blank(text: &str) -> Option<usize> {
    if text.starts_with("\r\n") {
        return Some(2);
    }
    let first = text.chars().next()?;
    is_blank(first).then(|| first.len_utf8())
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-')
}

const QUOTES: [char; 3] = ['\'', '"', '`'];

/// Returns whether a letter is white space to JavaScript, for which a byte order mark is.
fn is_blank(letter: char) -> bool {
    letter == '\u{feff}' || (letter.is_whitespace() && letter != '\u{85}')
}

/// Returns whether a letter ends a line to JavaScript.
fn is_line_break(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    /// Writes the entries of a file, one a line.
    fn read(text: &str) -> String {
        let lines = entries(text).map(|entry| match entry {
            Entry::Assignment(assignment) => {
                let quoting = match assignment.quoting {
                    Quoting::Literal => " literally",
                    Quoting::Expanded => "",
                };
                format!("{} = {:?}{quoting}", assignment.name, assignment.value)
            }
            Entry::Unreadable(line) => {
                let names: Vec<&str> = line.meant_names().collect();
                format!("unreadable {:?}: {}", line.text, names.join(", "))
            }
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn blanks_and_marks_around_an_assignment_do_not_count() {
        assert_snapshot!(read("\u{feff}A=1\r\n  export B = two words \t\r\nC: 3\rD=\n"), @r#"
                A = "1"
                B = "two words"
                C = "3"
                D = """#);
        assert_snapshot!(read("A=on "), @r#"A = "on""#);
    }

    #[test]
    fn a_comment_begins_with_a_hash_outside_of_quotes() {
        assert_snapshot!(read("# it's a note\nA=1 # it's one\nB='a # b' # \"c\"\nC=a#b\nD=#\n"), @r#"
                A = "1"
                B = "a # b" literally
                C = "a"
                D = """#);
    }

    #[test]
    fn quotes_decide_what_is_special() {
        assert_snapshot!(read("A='$B \\n'\nC=`it's \"x\"`\nD=\"a\\nb\\tc \\d+\"\nE=a\\nb\n"), @r#"
                A = "$B \\n" literally
                C = "it's \"x\"" literally
                D = "a\nb\\tc \\d+"
                E = "a\\nb""#);
        assert_snapshot!(read("A='it's'\nB='open\nC=\"a\" b\nD=\"a \\\" b\"\n"), @r#"
                A = "it's" literally
                B = "'open"
                C = "\"a\" b"
                D = "a \\\" b""#);
    }

    #[test]
    fn values_go_over_several_lines() {
        assert_snapshot!(read("A=\"one\r\ntwo\"\nB='\n  x\n'\nC=\n\"next\"\n"), @r#"
                A = "one\ntwo"
                B = "\n  x\n" literally
                C = "next""#);
    }

    #[test]
    fn what_is_no_assignment_is_told_with_what_it_was_meant_to_set() {
        assert_snapshot!(read("A=1\nthe ladder is broken\nB C=2\n\"D\"=3\n- E=4\nexport A B\nF+=5\nexport\n"), @r#"
                A = "1"
                unreadable "the ladder is broken": the
                unreadable "B C=2": B, C
                unreadable "\"D\"=3": D
                unreadable "- E=4": E
                unreadable "F+=5": F
                unreadable "export": "#);
    }
}
