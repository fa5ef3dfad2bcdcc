//! The output of a program as lines: colors are kept as data, every other sequence is dropped.

use anstyle::{Ansi256Color, AnsiColor, Color, Effects, RgbColor, Style};
use anstyle_parse::{Params, Parser, Perform};

/// The most characters that are kept of one line; a progress bar may never end its own.
const MOST_OF_A_LINE: usize = 20_000;

/// How many characters of the most of a line there are for each change of its style: so many more parts would
/// take a hundred times the memory of the text.
const CHARACTERS_OF_A_PART: usize = 10;

/// Begins a sequence.
const ESCAPE: u8 = 0x1b;

/// Ends a sequence, whichever it is.
const CANCEL: u8 = 0x18;

/// Columns from one tab stop to the next.
const TAB: usize = 8;

/// A text with the style that the program gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyledPart {
    /// The style.
    pub style: Style,
    /// The text, not escaped yet.
    pub text: String,
}

/// A line of output: the parts it is made of.
pub type OutputLine = Vec<StyledPart>;

/// The output of one stream, which arrives in pieces.
#[derive(Debug)]
pub struct OutputLines {
    parser: Parser,
    line: Line,
}

impl Default for OutputLines {
    fn default() -> Self {
        Self::bounded(MOST_OF_A_LINE)
    }
}

impl OutputLines {
    /// Begins an output of whose lines some characters are kept at most.
    fn bounded(most: usize) -> Self {
        Self {
            parser: Parser::default(),
            line: Line {
                most,
                ..Line::default()
            },
        }
    }

    /// Takes a piece and returns the lines that it completes.
    pub fn push(&mut self, data: &str) -> Vec<OutputLine> {
        for character in data.chars() {
            self.push_character(character);
        }
        std::mem::take(&mut self.line.complete)
    }

    fn push_character(&mut self, character: char) {
        let mut buffer = [0; 4];
        let bytes: &[u8] = match character {
            // A sequence that nothing ends does not swallow the lines after it.
            '\n' => &[CANCEL, b'\n'],
            // A control of one character stands for two: U+009B begins what `ESC [` begins.
            '\u{80}'..='\u{9f}' => {
                character.encode_utf8(&mut buffer);
                buffer[0] = ESCAPE;
                buffer[1] -= 0x40;
                &buffer[..2]
            }
            _ => character.encode_utf8(&mut buffer).as_bytes(),
        };
        for byte in bytes {
            self.parser.advance(&mut self.line, *byte);
        }
    }

    /// Returns what was written without ending the line.
    pub fn finish(&mut self) -> Option<OutputLine> {
        let is_empty = self.line.length == 0;
        let line = self.line.take();
        self.parser = Parser::default();
        (!is_empty).then_some(line)
    }
}

/// Returns the lines of an output that is there as a whole.
#[must_use]
pub fn output_lines(data: &str) -> Vec<OutputLine> {
    all_lines(OutputLines::default(), data)
}

/// Returns the lines of an output that is there as a whole, however long they are.
#[must_use]
pub fn whole_output_lines(data: &str) -> Vec<OutputLine> {
    all_lines(OutputLines::bounded(usize::MAX), data)
}

fn all_lines(mut output: OutputLines, data: &str) -> Vec<OutputLine> {
    let mut lines = output.push(data);
    lines.extend(output.finish());
    lines
}

/// Returns an output as text without colors, with its line ends.
#[must_use]
pub fn plain_output(data: &str) -> String {
    let lines = output_lines(data).into_iter();
    let texts = lines.map(|line| line.into_iter().map(|part| part.text).collect::<String>());
    texts.collect::<Vec<String>>().join("\n")
}

/// The line that is being written.
#[derive(Debug, Default)]
struct Line {
    style: Style,
    parts: OutputLine,
    /// The number of characters of the line.
    length: usize,
    /// The most characters that are kept of it.
    most: usize,
    /// Whether the next character overwrites the line.
    is_returned: bool,
    complete: Vec<OutputLine>,
}

impl Line {
    fn take(&mut self) -> OutputLine {
        self.length = 0;
        self.is_returned = false;
        std::mem::take(&mut self.parts)
    }

    fn write(&mut self, character: char) {
        if self.is_returned {
            self.take();
        }
        if self.length >= self.most {
            return;
        }
        self.length += 1;
        let is_full = self.parts.len() >= self.most / CHARACTERS_OF_A_PART;
        match self.parts.last_mut() {
            Some(part) if part.style == self.style || is_full => part.text.push(character),
            _ => self.parts.push(StyledPart {
                style: self.style,
                text: character.to_string(),
            }),
        }
    }
}

impl Perform for Line {
    fn print(&mut self, character: char) {
        if !character.is_control() {
            self.write(character);
        }
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\n' => {
                let line = self.take();
                self.complete.push(line);
            }
            // What follows begins at the left, and shows the last state of the line.
            b'\r' => self.is_returned = true,
            b'\t' => {
                let column = if self.is_returned { 0 } else { self.length };
                (column..(column / TAB + 1) * TAB).for_each(|_| self.write(' '));
            }
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], is_cut: bool, action: u8) {
        if action == b'm' && intermediates.is_empty() && !is_cut {
            self.style = styled(self.style, params);
        }
    }
}

/// Returns a style once a sequence "select graphic rendition" has changed it. Blinking and hidden text
/// are left out, for what is written is to be read.
fn styled(style: Style, params: &Params) -> Style {
    let mut style = style;
    let mut numbers = params.iter();
    while let Some(number) = numbers.next() {
        style = match number {
            [38, color @ ..] => style.fg_color(color_of(color, &mut numbers)),
            [48, color @ ..] => style.bg_color(color_of(color, &mut numbers)),
            [58, color @ ..] => style.underline_color(color_of(color, &mut numbers)),
            [4, 0] => without(style, UNDERLINES),
            [number, ..] => simply_styled(style, *number),
            [] => style,
        };
    }
    style
}

const UNDERLINES: Effects = Effects::UNDERLINE.insert(Effects::DOUBLE_UNDERLINE);

fn without(style: Style, effects: Effects) -> Style {
    style.effects(style.get_effects().remove(effects))
}

fn simply_styled(style: Style, number: u16) -> Style {
    match number {
        0 => Style::new(),
        1 => style.bold(),
        2 => style.dimmed(),
        3 => style.italic(),
        4 => style.underline(),
        7 => style.invert(),
        9 => style.strikethrough(),
        21 => style.effects(style.get_effects().insert(Effects::DOUBLE_UNDERLINE)),
        22 => without(style, Effects::BOLD.insert(Effects::DIMMED)),
        23 => without(style, Effects::ITALIC),
        24 => without(style, UNDERLINES),
        27 => without(style, Effects::INVERT),
        29 => without(style, Effects::STRIKETHROUGH),
        30..=37 => style.fg_color(Some(basic(number - 30, false))),
        39 => style.fg_color(None),
        40..=47 => style.bg_color(Some(basic(number - 40, false))),
        49 => style.bg_color(None),
        59 => style.underline_color(None),
        90..=97 => style.fg_color(Some(basic(number - 90, true))),
        100..=107 => style.bg_color(Some(basic(number - 100, true))),
        _ => style,
    }
}

fn basic(number: u16, is_bright: bool) -> Color {
    let color = match number {
        0 => AnsiColor::Black,
        1 => AnsiColor::Red,
        2 => AnsiColor::Green,
        3 => AnsiColor::Yellow,
        4 => AnsiColor::Blue,
        5 => AnsiColor::Magenta,
        6 => AnsiColor::Cyan,
        _ => AnsiColor::White,
    };
    color.bright(is_bright).into()
}

/// Reads a color out of many: `5;n` or `2;r;g;b`, with semicolons or with colons between.
fn color_of<'a>(color: &[u16], rest: &mut impl Iterator<Item = &'a [u16]>) -> Option<Color> {
    let mut next = || rest.next().and_then(<[u16]>::first).copied();
    let byte = |number: u16| u8::try_from(number).ok();
    match color {
        [] => match next()? {
            5 => Some(Ansi256Color(byte(next()?)?).into()),
            2 => {
                let (red, green, blue) = (next()?, next()?, next()?);
                Some(RgbColor(byte(red)?, byte(green)?, byte(blue)?).into())
            }
            _ => None,
        },
        [5, number, ..] => Some(Ansi256Color(byte(*number)?).into()),
        // The form with colons may name a color space first.
        [2, red, green, blue] | [2, _, red, green, blue, ..] => {
            Some(RgbColor(byte(*red)?, byte(*green)?, byte(*blue)?).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Writes lines with their styles as the shortest sequences, a line end between two.
    fn told(lines: &[OutputLine]) -> String {
        let part = |part: &StyledPart| format!("{0}{1}{0:#}", part.style, part.text);
        let line = |line: &OutputLine| line.iter().map(part).collect::<String>();
        lines.iter().map(line).collect::<Vec<String>>().join("\n")
    }

    #[test]
    fn pieces_become_lines() {
        let mut output = OutputLines::default();
        let mut check = |piece: &str, expected: &[&str]| {
            let lines = output.push(piece);
            let texts: Vec<String> = lines
                .iter()
                .map(|line| told(std::slice::from_ref(line)))
                .collect();
            assert_eq!(texts, expected, "{piece:?}");
        };
        check("one\ntw", &["one"]);
        check("o\r\n10%\r20%\r\n\nx", &["two", "20%", ""]);
        check("y\u{1b}[3", &[]);
        check("1mred\n", &["xy\u{1b}[31mred\u{1b}[0m"]);
        check("still \u{1b}[0mplain", &[]);
        let rest = output.finish().map(|line| told(&[line]));
        assert_eq!(rest.as_deref(), Some("\u{1b}[31mstill \u{1b}[0mplain"));
        assert_eq!(output.finish(), None);
    }

    #[test]
    fn colors_are_kept_and_everything_else_is_dropped() {
        let check = |data: &str, expected: &str| {
            assert_eq!(told(&output_lines(data)), expected, "{data:?}");
        };
        check("a\u{1b}]0;owned\u{7}b\u{1b}[2Jc\u{1b}[1;1Hd", "abcd");
        check("a\u{1b}P1$r\u{1b}\\b\u{1b}(0c\u{7}\u{8}", "abc");
        check(
            "\u{1b}[1;32mok\u{1b}[22m!\u{1b}[39m.",
            "\u{1b}[1m\u{1b}[32mok\u{1b}[0m\u{1b}[32m!\u{1b}[0m.",
        );
        check("\u{1b}[38;5;208;4mx", "\u{1b}[4m\u{1b}[38;5;208mx\u{1b}[0m");
        check("\u{1b}[48:2::1:2:3mx", "\u{1b}[48;2;1;2;3mx\u{1b}[0m");
        check("\u{1b}[8mhidden\u{1b}[5m", "hidden");
        check("\u{1b}[?25lx\u{1b}[>4;2my", "xy");
        check("a\u{9b}2Jb\u{9d}0;owned\u{9c}c\u{7f}", "abc");
        check("a\u{1b}]0;open\nb", "a\nb");
        check("a\tb", "a       b");
        check("12345678\tb", "12345678        b");
        check("a\r\tb", "        b");
    }

    #[test]
    fn a_line_without_end_is_bounded() {
        let mut output = OutputLines::default();
        for _ in 0..100 {
            assert_eq!(output.push(&"x".repeat(1_000)), Vec::<OutputLine>::new());
        }
        let line = output.finish().unwrap_or_default();
        assert_eq!(
            line.iter().map(|part| part.text.len()).sum::<usize>(),
            MOST_OF_A_LINE
        );
    }

    #[test]
    fn the_styles_of_a_line_are_bounded() {
        let line = output_lines(&"\u{1b}[31mx\u{1b}[32mx".repeat(MOST_OF_A_LINE)).remove(0);
        let length = line.iter().map(|part| part.text.len()).sum::<usize>();
        let parts = MOST_OF_A_LINE / CHARACTERS_OF_A_PART;
        assert_eq!((line.len(), length), (parts, MOST_OF_A_LINE));
    }

    proptest! {
        #[test]
        fn no_sequence_is_left(data in any::<Vec<u8>>(), pieces in 1_usize..5) {
            let data = String::from_utf8_lossy(&data).replace('a', "\u{1b}[");
            let mut output = OutputLines::default();
            let characters: Vec<char> = data.chars().collect();
            let mut lines = Vec::new();
            for piece in characters.chunks(pieces) {
                lines.extend(output.push(&piece.iter().collect::<String>()));
            }
            lines.extend(output.finish());
            let texts = lines.iter().flatten().map(|part| part.text.as_str());
            for text in texts {
                prop_assert!(!text.chars().any(|character| character.is_ascii_control()), "{text:?}");
            }
            prop_assert_eq!(lines, output_lines(&data));
        }
    }
}
