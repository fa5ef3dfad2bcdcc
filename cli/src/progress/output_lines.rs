//! Output that arrives in pieces, as lines of whoever wrote it.

use std::collections::BTreeMap;

use rigkit_engine::{
    display_text::{OutputLines, output_lines},
    event::{CommandId, OutputStream},
};

use crate::styled_text::Line;

/// The most streams whose last lines have no end yet.
const MOST_STREAMS: usize = 256;

/// The most bytes of an output that are made into lines at once.
const PIECE: usize = 64 * 1024;

/// Whoever writes an output.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Writer {
    /// The task, hook or operation.
    pub(super) node: String,
    /// Its command; nothing where a provider runs one by itself.
    pub(super) command: Option<CommandId>,
}

impl Writer {
    /// Returns the writer of an event.
    pub(super) fn new(node: Option<&String>, command: Option<CommandId>) -> Self {
        Self {
            node: node.cloned().unwrap_or_default(),
            command,
        }
    }
}

/// Puts the pieces of several streams together.
#[derive(Debug, Default)]
pub(super) struct OutputOfAll {
    streams: BTreeMap<(Writer, OutputStream), OutputLines>,
}

impl OutputOfAll {
    /// Ends the line of a stream where there are too many to begin another one; returns whose it is, and the line.
    pub(super) fn make_room(
        &mut self,
        writer: &Writer,
        stream: OutputStream,
    ) -> Option<(Writer, Option<Line>)> {
        let is_full = self.streams.len() >= MOST_STREAMS;
        if !is_full || self.streams.contains_key(&(writer.clone(), stream)) {
            return None;
        }
        let ((other, _), mut output) = self.streams.pop_first()?;
        Some((other, output.finish().map(Line::from)))
    }

    /// Takes a piece and returns the lines that it completes.
    pub(super) fn push(&mut self, writer: &Writer, stream: OutputStream, data: &str) -> Vec<Line> {
        let output = self.streams.entry((writer.clone(), stream)).or_default();
        output.push(data).into_iter().map(Line::from).collect()
    }

    /// Returns what was written without ending the line.
    pub(super) fn finish(&mut self, writer: &Writer) -> Vec<Line> {
        let streams = [OutputStream::Stdout, OutputStream::Stderr];
        let rests = streams
            .into_iter()
            .filter_map(|stream| self.streams.remove(&(writer.clone(), stream))?.finish());
        rests.map(Line::from).collect()
    }

    /// Returns those of a task, hook or operation who have not ended their lines.
    pub(super) fn writers_of(&self, node: &str) -> Vec<Writer> {
        let writers = self.streams.keys().map(|(writer, _)| writer);
        writers
            .filter(|writer| writer.node == node)
            .cloned()
            .collect()
    }
}

/// Cuts an output into pieces, so that not all of its lines are held at once.
pub(super) fn pieces(data: &str) -> impl Iterator<Item = &str> {
    let mut rest = data;
    std::iter::from_fn(move || {
        let (piece, others) = rest.split_at(rest.floor_char_boundary(PIECE));
        rest = others;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Returns the lines of an output that is there as a whole, made as they are asked for.
pub(super) fn lines_of(data: &str) -> impl Iterator<Item = Line> {
    let mut output = OutputLines::default();
    let lines = pieces(data).map(Some).chain([None]);
    let lines = lines.flat_map(move |piece| match piece {
        Some(piece) => output.push(piece),
        None => output.finish().into_iter().collect(),
    });
    lines.map(Line::from)
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
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn writer(node: &str, command: u64) -> Writer {
        Writer::new(Some(&node.to_owned()), Some(CommandId(command)))
    }

    #[test]
    fn pieces_become_lines() {
        let mut output = OutputOfAll::default();
        let plain = |lines: Vec<Line>| lines.iter().map(Line::plain).collect::<Vec<String>>();
        let [one, other] = [1, 2].map(|id| writer("a", id));
        let mut push =
            |writer: &Writer, data: &str| plain(output.push(writer, OutputStream::Stdout, data));
        assert_eq!(push(&one, "one\ntw"), ["one"]);
        assert!(push(&other, "other").is_empty());
        assert_eq!(push(&one, "o\r\n10%\r20%\n\nx"), ["two", "20%", ""]);
        assert_eq!(plain(output.finish(&one)), ["x"]);
        assert!(output.finish(&one).is_empty());
        assert_eq!(output.writers_of("a"), std::slice::from_ref(&other));
        assert_eq!(plain(output.finish(&other)), ["other"]);
    }

    #[test]
    fn large_outputs_are_cut_into_pieces() {
        let check = |data: &str| {
            assert_eq!(pieces(data).collect::<String>(), data);
            assert!(pieces(data).all(|piece| piece.len() <= PIECE));
            let whole: Vec<Line> = output_lines(data).into_iter().map(Line::from).collect();
            assert_eq!(lines_of(data).collect::<Vec<Line>>(), whole);
        };
        check("");
        check("a\nb");
        check(&"é\u{1b}[31m\n".repeat(30_000));
    }

    #[test]
    fn unfinished_lines_are_bounded() {
        let mut output = OutputOfAll::default();
        for number in 0..MOST_STREAMS {
            let writer = writer(&format!("{number:04}"), 1);
            assert!(output.make_room(&writer, OutputStream::Stdout).is_none());
            output.push(&writer, OutputStream::Stdout, "x");
        }
        let known = writer("0007", 1);
        assert!(output.make_room(&known, OutputStream::Stdout).is_none());
        let new = writer("y", 1);
        let (first, rest) = output.make_room(&new, OutputStream::Stdout).unwrap();
        assert_eq!((first, rest), (writer("0000", 1), Some("x".into())));
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
