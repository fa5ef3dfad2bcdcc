//! Output that arrives in pieces, as lines of whoever wrote it.

use std::collections::HashMap;

use rigkit_engine::{
    display_text::{OutputLines, output_lines},
    event::OutputStream,
};

use crate::styled_text::Line;

/// Puts the pieces of several streams together.
#[derive(Debug, Default)]
pub(super) struct OutputOfAll {
    streams: HashMap<(String, OutputStream), OutputLines>,
}

impl OutputOfAll {
    /// Takes a piece and returns the lines that it completes.
    pub(super) fn push(&mut self, source: &str, stream: OutputStream, data: &str) -> Vec<Line> {
        let output = self.streams.entry((source.to_owned(), stream)).or_default();
        output.push(data).into_iter().map(Line::from).collect()
    }

    /// Returns what a source wrote without ending the line.
    pub(super) fn finish(&mut self, source: &str) -> Vec<Line> {
        let streams = [OutputStream::Stdout, OutputStream::Stderr];
        let rests = streams
            .into_iter()
            .filter_map(|stream| self.streams.remove(&(source.to_owned(), stream))?.finish());
        rests.map(Line::from).collect()
    }
}

/// Returns the last thing in some output that is worth a glance, without colors.
pub(super) fn last_glimpse(data: &str) -> Option<String> {
    let lines = output_lines(data).into_iter().rev();
    let mut texts = lines.map(|line| line.into_iter().map(|part| part.text).collect::<String>());
    let last = texts.find(|text| !text.trim().is_empty())?;
    Some(last.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_become_lines() {
        let mut output = OutputOfAll::default();
        let plain = |lines: Vec<Line>| lines.iter().map(Line::plain).collect::<Vec<String>>();
        let mut push =
            |source: &str, data: &str| plain(output.push(source, OutputStream::Stdout, data));
        assert_eq!(push("a", "one\ntw"), ["one"]);
        assert!(push("b", "other").is_empty());
        assert_eq!(push("a", "o\r\n10%\r20%\n\nx"), ["two", "20%", ""]);
        assert_eq!(plain(output.finish("a")), ["x"]);
        assert!(output.finish("a").is_empty());
        assert_eq!(plain(output.finish("b")), ["other"]);
    }

    #[test]
    fn a_glimpse_is_the_last_text() {
        let check = |data: &str, expected: Option<&str>| {
            assert_eq!(last_glimpse(data).as_deref(), expected, "{data:?}");
        };
        check("", None);
        check(" \n\n", None);
        check("one\ntwo\n\n", Some("two"));
        check("10%\r20%", Some("20%"));
        check("10%\r20%\r", Some("20%"));
        check("\u{1b}[32mok\u{1b}[0m\ta\u{7}", Some("ok      a"));
    }
}
