//! Texts that stand for other texts: what is written with escapes is read without them, byte by
//! byte and with the places where each is written.

use smallvec::{SmallVec, smallvec};

use super::unit::Unit;

/// What one byte of a text stands for, together with those before it.
pub(super) type Units = SmallVec<[Unit; 4]>;

/// One way of writing that is undone.
#[derive(Clone)]
pub(super) enum Decoder {
    /// Escapes with a backslash, as in JSON, in many languages and in shells.
    Backslashes(Backslashes),
    /// Bytes of a URL that are written as `%41`; in forms a blank is a plus sign.
    Percents(Percents),
    /// Colors and other sequences for a terminal.
    Sequences(Sequences),
}

/// Reads escapes with a backslash. What is no escape is read as it is, without the backslash.
#[derive(Clone, Default)]
pub(super) struct Backslashes {
    /// The bytes of an escape that is not finished.
    held: Units,
    /// The first half of a character that JSON writes as two escapes.
    high_half: Option<(u32, usize)>,
}

#[derive(Clone, Default)]
pub(super) struct Percents {
    held: Units,
    is_form: bool,
}

#[derive(Clone, Default)]
pub(super) struct Sequences {
    state: SequenceState,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum SequenceState {
    #[default]
    Text,
    Escape,
    Parameters,
    Command,
}

impl Decoder {
    pub(super) fn backslashes() -> Self {
        Self::Backslashes(Backslashes::default())
    }

    pub(super) fn percents() -> Self {
        Self::Percents(Percents::default())
    }

    /// Makes a decoder of what forms send.
    pub(super) fn form() -> Self {
        Self::Percents(Percents {
            is_form: true,
            ..Percents::default()
        })
    }

    pub(super) fn sequences() -> Self {
        Self::Sequences(Sequences::default())
    }

    /// Returns whether a byte may stand for something else than itself.
    pub(super) fn begins_with(&self, byte: u8) -> bool {
        match self {
            Self::Backslashes(_) => byte == b'\\',
            Self::Percents(percents) => byte == b'%' || (percents.is_form && byte == b'+'),
            Self::Sequences(_) => byte == ESCAPE,
        }
    }

    /// Returns whether a byte stands for itself, as nearly all do.
    pub(super) fn passes(&self, byte: u8) -> bool {
        self.is_idle() && !self.begins_with(byte)
    }

    /// Reads a byte and returns what it finishes.
    pub(super) fn read(&mut self, unit: Unit) -> Units {
        match self {
            Self::Backslashes(backslashes) => backslashes.read(unit),
            Self::Percents(percents) => percents.read(unit),
            Self::Sequences(sequences) => sequences.read(unit),
        }
    }

    /// Returns what is left at the end of a text.
    pub(super) fn finish(&mut self) -> Units {
        match self {
            Self::Backslashes(backslashes) => backslashes.finish(),
            Self::Percents(percents) => std::mem::take(&mut percents.held),
            Self::Sequences(_) => Units::new(),
        }
    }

    /// Returns where an escape begins that is not finished.
    pub(super) fn unfinished(&self) -> Option<usize> {
        match self {
            Self::Backslashes(backslashes) => backslashes.unfinished(),
            Self::Percents(percents) => percents.held.first().map(|unit| unit.start),
            Self::Sequences(_) => None,
        }
    }

    /// Returns whether nothing is held back.
    pub(super) fn is_idle(&self) -> bool {
        match self {
            Self::Sequences(sequences) => sequences.state == SequenceState::Text,
            _ => self.unfinished().is_none(),
        }
    }
}

/// What an escape that is not finished says so far.
enum Escape {
    Unfinished,
    /// Bytes, without what comes after the escape.
    Bytes(SmallVec<[u8; 4]>),
    /// Half of a character.
    HighHalf(u32),
    /// The escape ended before this byte.
    EndedBefore(SmallVec<[u8; 4]>),
    Nothing,
    Malformed,
}

impl Backslashes {
    fn read(&mut self, unit: Unit) -> Units {
        if self.held.is_empty() && unit.byte != b'\\' {
            self.high_half = None;
            return smallvec![unit];
        }
        self.held.push(unit);
        let (start, end) = (self.start(unit), unit.end);
        match self.escape() {
            Escape::Unfinished => Units::new(),
            Escape::Bytes(bytes) => {
                self.forget();
                spread(&bytes, start, end)
            }
            Escape::HighHalf(half) => {
                self.forget();
                self.high_half = Some((half, start));
                Units::new()
            }
            Escape::EndedBefore(bytes) => {
                self.forget();
                let mut units = spread(&bytes, start, unit.start);
                units.extend(self.read(unit));
                units
            }
            Escape::Nothing => {
                self.forget();
                Units::new()
            }
            Escape::Malformed => {
                self.held.pop();
                let mut units = self.give_up();
                units.extend(self.read(unit));
                units
            }
        }
    }

    fn start(&self, unit: Unit) -> usize {
        let first = self.held.first().map_or(unit.start, |first| first.start);
        self.high_half.map_or(first, |(_, start)| start)
    }

    fn forget(&mut self) {
        self.held.clear();
        self.high_half = None;
    }

    fn unfinished(&self) -> Option<usize> {
        let half = self.high_half.map(|(_, start)| start);
        half.or_else(|| self.held.first().map(|unit| unit.start))
    }

    /// Takes the end for that of an escape which may be of any length.
    fn finish(&mut self) -> Units {
        let Some(last) = self.held.last().copied().filter(|_| self.held.len() > 1) else {
            return self.give_up();
        };
        let no_digit = Unit {
            byte: 0xff,
            start: last.end,
            end: last.end,
        };
        let mut units = self.read(no_digit);
        units.retain(|unit| unit.start < unit.end);
        units
    }

    /// Returns what was no escape, without its backslash.
    fn give_up(&mut self) -> Units {
        self.high_half = None;
        self.held.drain(..).skip(1).collect()
    }

    fn escape(&self) -> Escape {
        let bytes: SmallVec<[u8; 12]> = self.held.iter().map(|unit| unit.byte).collect();
        match bytes.as_slice() {
            [_] => Escape::Unfinished,
            [_, b'u', rest @ ..] => self.unicode(rest),
            [_, b'U', rest @ ..] => digits(rest, 16, 8, 8, whole_character),
            [_, b'x', rest @ ..] => digits(rest, 16, 1, 2, single_byte),
            [_, b'0'..=b'7', ..] => digits(&bytes[1..], 8, 1, 3, single_byte),
            // A line that goes on.
            [_, b'\n' | b'\r'] => Escape::Nothing,
            // Nobody escapes these: the backslash has nothing to do with them.
            [_, byte] if byte.is_ascii_alphanumeric() && simple(*byte) == *byte => {
                Escape::Malformed
            }
            [_, byte] => Escape::Bytes(smallvec![simple(*byte)]),
            _ => Escape::Malformed,
        }
    }

    fn unicode(&self, rest: &[u8]) -> Escape {
        if let Some((first, digits)) = rest.split_first()
            && *first == b'{'
        {
            return match digits.split_last() {
                Some((b'}', digits)) => {
                    number(digits, 16).map_or(Escape::Malformed, whole_character)
                }
                Some((last, _)) if digits.len() > 6 || !last.is_ascii_hexdigit() => {
                    Escape::Malformed
                }
                _ => Escape::Unfinished,
            };
        }
        digits(rest, 16, 4, 4, |code| match (self.high_half, code) {
            (_, 0xd800..=0xdbff) => Escape::HighHalf(code),
            (Some((high, _)), 0xdc00..=0xdfff) => {
                whole_character(0x10000 + ((high - 0xd800) << 10) + (code - 0xdc00))
            }
            _ => whole_character(code),
        })
    }
}

/// Reads the digits of an escape, of which there are so many.
fn digits(
    bytes: &[u8],
    base: u32,
    fewest: usize,
    most: usize,
    meaning: impl Fn(u32) -> Escape,
) -> Escape {
    if bytes.len() == most
        && let Some(code) = number(bytes, base)
    {
        return meaning(code);
    }
    let Some((last, digits)) = bytes.split_last() else {
        return Escape::Unfinished;
    };
    if char::from(*last).is_digit(base) {
        return Escape::Unfinished;
    }
    if digits.len() < fewest {
        return Escape::Malformed;
    }
    match number(digits, base).map(meaning) {
        Some(Escape::Bytes(bytes)) => Escape::EndedBefore(bytes),
        _ => Escape::Malformed,
    }
}

fn number(digits: &[u8], base: u32) -> Option<u32> {
    let digits = std::str::from_utf8(digits).ok()?;
    u32::from_str_radix(digits, base).ok()
}

fn whole_character(code: u32) -> Escape {
    let Some(character) = char::from_u32(code) else {
        return Escape::Malformed;
    };
    let mut buffer = [0; 4];
    Escape::Bytes(SmallVec::from_slice(
        character.encode_utf8(&mut buffer).as_bytes(),
    ))
}

fn single_byte(code: u32) -> Escape {
    // Of three octal digits the system keeps the last eight bits.
    Escape::Bytes(smallvec![code.to_le_bytes()[0]])
}

/// Returns what a backslash makes of a byte.
fn simple(byte: u8) -> u8 {
    match byte {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 0x08,
        b'f' => 0x0c,
        b'v' => 0x0b,
        b'a' => 0x07,
        b'e' | b'E' => ESCAPE,
        other => other,
    }
}

fn spread(bytes: &[u8], start: usize, end: usize) -> Units {
    let unit = |byte: &u8| Unit {
        byte: *byte,
        start,
        end,
    };
    bytes.iter().map(unit).collect()
}

impl Percents {
    fn read(&mut self, unit: Unit) -> Units {
        if self.held.is_empty() && unit.byte != b'%' {
            let is_blank = self.is_form && unit.byte == b'+';
            let byte = if is_blank { b' ' } else { unit.byte };
            return smallvec![Unit { byte, ..unit }];
        }
        self.held.push(unit);
        match self.held.as_slice() {
            [_] => Units::new(),
            [_, digit] if digit.byte.is_ascii_hexdigit() => Units::new(),
            [first, high, low] if low.byte.is_ascii_hexdigit() => {
                let code = number(&[high.byte, low.byte], 16).unwrap_or_default();
                let units = spread(&code.to_le_bytes()[..1], first.start, unit.end);
                self.held.clear();
                units
            }
            _ => {
                self.held.pop();
                let mut units = std::mem::take(&mut self.held);
                units.extend(self.read(unit));
                units
            }
        }
    }
}

const ESCAPE: u8 = 0x1b;

impl Sequences {
    fn read(&mut self, unit: Unit) -> Units {
        let (next, is_text) = match (self.state, unit.byte) {
            // After one of these, one more byte says what the sequence is.
            (_, ESCAPE) | (SequenceState::Escape, 0x20..=0x2f) => (SequenceState::Escape, false),
            (SequenceState::Escape, b'[') => (SequenceState::Parameters, false),
            (SequenceState::Escape, b']' | b'P' | b'X' | b'^' | b'_') => {
                (SequenceState::Command, false)
            }
            (SequenceState::Escape, _)
            | (SequenceState::Parameters, 0x40..=0x7e)
            | (SequenceState::Command, 0x07) => (SequenceState::Text, false),
            (state @ (SequenceState::Parameters | SequenceState::Command), _) => (state, false),
            (SequenceState::Text, _) => (SequenceState::Text, true),
        };
        self.state = next;
        if is_text {
            smallvec![unit]
        } else {
            Units::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mut decoder: Decoder, text: &str, expected: &[u8]) {
        let mut read = Vec::new();
        for (start, byte) in text.bytes().enumerate() {
            let units = decoder.read(Unit {
                byte,
                start,
                end: start + 1,
            });
            read.extend(units);
        }
        read.extend(decoder.finish());
        let bytes: Vec<u8> = read.iter().map(|unit| unit.byte).collect();
        assert_eq!(
            bytes,
            expected,
            "{text} is {}",
            String::from_utf8_lossy(&bytes)
        );
        for (before, after) in read.iter().zip(read.iter().skip(1)) {
            assert!(
                before.start < before.end && before.start <= after.start,
                "{text}"
            );
        }
    }

    #[test]
    fn backslashes_are_read_as_in_json_and_in_shells() {
        for (text, expected) in [
            (r"plain", "plain".as_bytes()),
            (r#"quo\"te\\back\/slash"#, br#"quo"te\back/slash"#),
            (r"a\nb\r\tc", b"a\nb\r\tc"),
            (r"\u0041\u00e9\u20AC", "Aé€".as_bytes()),
            (r"\ud83d\ude00!", "😀!".as_bytes()),
            (r"\u{1F600}\U0001f600", "😀😀".as_bytes()),
            (r"\303\251\0", b"\xc3\xa9\0"),
            (r"\x41\x4", b"A\x04"),
            (r"\x41\x4g", b"A\x04g"),
            (r"\ud83d?\u12", b"?u12"),
            (r"\uzz\q\$\ ", b"uzzq$ "),
            ("on\\\nward", b"onward"),
            ("end\\", b"end"),
        ] {
            check(Decoder::backslashes(), text, expected);
        }
    }

    #[test]
    fn percents_are_read_as_in_urls() {
        check(Decoder::percents(), "a%20b+%C3%a9%2f", "a b+é/".as_bytes());
        check(Decoder::form(), "a%20b+c", b"a b c");
        check(Decoder::percents(), "100% of %4 and %", b"100% of %4 and %");
    }

    #[test]
    fn sequences_for_terminals_are_left_out() {
        check(
            Decoder::sequences(),
            "\x1b[1;31mred\x1b[0m \x1b]0;title\x07x\x1b]8;;u\x1b\\y\x1b(Bz",
            b"red xyz",
        );
    }
}
