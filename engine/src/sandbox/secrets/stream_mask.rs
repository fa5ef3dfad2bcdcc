//! Secrets in a stream of text that arrives in pieces.

use std::ops::Range;

use super::{MASK, Secrets, ranges, scanner::Scanner, united};

/// Holds back the end of a stream as long as it may be the beginning of a secret.
#[derive(Default)]
pub(crate) struct StreamMask {
    scanner: Option<Scanner>,
    /// The end of the stream, with some of what was shown before it.
    text: String,
    /// How much of that was shown.
    shown: usize,
    /// How much of the stream came before that.
    passed: usize,
    /// What was found in what is not shown yet.
    found: Vec<Range<usize>>,
}

impl StreamMask {
    /// Takes a piece and returns what can be shown of the stream now.
    pub(crate) fn push(&mut self, secrets: &Secrets, piece: &str) -> String {
        self.text.push_str(piece);
        let Some(patterns) = secrets.patterns() else {
            return self.show(usize::MAX);
        };
        match &mut self.scanner {
            Some(scanner) if scanner.looks_for(&patterns) => scanner.read(piece),
            outdated => {
                let scanner = outdated.insert(Scanner::new(patterns, self.passed + self.shown));
                scanner.read(&self.text[self.shown..]);
                self.found.clear();
            }
        }
        let undecided = self.scanner.as_mut().map(|scanner| {
            self.found.extend(ranges(scanner.take_found()));
            scanner.undecided()
        });
        self.show(undecided.unwrap_or(usize::MAX))
    }

    /// Returns the rest.
    pub(crate) fn finish(mut self) -> String {
        if let Some(scanner) = &mut self.scanner {
            scanner.finish();
            self.found.extend(ranges(scanner.take_found()));
        }
        self.show(usize::MAX)
    }

    /// Returns what comes before a place in the stream and was not shown yet.
    fn show(&mut self, end: usize) -> String {
        let mut next = self.passed + self.shown;
        let mut end = end.min(self.passed + self.text.len());
        if end <= next {
            return String::new();
        }
        let mut shown = String::new();
        self.found = united(std::mem::take(&mut self.found));
        for span in &self.found {
            if span.end > end {
                // A secret that may be the beginning of a longer one is not cut in two.
                end = end.min(span.start);
                break;
            }
            if span.end > next {
                shown.push_str(self.between(next, span.start));
                shown.push_str(MASK);
                next = span.end;
            }
        }
        shown.push_str(self.between(next, end));
        let end = end.max(next);
        // Everything that is found begins and ends with whole characters.
        let end = self.passed + self.text.floor_char_boundary(end - self.passed);
        self.found.retain(|span| span.end > end);
        self.shown = end - self.passed;
        self.forget();
        shown
    }

    fn between(&self, start: usize, end: usize) -> &str {
        let text = start.saturating_sub(self.passed)..end.saturating_sub(self.passed);
        self.text.get(text).unwrap_or_default()
    }

    /// Forgets what was shown, once that is most of what is kept: so that nothing is moved often.
    fn forget(&mut self) {
        if self.shown * 2 >= self.text.len() {
            self.text.drain(..self.shown);
            self.passed += self.shown;
            self.shown = 0;
        }
    }
}
