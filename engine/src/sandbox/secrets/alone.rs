//! Secrets that cannot be told from text, which count only where they stand alone: not within a
//! longer word, number or name.

use std::collections::VecDeque;

use super::{
    automaton::Automaton,
    sought::is_blank,
    track::Track,
    unit::{Found, Unit},
};

/// Finds texts that stand alone.
#[derive(Clone)]
pub(super) struct Alone {
    track: Track,
    /// What was read last, for as long as a text may be and the two bytes before it.
    neighbours: VecDeque<Neighbour>,
    /// Texts of which it is not known yet what comes after them.
    candidates: Vec<Candidate>,
}

#[derive(Clone)]
struct Candidate {
    found: Found,
    /// Whether a character follows that may join it to a word.
    is_joined: bool,
}

/// What a byte next to a text says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Neighbour {
    /// A part of a word or number.
    Word,
    /// A point or hyphen, which joins words and numbers.
    Joint,
    Other,
}

impl Alone {
    pub(super) fn new(automaton: &Automaton) -> Self {
        Self {
            track: Track::new(automaton),
            neighbours: VecDeque::new(),
            candidates: Vec::new(),
        }
    }

    pub(super) fn read(&mut self, automaton: &Automaton, unit: Unit, found: &mut Vec<Found>) {
        let neighbour = self.neighbour(unit.byte);
        self.judge_candidates(neighbour, found);
        self.remember(unit.byte, neighbour, automaton);
        let (neighbours, candidates) = (&self.neighbours, &mut self.candidates);
        self.track.read_all(automaton, unit, |text, found| {
            if begins_alone(neighbours, text.length) {
                candidates.push(Candidate {
                    found,
                    is_joined: false,
                });
            }
        });
    }

    /// Decides about texts at the end.
    pub(super) fn finish(&mut self, found: &mut Vec<Found>) {
        found.extend(self.candidates.drain(..).map(|candidate| candidate.found));
    }

    /// Returns where something begins that may be a secret.
    pub(super) fn unfinished(&self, automaton: &Automaton) -> Option<usize> {
        let candidates = self.candidates.iter();
        let candidates = candidates.map(|candidate| candidate.found.range.start);
        let track = self.track.unfinished(automaton).map(|(_, start)| start);
        candidates.chain(track).min()
    }

    /// Returns whether it goes on like another one.
    pub(super) fn goes_on_like(&self, other: &Self, automaton: &Automaton) -> bool {
        let is_idle = |one: &Self| one.candidates.is_empty() && one.track.is_idle(automaton);
        let last = |one: &Self| {
            let mut last = one.neighbours.iter().rev().copied();
            [last.next(), last.next()]
        };
        is_idle(self) && is_idle(other) && last(self) == last(other)
    }

    /// Says what a byte is; what goes on a character is what its first byte is.
    fn neighbour(&self, byte: u8) -> Neighbour {
        match byte {
            b'.' | b'-' => Neighbour::Joint,
            b'_' => Neighbour::Word,
            0..0x80 if byte.is_ascii_alphanumeric() => Neighbour::Word,
            // Signs, arrows, quotes, symbols.
            0..0x80 | 0xc2 | 0xe2 | 0xf0 => Neighbour::Other,
            0x80..0xc0 => self.neighbours.back().copied().unwrap_or(Neighbour::Other),
            _ => Neighbour::Word,
        }
    }

    fn judge_candidates(&mut self, neighbour: Neighbour, found: &mut Vec<Found>) {
        if self.candidates.is_empty() {
            return;
        }
        for mut candidate in std::mem::take(&mut self.candidates) {
            match neighbour {
                Neighbour::Word => {}
                Neighbour::Joint if !candidate.is_joined => {
                    candidate.is_joined = true;
                    self.candidates.push(candidate);
                }
                Neighbour::Joint | Neighbour::Other => found.push(candidate.found),
            }
        }
    }

    fn remember(&mut self, byte: u8, neighbour: Neighbour, automaton: &Automaton) {
        if is_blank(byte) && self.track.is_within_blanks(automaton) {
            return;
        }
        if self.neighbours.len() == automaton.longest() + 2 {
            self.neighbours.pop_front();
        }
        self.neighbours.push_back(neighbour);
    }
}

/// Returns whether nothing before the last bytes makes them a part of a word.
fn begins_alone(neighbours: &VecDeque<Neighbour>, length: usize) -> bool {
    let mut before = neighbours.iter().rev().skip(length);
    match before.next() {
        Some(Neighbour::Word) => false,
        Some(Neighbour::Joint) => before.next() != Some(&Neighbour::Word),
        Some(Neighbour::Other) | None => true,
    }
}
