//! Bytes that are written as base64 or as hex digits, at whichever offset and in lines of
//! whichever width.

use super::{
    automaton::Automaton,
    sought::is_blank,
    track::{MOST_BLANKS, Track},
    unit::{Found, Unit},
};

/// So many bytes of a secret have to be read before the rest of it is waited for beyond a line
/// break: nearly every line ends with what may be a part of one.
const FEWEST_BEYOND_BREAK: usize = 2;

/// The value of what belongs to no number.
const OTHER: u8 = 0xff;

/// The value of what may stand between digits.
const BETWEEN: u8 = 0xfe;

/// The readings of a text as digits that stand for bits: one for each digit that the first byte
/// may begin with, until the bytes begin with digits alike again.
#[derive(Clone)]
pub(super) struct Encoded<const BITS: usize, const TRACKS: usize> {
    values: &'static [u8; 256],
    digits: Digits,
    tracks: [Track; TRACKS],
}

pub(super) type Base64 = Encoded<6, 4>;

pub(super) type Hex = Encoded<4, 2>;

/// The digits that were read last.
#[derive(Clone, Copy, Default)]
struct Digits {
    /// How many there are in a row.
    count: usize,
    last: u8,
    last_start: usize,
    /// How much stands after the last one that is no digit.
    between: usize,
}

impl Base64 {
    pub(super) fn base64(automaton: &Automaton) -> Self {
        Self::new(&BASE64, automaton)
    }
}

impl Hex {
    pub(super) fn hex(automaton: &Automaton) -> Self {
        Self::new(&HEX, automaton)
    }
}

impl<const BITS: usize, const TRACKS: usize> Encoded<BITS, TRACKS> {
    fn new(values: &'static [u8; 256], automaton: &Automaton) -> Self {
        Self {
            values,
            digits: Digits::default(),
            tracks: std::array::from_fn(|_| Track::new(automaton)),
        }
    }

    pub(super) fn read(&mut self, automaton: &Automaton, unit: Unit, found: &mut Vec<Found>) {
        let value = self.values[usize::from(unit.byte)];
        let before = self.digits;
        if value == OTHER || !self.digits.push(value, unit) {
            return self.reset(automaton);
        }
        if value == BETWEEN || before.count == 0 {
            return;
        }
        let bits = (u16::from(before.last) << BITS) | u16::from(value);
        // The track that begins with this digit has no whole byte yet.
        for position in 1..TRACKS {
            let byte = Unit {
                byte: (bits >> Self::bits_left(position)).to_le_bytes()[0],
                start: before.last_start,
                end: unit.end,
            };
            let track = &mut self.tracks[(before.count + TRACKS - position) % TRACKS];
            found.extend(track.read(automaton, byte));
        }
    }

    /// Returns how many bits of its next byte a track has after the digit at a position.
    const fn bits_left(position: usize) -> usize {
        (position + 1) * BITS % 8
    }

    fn reset(&mut self, automaton: &Automaton) {
        if self.digits.count > 0 {
            self.digits = Digits::default();
            self.tracks
                .iter_mut()
                .for_each(|track| track.reset(automaton));
        }
    }

    /// Returns whether it finds from now on what another one finds. While no track has read anything
    /// of a secret, it does not matter which of them begins with which digit.
    pub(super) fn goes_on_like(&self, other: &Self, automaton: &Automaton) -> bool {
        let is_idle = |one: &Self| one.tracks.iter().all(|track| track.is_idle(automaton));
        let last = |one: &Self| {
            let digits = one.digits;
            (digits.count > 0).then_some((digits.last, digits.last_start, digits.between))
        };
        last(self) == last(other) && is_idle(self) && is_idle(other)
    }

    /// Returns where something begins that may be a secret; less than a byte of one is not
    /// looked for in what was found already.
    pub(super) fn unfinished(&self, automaton: &Automaton, found_end: usize) -> Option<usize> {
        if self.digits.count == 0 {
            return None;
        }
        let starts = (0..TRACKS).filter_map(|position| {
            let track = &self.tracks[(self.digits.count + TRACKS - 1 - position) % TRACKS];
            if let Some((bytes, start)) = track.unfinished(automaton) {
                let is_held = self.digits.between == 0 || bytes >= FEWEST_BEYOND_BREAK;
                return is_held.then_some(start);
            }
            let Digits {
                between,
                last,
                last_start,
                ..
            } = self.digits;
            let is_waited_for = between == 0 && last_start >= found_end;
            let bits = Self::bits_left(position);
            (is_waited_for && automaton.begins_with_bits(last, bits)).then_some(last_start)
        });
        starts.min()
    }
}

impl Digits {
    /// Reads a digit or what stands between two; returns whether the row may go on.
    fn push(&mut self, value: u8, unit: Unit) -> bool {
        if value == BETWEEN {
            self.between += 1;
            return self.between <= MOST_BLANKS;
        }
        self.count += 1;
        self.last = value;
        self.last_start = unit.start;
        self.between = 0;
        true
    }
}

/// The values of the characters of base64, both for texts and for URLs.
static BASE64: [u8; 256] = values(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"-_",
    62,
    b"",
);

/// The values of hex digits, which colons may part.
static HEX: [u8; 256] = values(b"0123456789abcdef", b"ABCDEF", 10, b":");

const fn values(digits: &[u8], others: &[u8], first_other: u8, between: &[u8]) -> [u8; 256] {
    let mut values = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "the loop ends before")]
        if is_blank(byte as u8) {
            values[byte] = BETWEEN;
        }
        byte += 1;
    }
    fill(&mut values, digits, 0, 1);
    fill(&mut values, others, first_other, 1);
    fill(&mut values, between, BETWEEN, 0);
    values
}

const fn fill(values: &mut [u8; 256], bytes: &[u8], first: u8, step: u8) {
    let mut index = 0;
    let mut value = first;
    while index < bytes.len() {
        values[bytes[index] as usize] = value;
        value += step;
        index += 1;
    }
}
