//! Text on its way to the terminal: lines made of parts with a style each.
//!
//! What a part says is escaped when it is written, whoever made it, so nothing in it can be a sequence, a
//! control or the end of a line. Styles and line ends exist only beside the text, as data. Only
//! [`crate::output`] and the other modules that own a part of the terminal write lines; clippy refuses
//! every other way to it.

use std::fmt::Write as _;

use anstyle::Style;
use rigkit_engine::display_text::{self, Escaper, OutputLine, StyledPart, cut};

/// The most characters of one part that are kept.
const MOST_OF_A_PART: usize = 20_000;

/// A part of a line: a text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    style: Style,
    text: String,
}

/// One line of text on the terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    parts: Vec<Part>,
}

/// Puts parts together as one line: texts, numbers written as texts, painted parts and other lines.
macro_rules! styled {
    ($($part:expr),* $(,)?) => {{
        #[allow(unused_mut, reason = "a line may have no parts")]
        let mut line = $crate::styled_text::Line::default();
        $(line.push($part);)*
        line
    }};
}
pub(crate) use styled;

impl Line {
    /// Adds a part, or all parts of another line, at the end.
    pub(crate) fn push(&mut self, part: impl Into<Self>) {
        self.parts.extend(part.into().parts);
    }

    /// Returns the columns it takes.
    pub(crate) fn width(&self) -> usize {
        display_text::width(&self.plain())
    }

    /// Fills it up with blanks at its end until it takes some columns.
    pub(crate) fn padded(mut self, width: usize) -> Self {
        let missing = width.saturating_sub(self.width());
        if missing > 0 {
            self.push(" ".repeat(missing));
        }
        self
    }

    /// Returns what a reader sees of it, without styles.
    pub(crate) fn plain(&self) -> String {
        let mut escaper = Escaper::default();
        let parts = self.parts.iter();
        parts.map(|part| escaper.escape(&part.text)).collect()
    }

    /// Returns it with its styles as a terminal reads them; nothing of them lasts beyond its end.
    pub(crate) fn ansi(&self) -> String {
        let mut escaper = Escaper::default();
        let mut text = String::new();
        for Part { style, text: part } in &self.parts {
            // Writing to a string cannot fail.
            let _ = write!(text, "{style}{}{style:#}", escaper.escape(part));
        }
        text
    }

    /// Returns as much of it as a reader wants of it beside other things.
    pub(crate) fn shortened(mut self, most: usize) -> Self {
        let mut rest = most;
        for part in &mut self.parts {
            part.text = cut(&part.text, rest).into_owned();
            rest = rest.saturating_sub(part.text.chars().count());
        }
        self
    }

    /// Returns it as one of several columns: what looks like the end of a column is written out, which is a
    /// second blank in a row, and each blank beyond ASCII, for some of them are wide.
    pub(crate) fn into_column(mut self) -> Self {
        let mut is_after_blank = true;
        for part in &mut self.parts {
            part.text = single_blanks(&part.text, &mut is_after_blank);
        }
        self
    }

    /// Returns it with a style for those parts that have none.
    pub(crate) fn or_style(mut self, style: Style) -> Self {
        let plain = self.parts.iter_mut().filter(|part| part.style.is_plain());
        plain.for_each(|part| part.style = style);
        self
    }

    /// Returns it without the blanks at its end.
    pub(crate) fn trimmed(mut self) -> Self {
        while let Some(last) = self.parts.last_mut() {
            last.text.truncate(last.text.trim_end_matches(' ').len());
            if !last.text.is_empty() {
                break;
            }
            self.parts.pop();
        }
        self
    }
}

impl Part {
    /// Makes a part of a text in a style, as much of it as is read.
    pub(crate) fn new(style: Style, text: &str) -> Self {
        Self {
            style,
            text: cut(text, MOST_OF_A_PART).into_owned(),
        }
    }
}

fn single_blanks(text: &str, is_after_blank: &mut bool) -> String {
    let mut single = String::with_capacity(text.len());
    for character in text.chars() {
        let is_blank = is_blank(character);
        if is_blank && (*is_after_blank || !character.is_ascii()) {
            single.extend(character.escape_unicode());
        } else {
            single.push(character);
        }
        *is_after_blank = character == ' ';
    }
    single
}

/// Returns whether a character looks like a blank. Controls are written out anyway.
fn is_blank(character: char) -> bool {
    const BLANK_BRAILLE: char = '\u{2800}';
    character == BLANK_BRAILLE || character.is_whitespace() && !character.is_control()
}

/// Returns the lines of a text that may have several, each in a style.
pub(crate) fn paint_lines(style: Style, text: &str) -> Vec<Line> {
    text.lines()
        .map(|line| Part::new(style, line).into())
        .collect()
}

/// Returns the lines of what a command wrote, with the colors that it gave them.
pub(crate) fn output_lines(data: &str) -> Vec<Line> {
    let lines = display_text::output_lines(data);
    lines.into_iter().map(Line::from).collect()
}

/// Returns the lines of a text like [`output_lines`], none of it cut.
pub(crate) fn whole_output_lines(data: &str) -> Vec<Line> {
    let lines = display_text::whole_output_lines(data);
    lines.into_iter().map(Line::from).collect()
}

/// Returns lines with something before each of them: `first` before the first one, as many blanks before
/// the others.
pub(crate) fn hanging(first: Line, lines: Vec<Line>) -> Vec<Line> {
    let indent = Line::from(" ".repeat(first.width()));
    let mut first = Some(first);
    let hung = lines.into_iter();
    let hung = hung.map(|line| styled![first.take().unwrap_or_else(|| indent.clone()), line]);
    let mut hung: Vec<Line> = hung.collect();
    hung.extend(first);
    hung
}

impl From<Part> for Line {
    fn from(part: Part) -> Self {
        Self { parts: vec![part] }
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Part::new(Style::new(), text).into()
    }
}

impl From<&String> for Line {
    fn from(text: &String) -> Self {
        Part::new(Style::new(), text).into()
    }
}

impl From<OutputLine> for Line {
    fn from(line: OutputLine) -> Self {
        let part = |StyledPart { style, text }| Part { style, text };
        Self {
            parts: line.into_iter().map(part).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::{BAD, GOOD, paint};

    #[test]
    fn nothing_in_a_part_is_obeyed() {
        let line = styled!["a\u{1b}[2J\n", paint(GOOD, "b\u{1b}[0m\r"), String::new()];
        assert_eq!(
            line.ansi(),
            "a\\u{1b}[2J\\n\u{1b}[32mb\\u{1b}[0m\\r\u{1b}[0m"
        );
        assert_eq!(line.plain(), "a\\u{1b}[2J\\nb\\u{1b}[0m\\r");
    }

    #[test]
    fn marks_are_counted_across_parts() {
        let four = "\u{301}".repeat(4);
        let line = styled!["e", paint(GOOD, &four), paint(BAD, &four), "f"];
        let written_out = "\\u{301}".repeat(4);
        assert_eq!(line.plain(), format!("e{four}{written_out}f"));
        assert_eq!(
            line.ansi(),
            format!("e\u{1b}[32m{four}\u{1b}[0m\u{1b}[31m{written_out}\u{1b}[0mf")
        );
    }

    #[test]
    fn lines_are_filled_up_by_columns() {
        let check = |line: Line, expected: &str| assert_eq!(line.padded(4).plain(), expected);
        check(styled!["ab"], "ab  ");
        check(styled!["漢"], "漢  ");
        check(styled!["abcdef"], "abcdef");
        check(styled![paint(BAD, "a"), "b"], "ab  ");
        assert_eq!(styled!["a", paint(BAD, " "), "  "].trimmed().plain(), "a");
    }

    #[test]
    fn no_name_forges_a_column() {
        let check = |line: Line, expected: &str| assert_eq!(line.into_column().plain(), expected);
        check(styled!["a task"], "a task");
        check(styled!["t  cached"], "t \\u{20}cached");
        check(styled![" t"], "\\u{20}t");
        check(
            styled![paint(BAD, "t "), "  cached"],
            "t \\u{20}\\u{20}cached",
        );
        check(
            styled!["t\u{3000}\u{a0} \u{2800}x\t"],
            "t\\u{3000}\\u{a0} \\u{2800}x\\t",
        );
    }

    #[test]
    fn what_follows_hangs_below() {
        let check = |text: &str, expected: &[&str]| {
            let lines = hanging("x: ".into(), paint_lines(Style::new(), text));
            let lines: Vec<String> = lines.iter().map(Line::plain).collect();
            assert_eq!(lines, expected, "{text:?}");
        };
        check("", &["x: "]);
        check("a", &["x: a"]);
        check("a\r\nb\rc", &["x: a", "   b\\rc"]);
    }

    #[test]
    fn a_part_is_bounded() {
        let line = Line::from("x".repeat(30_000));
        assert_eq!(line.plain().len(), MOST_OF_A_PART + "… 10,000 more".len());
    }
}
