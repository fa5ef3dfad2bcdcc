//! Many texts that are searched for at once, byte by byte.

use aho_corasick::{
    Anchored, MatchKind,
    automaton::{Automaton as _, StateID},
    nfa::contiguous::NFA,
};

/// A search for many texts at once: it is always in the state of the longest end of what it has
/// read that a text begins with.
pub(super) struct Automaton {
    nfa: NFA,
    start: StateID,
    texts: Vec<SearchedText>,
    states: Vec<StateLengths>,
    /// The bytes that texts begin with.
    begins: [bool; 256],
}

/// One of the texts that are searched for.
#[derive(Debug, Clone, Copy)]
pub(super) struct SearchedText {
    pub(super) length: usize,
    /// The number of the secret that it belongs to.
    pub(super) secret: usize,
    /// The fewest bytes that it is written with.
    pub(super) least: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct StateLengths {
    /// The length of the longest end that a text begins with.
    read: usize,
    /// The length of the longest end after which a text goes on.
    unfinished: usize,
}

impl Automaton {
    /// Builds a search for texts, none of which is empty. Returns nothing where there is none.
    pub(super) fn new(texts: &[(String, SearchedText)]) -> Option<Self> {
        if texts.is_empty() {
            return None;
        }
        let nfa = NFA::builder()
            .match_kind(MatchKind::Standard)
            .prefilter(false)
            .build(texts.iter().map(|(text, _)| text))
            .ok()?;
        let start = nfa.start_state(Anchored::No).ok()?;
        let mut automaton = Self {
            nfa,
            start,
            texts: texts.iter().map(|(_, searched)| *searched).collect(),
            states: Vec::new(),
            begins: [false; 256],
        };
        let texts: Vec<&[u8]> = texts.iter().map(|(text, _)| text.as_bytes()).collect();
        automaton.measure(texts);
        Some(automaton)
    }

    /// Finds out how long what each state stands for is, in time that is linear in the texts.
    fn measure(&mut self, mut texts: Vec<&[u8]>) {
        for text in &texts {
            let mut state = self.start;
            for (index, byte) in text.iter().enumerate() {
                state = self.next(state, *byte);
                let length = index + 1;
                let is_unfinished = length < text.len();
                let lengths = self.lengths_mut(state);
                lengths.read = length;
                if is_unfinished {
                    lengths.unfinished = length;
                }
            }
            if let Some(first) = text.first() {
                self.begins[usize::from(*first)] = true;
            }
        }
        // Where no text goes on, the longest shorter end counts, which is known by then.
        texts.sort_unstable_by_key(|text| text.len());
        for text in texts {
            let end = self.after(text);
            if self.lengths(end).unfinished == 0 {
                let shorter = self.after(text.get(1..).unwrap_or_default());
                self.lengths_mut(end).unfinished = self.lengths(shorter).unfinished;
            }
        }
    }

    fn after(&self, text: &[u8]) -> StateID {
        let bytes = text.iter();
        bytes.fold(self.start, |state, byte| self.next(state, *byte))
    }

    fn lengths(&self, state: StateID) -> StateLengths {
        let lengths = self.states.get(state.as_usize());
        lengths.copied().unwrap_or_default()
    }

    fn lengths_mut(&mut self, state: StateID) -> &mut StateLengths {
        let index = state.as_usize();
        if index >= self.states.len() {
            self.states.resize(index + 1, StateLengths::default());
        }
        &mut self.states[index]
    }

    /// Returns the state before anything is read.
    #[inline]
    pub(super) fn start(&self) -> StateID {
        self.start
    }

    /// Returns the state after one more byte.
    pub(super) fn next(&self, state: StateID, byte: u8) -> StateID {
        self.nfa.next_state(Anchored::No, state, byte)
    }

    /// Returns the length of the longest text.
    pub(super) fn longest(&self) -> usize {
        self.nfa.max_pattern_len()
    }

    /// Returns whether a text begins with a byte.
    #[inline]
    pub(super) fn begins_with(&self, byte: u8) -> bool {
        self.begins[usize::from(byte)]
    }

    /// Returns whether a text begins with a byte whose first bits are the last of these, of which
    /// there are so many.
    pub(super) fn begins_with_bits(&self, bits: u8, count: usize) -> bool {
        if count == 0 {
            return false;
        }
        let rest = 8 - count;
        let first = usize::from(bits << rest);
        let same = first..first + (1 << rest);
        self.begins[same].iter().any(|begins| *begins)
    }

    /// Returns the length of the longest end of what was read that a text begins with.
    pub(super) fn read_length(&self, state: StateID) -> usize {
        self.lengths(state).read
    }

    /// Returns the length of the longest end of what was read after which a text may go on.
    pub(super) fn unfinished_length(&self, state: StateID) -> usize {
        self.lengths(state).unfinished
    }

    /// Lists the texts that end here.
    pub(super) fn ended(&self, state: StateID) -> impl Iterator<Item = SearchedText> {
        let count = if self.nfa.is_match(state) {
            self.nfa.match_len(state)
        } else {
            0
        };
        (0..count).filter_map(move |index| {
            let text = self.nfa.match_pattern(state, index);
            self.texts.get(text.as_usize()).copied()
        })
    }
}
