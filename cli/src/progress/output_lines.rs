//! Output that arrives in pieces, as lines.

use std::collections::HashMap;

use rigkit_engine::event::OutputStream;

/// Puts the pieces of several streams together.
#[derive(Debug, Default)]
pub(super) struct OutputLines {
    unfinished: HashMap<(String, OutputStream), String>,
}

impl OutputLines {
    /// Takes a piece and gives the lines that it completes.
    pub(super) fn push(&mut self, source: &str, stream: OutputStream, data: &str) -> Vec<String> {
        let rest = self
            .unfinished
            .entry((source.to_owned(), stream))
            .or_default();
        rest.push_str(data);
        let Some(end) = rest.rfind('\n') else {
            return Vec::new();
        };
        let complete: String = rest.drain(..=end).collect();
        complete.lines().map(visible).collect()
    }

    /// Gives what a source wrote without ending the line.
    pub(super) fn finish(&mut self, source: &str) -> Vec<String> {
        let streams = [OutputStream::Stdout, OutputStream::Stderr];
        let rests = streams
            .into_iter()
            .filter_map(|stream| self.unfinished.remove(&(source.to_owned(), stream)));
        rests
            .filter(|rest| !rest.is_empty())
            .map(|rest| visible(&rest))
            .collect()
    }
}

/// Gives what is left of a line once its carriage returns have done their work.
fn visible(line: &str) -> String {
    let line = line.trim_end_matches('\r');
    line.rsplit('\r').next().unwrap_or(line).to_owned()
}

/// Gives the last thing in some output that is worth a glance, without colors.
pub(super) fn last_glimpse(data: &str) -> Option<String> {
    let plain = anstream::adapter::strip_str(data).to_string();
    let glimpse = plain
        .rsplit(['\n', '\r'])
        .map(str::trim)
        .find(|part| !part.is_empty())?;
    Some(glimpse.replace(char::is_control, " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_become_lines() {
        let mut lines = OutputLines::default();
        let mut push = |source: &str, data: &str| lines.push(source, OutputStream::Stdout, data);
        assert_eq!(push("a", "one\ntw"), ["one"]);
        assert!(push("b", "other").is_empty());
        assert_eq!(push("a", "o\r\n10%\r20%\n\nx"), ["two", "20%", ""]);
        assert_eq!(lines.finish("a"), ["x"]);
        assert!(lines.finish("a").is_empty());
        assert_eq!(lines.finish("b"), ["other"]);
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
        check("\u{1b}[32mok\u{1b}[0m\ta", Some("ok a"));
    }
}
