//! One reading of a text, in which secrets are searched for.

use std::collections::VecDeque;

use aho_corasick::automaton::StateID;

use super::{
    automaton::{Automaton, SearchedText},
    sought::is_blank,
    unit::{Found, Unit},
};

/// The most blanks in a row that count as a line break with its indentation.
pub(super) const MOST_BLANKS: usize = 1024;

/// A search in one reading of a text, where each stretch of blanks is one blank.
#[derive(Clone)]
pub(super) struct Track {
    state: StateID,
    /// Where the bytes are written that may belong to a secret.
    starts: VecDeque<usize>,
    /// The blanks that were read last.
    blanks: usize,
}

impl Track {
    pub(super) fn new(automaton: &Automaton) -> Self {
        Self {
            state: automaton.start(),
            starts: VecDeque::new(),
            blanks: 0,
        }
    }

    /// Reads one byte and returns the longest secret that ends with it.
    #[inline]
    pub(super) fn read(&mut self, automaton: &Automaton, unit: Unit) -> Option<Found> {
        if self.passes(automaton, unit.byte) || !self.step(automaton, unit) {
            return None;
        }
        let ended = automaton.ended(self.state);
        let text = ended.max_by_key(|text| text.length)?;
        Some(self.found(text, unit))
    }

    /// Reads one byte and hands over every text that ends with it.
    pub(super) fn read_all(
        &mut self,
        automaton: &Automaton,
        unit: Unit,
        mut take: impl FnMut(SearchedText, Found),
    ) {
        if self.passes(automaton, unit.byte) || !self.step(automaton, unit) {
            return;
        }
        for text in automaton.ended(self.state) {
            take(text, self.found(text, unit));
        }
    }

    /// Returns whether a byte changes nothing, as nearly all do.
    #[inline]
    fn passes(&self, automaton: &Automaton, byte: u8) -> bool {
        self.is_idle(automaton) && !automaton.begins_with(byte)
    }

    /// Returns where a text is written that ended with this byte.
    fn found(&self, text: SearchedText, unit: Unit) -> Found {
        let first = self.starts.len().saturating_sub(text.length);
        Found {
            range: self.starts.get(first).copied().unwrap_or(unit.start)..unit.end,
            secret: text.secret,
        }
    }

    /// Reads one byte; returns whether that was more than one more blank.
    fn step(&mut self, automaton: &Automaton, unit: Unit) -> bool {
        let Unit { byte, start, .. } = unit;
        let byte = if is_blank(byte) {
            self.blanks += 1;
            if self.blanks > MOST_BLANKS {
                self.reset(automaton);
            }
            if self.blanks != 1 {
                return false;
            }
            b' '
        } else {
            self.blanks = 0;
            byte
        };
        self.state = automaton.next(self.state, byte);
        self.starts.push_back(start);
        let length = automaton.read_length(self.state);
        let surplus = self.starts.len().saturating_sub(length);
        self.starts.drain(..surplus);
        true
    }

    /// Returns whether nothing that was read may belong to a secret.
    #[inline]
    pub(super) fn is_idle(&self, automaton: &Automaton) -> bool {
        self.state == automaton.start()
    }

    /// Returns whether another blank would be one more of a row.
    pub(super) fn is_within_blanks(&self, automaton: &Automaton) -> bool {
        self.blanks > 0 && !self.is_idle(automaton)
    }

    /// Forgets what was read.
    pub(super) fn reset(&mut self, automaton: &Automaton) {
        self.state = automaton.start();
        self.starts.clear();
        self.blanks = 0;
    }

    /// Returns how many bytes of a secret may have been read, and where the first is written.
    pub(super) fn unfinished(&self, automaton: &Automaton) -> Option<(usize, usize)> {
        let length = automaton.unfinished_length(self.state);
        let first = self.starts.len().checked_sub(length)?;
        Some((length, *self.starts.get(first)?))
    }
}
